"""What a front end may do with a session: run it in a thread, ask it for things, stop it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from webhook_tui.domain.commands import Wish
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort
from webhook_tui.domain.events import SessionEvent
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import SessionStatus


class SessionPort(Protocol):
    """The session as its front end sees it."""

    @property
    def first_status(self) -> SessionStatus:
        """What is known before it runs."""
        ...

    def run(self, emit: Callable[[SessionEvent], None]) -> None:
        """Do the whole job on the calling thread, on its own loop, until `stop`; facts go to `emit` from there."""
        ...

    def request(self, wish: Wish) -> None:
        """Ask for something, from any thread; the answer comes as a fact."""
        ...

    def stop(self) -> None:
        """Tidy up and return from `run`, from any thread; more calls change nothing."""
        ...

    def open_rows(self) -> DeliveryRows:
        """The deliveries, for the calling thread; only after HistoryOpened."""
        ...

    def open_found(
        self, expression: Expression, *, sort: Sort, now: datetime, changed: Callable[[], None]
    ) -> FoundRows:
        """The deliveries that pass a filter, for the calling thread; only after HistoryOpened.

        A thread of its own searches, and calls `changed` when a refresh would show something new. `now` is when `age:`
        counts from. Raises ProblemError.
        """
        ...

    def known_secrets(self) -> tuple[Secret, ...]:
        """All that must not be in a copy or a file that people share, from any thread; never shown, never logged."""
        ...
