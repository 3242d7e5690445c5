"""The views of everything at once: the Status screen, and the jobs."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from webhook_tui.domain.status import SessionStatus
from webhook_tui.tui.modals.overview import StatusDialog
from webhook_tui.tui.screens.tending import TendingScreen


class SurveyingScreen(TendingScreen):
    """The part of the main screen that opens them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "status", "Status", show=False, id="app.status", tooltip="status: counts, times, route, QR code"),
    ]
    status: SessionStatus

    def action_status(self) -> None:
        """Show the Status screen."""
        self.app.push_screen(StatusDialog(lambda: self.status, now=self._now, in_ascii=self._in_ascii))
