"""The session's one status snapshot: whoever changes a link of the route says so here, and the front end hears of it.

At most one StatusChanged every 50 ms, and always one after the last change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from webhook_tui.config import Settings
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import SessionEvent, StatusChanged
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import SessionStatus, TunnelState, TunnelStatus, WebhookState, WebhookStatus

_PAUSE_SECONDS = 0.05


def first_status(settings: Settings) -> SessionStatus:
    """Return what the settings say of the route; every link waits."""
    opens = not settings.sandbox and settings.hook_url is None and settings.tunnel != "none"
    return SessionStatus(
        api_url=settings.api_url,
        sandbox=settings.sandbox,
        registers=settings.register,
        tunnel=TunnelStatus(TunnelState.WAITING if opens else TunnelState.NONE, kind=settings.tunnel),
        webhook=WebhookStatus(WebhookState.WAITING if settings.register else WebhookState.WATCHING),
    )


class StatusPublisher:
    """Holds the status; all calls come from the session's loop."""

    def __init__(self, status: SessionStatus, emit: Callable[[SessionEvent], None]) -> None:
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

    def reverified(self, before: Verdict, after: Verdict) -> None:
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
