"""The program's own log: warnings and errors in a small private file, never on the terminal, which the screen owns.

Tracebacks hold no values of variables, so neither the token nor a secret can get into it.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
from io import TextIOWrapper
from pathlib import Path

_LARGEST = 1_000_000


class PrivateLog(logging.handlers.RotatingFileHandler):
    """Makes its file, mode 0600, with the first record; a disk that takes nothing silences it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_LARGEST, backupCount=1, encoding="utf-8", delay=True)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

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
    root.addHandler(PrivateLog(path))
    root.setLevel(logging.WARNING)
