"""The standard streams where one is closed, full, unreadable, or has lost its reader."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from webhook_tui.domain.errors import ProblemError
from webhook_tui.errors import unreadable_input

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_BUFFER_BYTES = 65_536
"""Each write to a descriptor gives the interpreter lock away: a line of `listen` alone has some 3 kB."""


class OutputError(Exception):
    """Standard output takes no more. No OSError, since libraries in between handle those in their own way."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.reason = _reason(error)
        self.is_unread = isinstance(error, BrokenPipeError)
        """Whether its reader has left, which is no failure (`| head`)."""


def prepare_streams() -> None:
    """From now on standard output raises OutputError, standard input ProblemError, and standard error nothing.

    A closed stream gets a descriptor that refuses every use, so that no file opened later takes its number.
    """
    for descriptor, refuses in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_RDONLY)):
        if not _is_open(descriptor):
            os.set_inheritable(os.open(os.devnull, refuses), True)
    if _is_replaceable(sys.stdin):
        reader = io.BufferedReader(_Input(0, closefd=False))
        sys.stdin = io.TextIOWrapper(reader, encoding=_encoding(sys.stdin), errors="surrogateescape")
    if _is_replaceable(sys.stdout):
        by_line = getattr(sys.stdout, "line_buffering", False)
        sys.stdout = _writer(_Output(1, "w", closefd=False), _encoding(sys.stdout), by_line=by_line)
    if _is_replaceable(sys.stderr):
        sys.stderr = _writer(_Errors(2, "w", closefd=False), _encoding(sys.stderr), by_line=True)


class _Input(io.FileIO):
    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        """As FileIO; raises ProblemError."""
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise ProblemError(unreadable_input(_reason(error))) from error

    def readall(self) -> bytes:
        """As FileIO; raises ProblemError."""
        try:
            return super().readall()
        except OSError as error:
            raise ProblemError(unreadable_input(_reason(error))) from error


class _Output(io.FileIO):
    _has_failed = False

    def write(self, content: ReadableBuffer, /) -> int:
        """As FileIO; raises OutputError once, and drops the rest."""
        if self._has_failed:
            return memoryview(content).nbytes
        try:
            return super().write(content)
        except OSError as error:
            self._has_failed = True
            raise OutputError(error) from error


class _Errors(io.FileIO):
    def write(self, content: ReadableBuffer, /) -> int:
        """As FileIO; drops what cannot be written: the exit code still reports what happened."""
        try:
            return super().write(content)
        except OSError:
            return memoryview(content).nbytes


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _is_replaceable(stream: TextIO | None) -> bool:
    """Not the console of Windows, which takes text and no bytes, nor a replacement by another program."""
    if stream is None:
        return True
    binary = getattr(stream, "buffer", None)
    return type(getattr(binary, "raw", binary)) is io.FileIO


def _encoding(stream: TextIO | None) -> str | None:
    return None if stream is None else stream.encoding


def _writer(raw: io.FileIO, encoding: str | None, *, by_line: bool) -> TextIO:
    """Escapes what the encoding lacks, so that no locale ends the program."""
    return io.TextIOWrapper(
        io.BufferedWriter(raw, _BUFFER_BYTES), encoding=encoding, errors="backslashreplace", line_buffering=by_line
    )


def _reason(error: OSError) -> str:
    return "it is closed" if error.errno == errno.EBADF else error.strerror or str(error)
