"""Messages that widgets, dialogs and the app exchange without knowing each other."""

from __future__ import annotations

from textual.message import Message

from webhook_tui.domain.commands import Wish
from webhook_tui.domain.events import SessionEvent
from webhook_tui.domain.session_port import SessionPort


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


class BatchReady(Message):
    """Something is in the inbox; many facts make one of these."""


class CommandRequested(Message):
    """The user asks something of the session."""

    def __init__(self, wish: Wish) -> None:
        super().__init__()
        self.wish = wish


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


class CopyRequested(Message):
    """The user wants a text on the clipboard; `what` names it in the toast."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text = text
        self.what = what


class LeaveRequested(Message):
    """The user wants to leave, from wherever."""


class StatisticsReady(Message):
    """What an open view of everything (status, jobs) had asked for."""

    def __init__(self, fact: SessionEvent) -> None:
        super().__init__()
        self.fact = fact
