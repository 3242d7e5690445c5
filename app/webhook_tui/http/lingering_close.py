"""Closes a connection so that a client that still sends reads its answer: a reset would make it lose what came before.

A connection that lingers stays among the counted ones, and is bounded in bytes and in time (RFC 9112, 9.6).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from webhook_tui.http.limits import Limits


class LingeringClose:
    """The end of one connection."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, limits: Limits) -> None:
        self._loop = loop
        self._transport = transport
        self._limits = limits
        self._discarded = 0
        self._lingering: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    @property
    def has_begun(self) -> bool:
        """Whether nothing more may be written."""
        return self._lingering is not None or self._transport.is_closing()

    def linger(self) -> None:
        """Say that nothing more comes from here, and wait for the client to be done; for `discard` what it sends."""
        if not self.has_begun:
            self._lingering = self._loop.call_later(self._limits.linger_seconds, self.close)
            self._transport.write_eof()

    def discard(self, data: bytes) -> None:
        """Count what comes while it lingers, and close when it is too much."""
        self._discarded += len(data)
        if self._discarded > self._limits.linger_bytes:
            self.close()

    def close(self) -> None:
        """Close when what was written has been taken, or when nobody takes it."""
        self._transport.close()
        if self._transport.get_write_buffer_size():
            self.expect_reader()

    def expect_reader(self) -> None:
        """What was written is not being read: give the client some time."""
        if self._unread is None:
            self._unread = self._loop.call_later(self._limits.unread_seconds, self._transport.abort)

    def found_reader(self) -> None:
        """It is being read."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def is_over(self) -> None:
        """The connection is gone."""
        self.found_reader()
        if self._lingering is not None:
            self._lingering.cancel()


class Outlet(asyncio.Transport):
    """What an answer is written to: closed by uvicorn, it is the protocol that decides how."""

    def __init__(self, transport: asyncio.Transport, closing: LingeringClose, close: Callable[[], None]) -> None:
        super().__init__()
        self._transport = transport
        self._closing = closing
        self._close = close

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Nothing after the end has begun."""
        if not self._closing.has_begun:
            self._transport.write(data)

    def close(self) -> None:
        """Let the protocol close."""
        self._close()

    def is_closing(self) -> bool:
        """Whether it has."""
        return self._closing.has_begun
