"""The steps from receiver to first ping, and what to do next.

Shown in place of table and detail until the first delivery.
"""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain.status import SessionStatus
from webhook_tui.ui.format.status.steps import hint, steps


class StepsView(Vertical):
    """Lists the steps; from 30 rows on they begin a third below the top."""

    DEFAULT_CSS = """
    StepsView { height: 1fr; background: $background; padding: 0 1 0 5; overflow-y: auto; scrollbar-size-vertical: 1; }
    StepsView #above { height: 1; }
    StepsView #below { height: 0; }
    StepsView Static { height: auto; }
    """

    def compose(self) -> ComposeResult:
        yield Static(id="above")
        yield Static(id="steps", markup=False)
        yield Static(id="below")

    def show(self, status: SessionStatus, now: datetime) -> None:
        """Show how far the session has come; `now` is aware."""
        text = Content("\n").join([step.line() for step in steps(status, now)])
        advice = hint(status)
        if advice.plain:
            text = Content("\n\n").join([text, advice])
        self.query_one("#steps", Static).update(text)
