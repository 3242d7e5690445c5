"""Tests the user's own handler and shows the results as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhook_tui.domain.forwarding.handler_check import HandlerCheck
from webhook_tui.ui.controllers.context import AppContext

if TYPE_CHECKING:
    from webhook_tui.ui.dialogs.replay.handler_check import HandlerCheckDialog


class HandlerCheckController:
    """Opens the dialog and passes the progress on to it."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._dialog: HandlerCheckDialog | None = None

    def show(self) -> None:
        """Test the app that deliveries are forwarded to; without one, ask for the URL first."""
        from webhook_tui.ui.dialogs.replay.handler_check import HandlerCheckDialog

        context, status = self._context, self._context.status
        self._dialog = HandlerCheckDialog(
            status.forward_to or status.last_used_url,
            lambda: context.status,
            starts=status.forward_to is not None,
            now=context.now,
            in_ascii=context.in_ascii,
        )
        context.app.push_screen(self._dialog, self._closed)

    def on_advanced(self, check: HandlerCheck) -> None:
        """Show the progress while the dialog is open."""
        if self._dialog is not None:
            self._dialog.show(check)

    def on_session_ended(self) -> None:
        """Show a test that was under way as stopped."""
        if self._dialog is not None:
            self._dialog.on_session_ended()

    def _closed(self, _answer: None) -> None:
        self._dialog = None
