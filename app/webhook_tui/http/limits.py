"""Limits for clients: bytes, headers, connections and time. The receiver is reachable from the public internet."""

from __future__ import annotations

import asyncio
import contextlib
import math
import sys
from collections.abc import Collection
from typing import Protocol

from msgspec import Struct

if sys.platform != "win32":
    import resource

NEVER = math.inf
"""No deadline."""

_LATENESS_SECONDS = 0.01
"""Deadlines this close together are handled in one sweep; uvloop rounds timers to a millisecond."""

_ENOUGH = 4096
"""The limit that is requested. Some child programs close every possible descriptor, which a higher one makes slow."""
_RESERVED = 128
"""Descriptors reserved for the history, the tunnel, PiktID, forwarding and the terminal."""
_FEWEST = 16


class Limits(Struct, frozen=True):
    """Limits and deadlines of one server; times in seconds, sizes in bytes."""

    head_bytes: int = 32 * 1024
    head_count: int = 100
    head_seconds: float = 5.0
    """From the connection or the first byte of a later head to the end of the head."""
    body_bytes: int = 10 * 1024 * 1024
    body_seconds: float = 10.0
    """Longest pause within a body."""
    idle_seconds: float = 15.0
    """From an answer to the first byte of the next head."""
    connections: int = 256
    linger_bytes: int = 1024 * 1024
    """Bytes that are read and dropped after an answer that was sent before the request was complete."""
    linger_seconds: float = 2.0
    """How long they are read."""
    unread_seconds: float = 10.0
    """How long an answer may wait for a client that does not read."""


def connections_within(most: int) -> int:
    """Return `most`, or as many connections as the limit allows; raises the process's soft limit where it is low."""
    if sys.platform == "win32":  # where sockets are no descriptors
        return most
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _ENOUGH:
        wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(_ENOUGH, hard)
        with contextlib.suppress(OSError, ValueError):  # not allowed: it stays as it is
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return most if soft == resource.RLIM_INFINITY else min(most, max(_FEWEST, soft - _RESERVED))


class Timed(Protocol):
    """Something with a deadline."""

    @property
    def due_at(self) -> float:
        """When its next deadline ends, in the loop's time, or NEVER."""

    def on_deadline(self, now: float) -> None:
        """Handle the deadline that has passed; afterwards `due_at` is later."""


class Deadlines:
    """One timer for the deadlines of all connections.

    A timer for each head, body and pause of each connection is made and cancelled with every request. Almost no
    deadline is reached, and all of one kind are set in the order in which they end: the timer runs until the earliest
    deadline that it knows, and is set again only then.
    """

    def __init__(self, timed: Collection[Timed]) -> None:
        """`timed`: the objects with deadlines; the collection may change at any time."""
        self._timed = timed
        self._timer: asyncio.TimerHandle | None = None
        self._set_for = NEVER

    def expect(self, at: float) -> None:
        """Sweep no later than shortly after `at`."""
        if at < self._set_for:
            self._set(at)

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self, at: float) -> None:
        self.close()
        self._set_for = at
        self._timer = asyncio.get_running_loop().call_at(at + _LATENESS_SECONDS, self._sweep)

    def _sweep(self) -> None:
        self._timer = None
        self._set_for = NEVER
        now = asyncio.get_running_loop().time()
        for each in tuple(self._timed):
            if each.due_at <= now:
                each.on_deadline(now)
        self.expect(min((each.due_at for each in self._timed), default=NEVER))
