"""A bar on standard error that shows how many deliveries of an export or an import are done."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

_STEP = 50
"""Deliveries between two changes of the bar: to count each would take as long as to export it."""


class DeliveryBar:
    """Shown while the context is entered, if standard error is a terminal; leaves nothing behind."""

    def __init__(self, total: int, *, is_shown: bool = True) -> None:
        """`total`: deliveries. `is_shown`: False when the same terminal gets the output."""
        self._progress = Progress(
            BarColumn(40),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} deliveries"),
            console=Console(stderr=True),
            transient=True,
            disable=not (is_shown and sys.stderr.isatty()),
        )
        self._task = self._progress.add_task("", total=total)
        self._done = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def advance(self) -> None:
        """Count a delivery."""
        self._done += 1
        if self._done % _STEP == 0:
            self._progress.update(self._task, completed=self._done)
