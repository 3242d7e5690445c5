"""The session's one status snapshot: whoever changes a link of the route says so here, and the front end hears of it.

At most one StatusChanged every 50 ms, and always one after the last change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from webhook_tui.domain.facts import Fact, StatusChanged
from webhook_tui.domain.problem import Problem
from webhook_tui.domain.status import SessionStatus
from webhook_tui.domain.verdict import Verdict

_PAUSE_SECONDS = 0.05


class Board:
    """Holds the status; all calls come from the session's loop."""

    def __init__(self, status: SessionStatus, emit: Callable[[Fact], None]) -> None:
        self.status = status
        self.emit = emit
        self.changed: Callable[[SessionStatus], None] = lambda _status: None
        """Told of every change at once, also of those that the front end never hears of."""
        self._timer: asyncio.TimerHandle | None = None
        self._dirty = False

    def receiver(self, **changes: Any) -> None:
        """Change fields of ReceiverStatus."""
        self._set(replace(self.status, receiver=replace(self.status.receiver, **changes)))

    def webhook(self, **changes: Any) -> None:
        """Change fields of WebhookStatus."""
        self._set(replace(self.status, webhook=replace(self.status.webhook, **changes)))

    def change(self, **changes: Any) -> None:
        """Change fields of SessionStatus itself."""
        self._set(replace(self.status, **changes))

    def note(self, problem: Problem) -> None:
        """Add a line that no link of the route carries."""
        self.change(notes=(*self.status.notes, problem))

    def received(self, verdict: Verdict) -> None:
        """Count one delivery of this run."""
        self._count(verdict, 1, received=1)

    def judged_again(self, before: Verdict, after: Verdict) -> None:
        """Move one delivery of this run from one count to another."""
        self._count(before, -1)
        self._count(after, 1)

    def close(self) -> None:
        """Say what is not yet said."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._dirty:
            self._say()

    def _count(self, verdict: Verdict, by: int, *, received: int = 0) -> None:
        counts = self.status.counts
        self.change(
            counts=replace(
                counts,
                received=counts.received + received,
                good=counts.good + by * verdict.is_good,
                bad=counts.bad + by * verdict.is_bad,
                pending=counts.pending + by * (verdict is Verdict.PENDING),
            )
        )

    def _set(self, status: SessionStatus) -> None:
        if status == self.status:
            return
        self.status = status
        self.changed(status)
        self._dirty = True
        if self._timer is None:
            self._say()
            self._timer = asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._pause_ended)

    def _pause_ended(self) -> None:
        self._timer = None
        if self._dirty:
            self._say()
            self._timer = asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._pause_ended)

    def _say(self) -> None:
        self._dirty = False
        self.emit(StatusChanged(self.status))
