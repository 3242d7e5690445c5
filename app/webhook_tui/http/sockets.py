"""Binds the listening socket before the server starts, so that a busy port is a ProblemError."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
import sys
from typing import TYPE_CHECKING

from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.http.errors import not_listening, port_in_use, port_reserved

if TYPE_CHECKING:  # the screen binds the port before it imports asyncio
    import asyncio

_TRIES = 100
BACKLOG = 2048


def bind(host: str, port: int, *, exact: bool) -> socket.socket:
    """A listening TCP socket on `host`.

    `exact`: that port or none. Otherwise the next free one of the 100 after it. Port 0: any free one.
    Raises ProblemError with ExitCode.PORT when none can be had.
    """
    last = port if exact or port == 0 else min(port + _TRIES, 65_535)
    failure: OSError | None = None
    for candidate in range(port, last + 1):
        try:
            return _bound(host, candidate)
        except OSError as error:
            failure = error
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                break
    assert failure is not None
    raise ProblemError(_problem(host, port, failure)) from failure


def reset(transport: asyncio.Transport) -> None:
    """Close a connection without lingering: its socket sends RST instead of FIN (socket(7), SO_LINGER)."""
    handle = transport.get_extra_info("socket")
    if handle is not None and hasattr(os, "dup"):
        # uvloop's handle takes no options: a second one for the same socket does.
        with contextlib.suppress(OSError, ValueError), socket.socket(fileno=os.dup(handle.fileno())) as twin:
            twin.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":  # where it would let two programs have one port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        # With SO_REUSEADDR two programs can bind one port as long as neither listens: the one that listens has it.
        bound.listen(BACKLOG)
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound


def _problem(host: str, port: int, error: OSError) -> Problem:
    if error.errno == errno.EADDRINUSE:
        return port_in_use(port)
    return port_reserved(port) if error.errno == errno.EACCES else not_listening(host)
