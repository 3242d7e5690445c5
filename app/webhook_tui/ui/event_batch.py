"""Where the session's thread leaves its facts and the screen's thread takes them: a flood becomes few refreshes.

`put` is called from the session's thread, `take` from the screen's. Of statuses only the newest is kept.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from webhook_tui.domain.events import (
    DeliveryStored,
    Forwarded,
    ReplayAdvanced,
    Replayed,
    RowChanged,
    SessionEvent,
    StatusChanged,
    VerdictChanged,
)
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.forwarding.replay_progress import ReplayProgress
from webhook_tui.domain.status import SessionStatus

_MOST_SENT = 300
"""Sendings that wait at most; the screen keeps no more."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came since the last one was taken."""

    status: SessionStatus | None
    recorded: tuple[int, ...]
    judged: tuple[int, ...]
    changed: tuple[int, ...]
    sent: tuple[ForwardResult, ...] = ()
    replaying: ReplayProgress | None = None


class EventBatcher:
    """Holds what is not taken yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._status: SessionStatus | None = None
        self._recorded: list[int] = []
        self._judged: dict[int, None] = {}
        self._sent: deque[ForwardResult] = deque(maxlen=_MOST_SENT)
        self._changed: dict[int, None] = {}
        self._replaying: ReplayProgress | None = None
        self._announced = False

    def put(self, fact: SessionEvent) -> bool:
        """Keep a fact that comes in floods; gives back whether the screen must be told. Others are not for here."""
        with self._lock:
            if isinstance(fact, StatusChanged):
                self._status = fact.status
            elif isinstance(fact, DeliveryStored):
                self._recorded.append(fact.row.seq)
            elif isinstance(fact, VerdictChanged):
                self._judged[fact.row.seq] = None
            elif isinstance(fact, Forwarded):
                self._changed[fact.sent.seq] = None
                self._sent.append(fact.sent)
            elif isinstance(fact, Replayed):
                self._sent.append(fact.sent)
            elif isinstance(fact, ReplayAdvanced):
                self._replaying = fact.progress
            elif isinstance(fact, RowChanged):
                self._changed[fact.row.seq] = None
            else:
                raise TypeError(f"{type(fact).__name__} does not come in floods")
            announce, self._announced = not self._announced, True
            return announce

    def take(self) -> Batch:
        """Everything that is there; the next `put` announces itself again."""
        with self._lock:
            batch = Batch(
                self._status,
                tuple(self._recorded),
                tuple(self._judged),
                tuple(self._changed),
                tuple(self._sent),
                self._replaying,
            )
            self._sent.clear()
            self._replaying = None
            self._status, self._recorded, self._judged, self._changed = None, [], {}, {}
            self._announced = False
            return batch


def comes_in_floods(fact: SessionEvent) -> bool:
    """Whether the fact goes through the inbox."""
    if isinstance(fact, Replayed):
        return not fact.alone
    return isinstance(fact, StatusChanged | DeliveryStored | VerdictChanged | RowChanged | Forwarded | ReplayAdvanced)
