"""Long work: its worker counts, the status line shows the progress, x stops it, and P pauses what can be paused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event


class WorkStoppedError(Exception):
    """The user has stopped the work."""


class LongWork:
    """One piece of work. Its counts may be changed and it may be stopped from any thread."""

    def __init__(
        self,
        name: str,
        total: int | None,
        on_stop: Callable[[], None] = lambda: None,
        show_dialog: Callable[[], None] = lambda: None,
        *,
        pause: Callable[[], None] | None = None,
    ) -> None:
        """`name`: in a word, for the status line. `total`: steps; None: not known. `on_stop` is called by `stop`.

        `show_dialog`: shows the dialog that was hidden. `pause`: pauses or resumes it; None: it cannot be paused.
        """
        self.name = name
        self.total = total
        self.done = 0
        self.is_paused = False
        self.show_dialog = show_dialog
        self.pause = pause
        self._on_stop = on_stop
        self._stopped = Event()

    @property
    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    def advance(self) -> None:
        """Count a step that was done. Raises WorkStoppedError after `stop`."""
        self.done += 1
        if self._stopped.is_set():
            raise WorkStoppedError

    def stop(self) -> None:
        """Let the next `advance` raise; returns at once."""
        self._stopped.set()
        self._on_stop()


def work_text(works: Sequence[LongWork]) -> tuple[str, str]:
    """Return `export 12 %` and, where there is no room, `12 %`; of several works the number of all. "": none.

    Work that is paused says so: `replay paused 12 %`.
    """
    if not works:
        return "", ""
    totals = [work.total for work in works]
    if any(total is None for total in totals):
        share = f"{sum(work.done for work in works):,}"
    else:
        steps = sum(total or 0 for total in totals)
        share = f"{100 * min(steps, sum(work.done for work in works)) // max(1, steps)} %"
    name = works[0].name if len(works) == 1 else f"{len(works)} tasks"
    if len(works) == 1 and works[0].is_paused:
        share = f"paused {share}"
    return f"{name} {share}", share
