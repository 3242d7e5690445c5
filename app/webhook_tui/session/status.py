"""The session's status: one immutable snapshot that the parts change, published to the front end.

StatusChanged is published at most once every 50 ms, and always after the last change.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from webhook_tui.config import Settings
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import StatusChanged
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import Counts, SessionStatus, TunnelState, TunnelStatus, WebhookState, WebhookStatus
from webhook_tui.session import messages
from webhook_tui.session.bus import EventBus, StatusReplaced

_PAUSE_SECONDS = 0.05


def first_status(settings: Settings) -> SessionStatus:
    """Return the status before anything runs: every part of the route waits."""
    return SessionStatus(
        api_url=settings.api_url,
        sandbox=settings.sandbox,
        registers=settings.register,
        tunnel=TunnelStatus(TunnelState.WAITING if opens_tunnel(settings) else TunnelState.NONE, kind=settings.tunnel),
        webhook=WebhookStatus(WebhookState.WAITING if settings.register else WebhookState.WATCHING),
    )


def opens_tunnel(settings: Settings) -> bool:
    """Return whether these settings need a tunnel."""
    return not settings.sandbox and settings.hook_url is None and settings.tunnel != "none"


class StatusPublisher:
    """Holds the status. Belongs to the session's loop."""

    def __init__(self, status: SessionStatus, bus: EventBus) -> None:
        self._status = status
        self._bus = bus
        self._timer: asyncio.TimerHandle | None = None
        self._is_dirty = False
        self._received = 0
        self._by_verdict: Counter[Verdict] = Counter()
        self._has_counted = False

    @property
    def status(self) -> SessionStatus:
        """The current snapshot."""
        if self._has_counted:
            self._has_counted = False
            counted = self._by_verdict
            counts = Counts(
                received=self._received,
                good=sum(counted[verdict] for verdict in Verdict if verdict.is_good),
                bad=sum(counted[verdict] for verdict in Verdict if verdict.is_bad),
                pending=counted[Verdict.PENDING],
            )
            self._status = replace(self._status, counts=counts)
        return self._status

    @property
    def route(self) -> SessionStatus:
        """The snapshot whose counts may be behind. Reading `status` for each delivery makes one for each delivery."""
        return self._status

    def change_receiver(self, **changes: Any) -> None:
        """Change fields of ReceiverStatus."""
        self._replace(replace(self.status, receiver=replace(self.status.receiver, **changes)))

    def change_webhook(self, **changes: Any) -> None:
        """Change fields of WebhookStatus."""
        self._replace(replace(self.status, webhook=replace(self.status.webhook, **changes)))

    def change(self, **changes: Any) -> None:
        """Change fields of SessionStatus itself."""
        self._replace(replace(self.status, **changes))

    def add_note(self, note: Problem) -> None:
        """Add a note, once."""
        if note not in self.status.notes:
            self.change(notes=(*self.status.notes, note))

    def remove_note(self, note: Problem | None) -> None:
        """Remove a note, if it is there."""
        if note in self.status.notes:
            self.change(notes=tuple(other for other in self.status.notes if other != note))

    def note_set_aside(self, what: str, path: Path | None) -> None:
        """Add a note that a damaged file was set aside as `path`; None: it was not."""
        if path is not None:
            self.add_note(messages.set_aside(what, path))

    def count_received(self, verdicts: Sequence[Verdict]) -> None:
        """Count deliveries of this run."""
        self._received += len(verdicts)
        self._by_verdict.update(verdicts)
        self._note_counted()

    def count_reverified(self, before: Verdict, after: Verdict) -> None:
        """Move one delivery of this run from one count to another."""
        self._by_verdict[before] -= 1
        self._by_verdict[after] += 1
        self._note_counted()

    def close(self) -> None:
        """Publish what is not yet published."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_dirty:
            self._publish()

    def _note_counted(self) -> None:
        """Mark the counts as changed: they are read for each published snapshot, not for each delivery."""
        self._has_counted = True
        self._is_dirty = True
        if self._timer is None:
            self._publish_and_pause()

    def _replace(self, status: SessionStatus) -> None:
        if status == self.status:
            return
        self._status = status
        self._bus.publish(StatusReplaced(status))
        self._is_dirty = True
        if self._timer is None:
            self._publish_and_pause()

    def _publish_and_pause(self) -> None:
        self._timer = None
        if self._is_dirty:
            self._publish()
            self._timer = asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._publish_and_pause)

    def _publish(self) -> None:
        self._is_dirty = False
        self._bus.publish(StatusChanged(self.status))
