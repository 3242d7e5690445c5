"""The program's own log: warnings and errors in a small private file, never on the terminal, which the screen owns.

Of an error it has the places and the kind: neither variables nor the error's own words, which may quote the token, a
secret, or received data.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from webhook_tui.domain.delivery.text import visible

_LARGEST = 1_000_000
_log = logging.getLogger(__name__)

_ExcInfo: TypeAlias = "tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]"


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Lines of harmless text."""
        return "\n".join(map(visible, super().format(record).split("\n")))

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 -- the base class's name
        """Return its frames and its kind."""
        return "" if ei[1] is None else places(ei[1])


def places(error: BaseException) -> str:
    """The frames and the kind of an error, and of those behind it, the first one first."""
    return "\n".join(reversed([_place(each) for each in _chain(error)]))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _place(error: BaseException) -> str:
    return "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__


class PrivateLog(logging.handlers.RotatingFileHandler):
    """Makes its file, mode 0600, with the first record; a disk that takes nothing silences it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_LARGEST, backupCount=1, encoding="utf-8", delay=True)
        self.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return open(path, "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- the base class's name
        """The log is the last place to complain to."""


def log_to(path: Path) -> None:
    """From now on warnings and errors of the program and its libraries go to `path`, and nowhere else."""
    root = logging.getLogger()
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        if isinstance(handler, PrivateLog):
            handler.close()
    root.addHandler(PrivateLog(path))
    root.setLevel(logging.WARNING)


def tell_of_crashes() -> None:
    """Whatever ends the program or one of its threads by an error is one sentence there, and the rest in the log."""
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed


def _crashed(kind: type[BaseException], error: BaseException, _traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _log.error("the program ended by an error", exc_info=error)
    print(  # noqa: T201 -- the last word on standard error
        f"webhook-tui: it ended by an error of its own ({kind.__name__}). webhook-tui paths: the log says where.",
        file=sys.stderr,
    )


def _thread_crashed(arguments: threading.ExceptHookArgs) -> None:
    """Nothing is printed: the terminal may be the screen's."""
    _log.error("the thread %s ended by an error", getattr(arguments.thread, "name", ""), exc_info=arguments.exc_value)
