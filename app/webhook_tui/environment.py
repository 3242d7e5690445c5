"""Keeps tokens and secrets from other processes: out of the environment of children, and of the process list."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path

SECRET_NAMES = ("PIKTID_TOKEN", "WEBHOOK_TUI_TOKEN", "WEBHOOK_TUI_SECRET*", "NGROK_AUTHTOKEN", "NGROK_API_KEY")
"""Names that are never handed on; a star at the end stands for any rest."""

_BEGIN, _END = 45, 46
"""Where, after the program's name, /proc/self/stat says where the arguments lie: arg_start and arg_end in proc(5)."""


def is_secret(name: str, patterns: Iterable[str]) -> bool:
    """Whether a variable of that name is held back."""
    upper = name.upper()
    return any(
        upper.startswith(pattern[:-1]) if pattern.endswith("*") else upper == pattern
        for pattern in (pattern.upper() for pattern in patterns)
    )


def child_environment(
    environ: Mapping[str, str], *, more: Iterable[str] = (), keep: Iterable[str] = ()
) -> dict[str, str]:
    """`environ` without what SECRET_NAMES and `more` name; `keep` names what the child needs nevertheless."""
    patterns = (*SECRET_NAMES, *more)
    kept = frozenset(keep)
    return {name: value for name, value in environ.items() if name in kept or not is_secret(name, patterns)}


def secret_values(environ: Mapping[str, str], *, more: Iterable[str] = ()) -> tuple[str, ...]:
    """The values that are held back and long enough to be looked for in what children print."""
    patterns = (*SECRET_NAMES, *more)
    return tuple(value for name, value in environ.items() if len(value) >= 8 and is_secret(name, patterns))


def hide_argument(text: str) -> None:
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
