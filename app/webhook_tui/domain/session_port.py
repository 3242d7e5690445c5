"""What a front end may do with a session: run it in a thread, send it commands and queries, stop it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from webhook_tui.domain.commands import Command
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort
from webhook_tui.domain.events import SessionEvent
from webhook_tui.domain.queries import Answer, Query
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import SessionStatus

if TYPE_CHECKING:
    from webhook_tui.domain.filtering.filter import Expression


class SessionPort(Protocol):
    """The session as its front end sees it."""

    @property
    def first_status(self) -> SessionStatus:
        """The status before `run`."""

    def run(self, publish: Callable[[SessionEvent], None]) -> None:
        """Run on the calling thread, on a loop of its own, until `stop`; `publish` is called there with each event."""

    def request(self, command: Command) -> None:
        """Send a command, from any thread; its outcome is an event. Waits for `run`; ignored after its end."""

    def query(self, query: Query[Answer]) -> Future[Answer]:
        """Ask, from any thread; the future fails with ProblemError when there is no answer.

        A query that was asked is answered: to cancel the future has no effect, also where an asyncio future wraps it.
        """

    def stop(self) -> None:
        """Shut down and return from `run`, from any thread; repeated calls have no effect."""

    def open_rows(self) -> DeliveryRows:
        """Open the deliveries for the calling thread; only after HistoryOpened."""

    def open_found(
        self, expression: Expression, *, sort: Sort, now: datetime, changed: Callable[[], None]
    ) -> FoundRows:
        """Open the deliveries that match a filter, for the calling thread; only after HistoryOpened.

        A thread of its own searches and calls `changed` when a refresh would show something new. `now` is the time
        that `age:` is relative to. Raises ProblemError.
        """

    def count_values(self) -> Mapping[str, Sequence[tuple[str, int | None]]]:
        """Count the values of each field of the filter, most frequent first; only after HistoryOpened.

        Blocks while it reads, so call it from a thread of its own. None: not counted. Raises ProblemError.
        """

    def known_secrets(self) -> tuple[Secret, ...]:
        """Return every secret and token that copies and exports must not contain, from any thread; never show them."""
