"""What travels between screen and app: requests go up as `...Requested`, what became of them comes down as news."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.message import Message
from textual.message_pump import MessagePump

from webhook_tui.domain.commands import Command
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.rows import DeliveryRows, Sort
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import SessionEvent
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.queries import Answer, Query
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.domain.status import SessionStatus
from webhook_tui.ui.selection import Selection


class SessionEventArrived(Message):
    """The session emitted a fact that is handled one by one."""

    def __init__(self, fact: SessionEvent) -> None:
        super().__init__()
        self.fact = fact


class SessionReplaced(Message):
    """Another session is there instead of the one that was stopped."""

    def __init__(self, session: SessionPort) -> None:
        super().__init__()
        self.session = session


class UpdateReady(Message):
    """An update of the session waits; many updates make one of these."""


class CommandRequested(Message):
    """The user wants the session to do something."""

    def __init__(self, command: Command) -> None:
        super().__init__()
        self.command = command


class AnswerRequested(Message):
    """Somebody on the screen asks the session."""

    def __init__(
        self,
        asker: MessagePump,
        query: Query[Answer],
        show: Callable[[Answer], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """`show` gets the answer, `failed` why there is none, while `asker` is on the screen.

        Without `failed` the notice shows the problem.
        """
        super().__init__()
        self.asker = asker
        self.query: Query[Any] = query
        self.show: Callable[[Any], None] = show
        self.failed = failed


class RegistrationRequested(Message):
    """The user wants to go on from the first step that has not worked; after a refused token that is another token."""


class SearchRequested(Message):
    """The user wants to see only what passes a filter, or another order."""

    def __init__(self, expression: Expression, sort: Sort) -> None:
        super().__init__()
        self.expression = expression
        self.sort = sort


class SearchAdvanced(Message):
    """A search would show something new after a refresh."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        """Of the search."""


class DiffRequested(Message):
    """The user wants to see a delivery beside a marked one."""

    def __init__(self, stored: StoredDelivery) -> None:
        super().__init__()
        self.stored = stored


class LinkChosen(Message):
    """The user wants a link opened that was shown in full."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url


class QueryRequested(Message):
    """The user queries a payload; answered on the detail."""

    def __init__(self, seq: int, body: bytes, expression: str) -> None:
        super().__init__()
        self.seq = seq
        self.body = body
        self.expression = expression
        """"": no query any more."""


class ShareRequested(Message):
    """The user wants to copy or export; a menu asks in which form."""

    def __init__(
        self,
        stored: StoredDelivery,
        selections: tuple[Selection, ...],
        json_path: str,
        query_result: bytes = b"",
        *,
        exports: bool,
    ) -> None:
        super().__init__()
        self.stored = stored
        self.selections = selections
        self.json_path = json_path
        """Of the line under the cursor; "" when there is none."""
        self.query_result = query_result
        """JSON text that the query found; b"" when there is none."""
        self.exports = exports


class DeleteRequested(Message):
    """The user wants the webhook deleted; a dialog asks first."""


class CopyRequested(Message):
    """The user wants a text on the clipboard; `what` names it in the toast."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text = text
        self.what = what


class AnswersRequested(Message):
    """The user wants another answer rule; a dialog asks which."""


class ReplayRequested(Message):
    """The user wants a delivery sent again, or several; a dialog asks where to."""

    def __init__(self, stored: StoredDelivery, selections: tuple[Selection, ...], *, edit: bool) -> None:
        super().__init__()
        self.stored = stored
        self.selections = selections
        """What can be meant; the first is this one."""
        self.edit = edit
        """In the editor first."""


class LeaveRequested(Message):
    """The user wants to leave, from wherever."""


class StatusUpdated(Message):
    """The route, the counts or a wish's outcome changed."""

    def __init__(self, status: SessionStatus) -> None:
        super().__init__()
        self.status = status


class HistoryReady(Message):
    """The history can be read now."""

    def __init__(self, rows: DeliveryRows) -> None:
        super().__init__()
        self.rows = rows


class RingChanged(Message):
    """The ring of secrets changed."""


class DeliveriesChanged(Message):
    """Deliveries were stored or verified again since the last of these."""

    def __init__(self, newest_seq: int | None, judged: tuple[int, ...] = (), changed: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.newest_seq = newest_seq
        """Sequence number of the newest delivery; None: no new one."""
        self.judged = judged
        """Sequence numbers of those whose verdict or answer changed."""
        self.changed = changed
        """Sequence numbers of those whose mark or comment changed."""
