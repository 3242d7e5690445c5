"""Messages between the screen's process and the session's, over two pipes.

Each message is one pickle, which delimits itself. Down go Launch, commands, Ask and Stop. Up come Bound or Refused
first, then SecretsKnown, Answered and session events, SessionStopped last. A side that dies closes both pipes.
"""

from __future__ import annotations

import io
import os
import pickle
from typing import Any

from msgspec import Struct

from webhook_tui.config import Settings
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.queries import Query
from webhook_tui.domain.signature.secret import Secret

_PROTOCOL = 5
_TRUSTED_MODULES = frozenset({"webhook_tui", "datetime", "pathlib"})
"""Top-level packages whose classes a message may hold."""
_TRUSTED_FUNCTIONS = frozenset({("msgspec._utils", "rebuild")})
"""Makes a Struct whose fields are given by name."""


class ChannelClosedError(Exception):
    """The other process closed its end of the pipe, or died in the middle of a message."""


class Launch(Struct, frozen=True):
    """The first message to the session."""

    settings: Settings


class Stop(Struct, frozen=True):
    """Shut down; the pipe stays open, because its end means that the screen died."""


class Ask(Struct, frozen=True):
    """A query; its answer has the same number."""

    number: int
    query: Query[Any]


class Answered(Struct, frozen=True):
    """The answer to a query, or why there is none."""

    number: int
    answer: object = None
    problem: Problem | None = None


class Bound(Struct, frozen=True):
    """The first message from the session: it has its port."""

    port: int


class Refused(Struct, frozen=True):
    """The first message from the session, when it cannot start."""

    problem: Problem


class SecretsKnown(Struct, frozen=True):
    """What copies and exports must not contain; sent before the event that made it change."""

    secrets: tuple[Secret, ...]


class MessageWriter:
    """Writes messages to a pipe; used by one thread."""

    def __init__(self, pipe: io.RawIOBase) -> None:
        self._pipe = pipe

    def send(self, message: object) -> None:
        """Write one message; blocks while the pipe is full. Raises ChannelClosedError."""
        buffer = io.BytesIO()
        _Pickler(buffer, _PROTOCOL).dump(message)
        rest = buffer.getbuffer()
        try:
            while rest:
                rest = rest[self._pipe.write(rest) or 0 :]
        except (OSError, ValueError) as error:  # ValueError: closed on this side
            raise ChannelClosedError from error

    def close(self) -> None:
        """Close the pipe."""
        self._pipe.close()


class MessageReader:
    """Reads messages from a pipe; used by one thread at a time."""

    def __init__(self, pipe: io.BufferedReader) -> None:
        self._pipe = pipe

    def receive(self) -> object:
        """Wait for one message. Raises ChannelClosedError; pickle.UnpicklingError never leaves."""
        try:
            return _Unpickler(self._pipe).load()
        except (EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
            raise ChannelClosedError from error

    def close(self) -> None:
        """Close the pipe."""
        self._pipe.close()


def take_standard_pipes() -> tuple[MessageReader, MessageWriter]:
    """Return the channel on standard input and output, and put the null device in their place.

    What a library prints is then no message, and no child process holds the pipes open.
    """
    down, up = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return MessageReader(os.fdopen(down, "rb")), MessageWriter(io.FileIO(up, "wb"))


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        """Pickle a Secret, which other picklers refuse."""
        return (Secret, (obj.reveal(),)) if type(obj) is Secret else NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        """Return a class, or the function that creates a Struct, of the trusted modules only."""
        if (module, name) in _TRUSTED_FUNCTIONS:
            return super().find_class(module, name)
        if module.partition(".")[0] in _TRUSTED_MODULES:
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not part of a message")
