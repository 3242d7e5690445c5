"""Shows in the status line how far long work is, pauses and stops it."""

from __future__ import annotations

from textual.screen import Screen
from textual.timer import Timer

from webhook_tui.ui.long_work import LongWork, work_text
from webhook_tui.ui.widgets.keys.key_bar import KeyBar
from webhook_tui.ui.widgets.status.status_bar import StatusBar

_INTERVAL_SECONDS = 0.25


class WorkController:
    """Knows the work that is under way. Belongs to the screen's thread."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._works: list[LongWork] = []
        self._timer: Timer | None = None

    @property
    def is_busy(self) -> bool:
        """Whether there is work that can be stopped."""
        return bool(self._works)

    def add(self, work: LongWork) -> None:
        """Show this work from now on; nothing changes if it is shown already."""
        if work in self._works:
            return
        self._works.append(work)
        if self._timer is None:
            self._timer = self._screen.set_interval(_INTERVAL_SECONDS, self._show)
        self._changed()

    def remove(self, work: LongWork | None) -> None:
        """The work has ended, or something else shows it."""
        if work in self._works:
            self._works.remove(work)
            if not self._works and self._timer is not None:
                self._timer.stop()
                self._timer = None
            self._changed()

    @property
    def can_be_paused(self) -> bool:
        """Whether `pause` has something to pause or to resume."""
        return self._pausable is not None

    def pause(self) -> None:
        """Pause the work that was begun last of those that can be paused, or resume it."""
        work = self._pausable
        if work is not None and work.pause is not None:
            work.pause()

    @property
    def _pausable(self) -> LongWork | None:
        return next((work for work in reversed(self._works) if work.pause is not None), None)

    def stop(self) -> None:
        """Stop the work that was begun last."""
        if self._works:
            self._works[-1].stop()

    def show_dialog(self) -> None:
        """Show the dialog of the work that was begun last, if it has one."""
        if self._works:
            self._works[-1].show_dialog()

    def _changed(self) -> None:
        self._show()
        self._screen.refresh_bindings()

    def _show(self) -> None:
        self._screen.query_one(StatusBar).show_work(*work_text(self._works))
        work, keys = self._pausable, self._screen.query_one(KeyBar)
        labels = {"work.pause": "Resume"} if work is not None and work.is_paused else {}
        if labels != keys.labels:
            keys.labels = labels
            self._screen.refresh_bindings()
