"""The views of everything at once: the Status screen, and the jobs."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from webhook_tui.domain.problem import Problem, Severity
from webhook_tui.domain.status import SessionStatus
from webhook_tui.tui.modals.jobs import Choice, JobsDialog
from webhook_tui.tui.modals.overview import StatusDialog
from webhook_tui.tui.panes.stream_pane import StreamPane
from webhook_tui.tui.screens.tending import TendingScreen
from webhook_tui.tui.widgets.status_bar import StatusBar


class SurveyingScreen(TendingScreen):
    """The part of the main screen that opens them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "status", "Status", show=False, id="app.status", tooltip="status: counts, times, route, QR code"),
        Binding("J", "jobs", "Jobs", show=False, id="app.jobs", tooltip="jobs: their events and images"),
    ]
    status: SessionStatus

    def action_status(self) -> None:
        """Show the Status screen."""
        self.app.push_screen(StatusDialog(lambda: self.status, now=self._now, in_ascii=self._in_ascii))

    def on_status_bar_refusals_requested(self, event: StatusBar.RefusalsRequested) -> None:
        """The Status screen says why."""
        event.stop()
        self.action_status()

    def action_jobs(self) -> None:
        """Show the jobs."""
        dialog = JobsDialog(now=self._now, total=self._total, in_ascii=self._in_ascii)
        self.app.push_screen(dialog, self._go_to)

    def _total(self) -> int:
        return 0 if self._rows is None else len(self._rows)

    def _go_to(self, choice: Choice | None) -> None:
        """Where the user wants to go: to a delivery, or to all that pass a filter."""
        if choice is None:
            return
        if self.query_one(StreamPane).is_open:
            self.post_message(StreamPane.Closed())
        if isinstance(choice, str):
            self.set_filter(choice)
        else:
            self.go_to_delivery(choice)

    def go_to_delivery(self, seq: int) -> None:
        """Put the cursor of the table on a delivery; a filter that hides it goes."""
        if self._rows is None:
            return
        self._rows.refresh()
        self.table.refresh_rows()
        place = self._place_of(seq)
        if place is None and self.is_filtered:
            self.action_show_all()
            place = self._place_of(seq)
        if place is None:
            self.occurred(Problem(f"Delivery #{seq} is not stored any more.", "", severity=Severity.WARNING))
            return
        self.set_class(False, "-zoomed")
        self.table.move_to(place)
        self.table.focus()

    def _place_of(self, seq: int) -> int | None:
        rows = self.table.rows
        return None if rows is None else rows.position(seq)
