"""Takes a secret that was typed on the command line out of the process list, where the system allows it."""

from __future__ import annotations

import contextlib
from pathlib import Path

_BEGIN, _END = 45, 46
"""Where, after the program's name, /proc/self/stat says where the arguments lie: arg_start and arg_end in proc(5)."""


def hide(text: str) -> None:
    """Overwrite every argument that is `text`, or ends in `=` and it, with stars; on Linux only, silently elsewhere."""
    secret = text.encode("utf-8", "surrogateescape")
    with contextlib.suppress(OSError, ValueError, IndexError):
        begin, end = _place()
        with Path("/proc/self/mem").open("r+b", buffering=0) as memory:
            memory.seek(begin)
            before = memory.read(end - begin)
            after = b"\0".join(_hidden(argument, secret) for argument in before.split(b"\0"))
            if after != before:
                memory.seek(begin)
                memory.write(after)


def _place() -> tuple[int, int]:
    fields = Path("/proc/self/stat").read_bytes().rpartition(b") ")[2].split()
    return int(fields[_BEGIN]), int(fields[_END])


def _hidden(argument: bytes, secret: bytes) -> bytes:
    """Of the same length, so that no other argument moves."""
    if not secret or (argument != secret and not argument.endswith(b"=" + secret)):
        return argument
    return argument[: len(argument) - len(secret)] + b"*" * len(secret)
