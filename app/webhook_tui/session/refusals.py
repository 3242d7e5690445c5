"""Counts the requests that the receiver refused and announces them: to the front end, in the status and in the log."""

from __future__ import annotations

import asyncio
import logging

from msgspec.structs import replace

from webhook_tui.domain.events import RequestRefused
from webhook_tui.domain.refusal import Refusal, with_refusal
from webhook_tui.session.bus import EventBus
from webhook_tui.session.status import StatusPublisher

_PAUSE_SECONDS = 0.5

_log = logging.getLogger(__name__)


class Refusals:
    """Announces the first refusal at once, and then those of each status together, at most every half second."""

    def __init__(self, status: StatusPublisher, bus: EventBus) -> None:
        self._status = status
        self._bus = bus
        self._unannounced: dict[int, Refusal] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, refusal: Refusal) -> None:
        """Count one refused request."""
        self._status.change(refusals=with_refusal(self._status.status.refusals, refusal))
        before = self._unannounced.get(refusal.status)
        count = refusal.count + (before.count if before is not None else 0)
        self._unannounced[refusal.status] = replace(refusal, count=count)
        if self._timer is None:
            self._announce()

    def close(self) -> None:
        """Announce the rest."""
        if self._timer is not None:
            self._timer.cancel()
        self._announce_all()

    def _announce(self) -> None:
        self._timer = None
        if self._unannounced:
            self._announce_all()
            self._timer = asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._announce)

    def _announce_all(self) -> None:
        for refusal in self._unannounced.values():
            # Without the request: the log contains nothing that a client sent.
            _log.warning("%s", replace(refusal, request="").sentence())
            self._bus.publish(RequestRefused(refusal))
        self._unannounced.clear()
