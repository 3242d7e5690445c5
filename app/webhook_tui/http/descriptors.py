"""How many connections the limit of file descriptors allows."""

from __future__ import annotations

import contextlib
import sys

if sys.platform != "win32":
    import resource

_ENOUGH = 4096
"""The limit that is requested. Some child programs close every possible descriptor, which a higher one makes slow."""
_RESERVED = 128
"""Descriptors reserved for the history, the tunnel, PiktID, forwarding and the terminal."""
_FEWEST = 16


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
