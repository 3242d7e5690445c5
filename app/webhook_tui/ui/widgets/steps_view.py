"""What stands in the place of table and detail before the first delivery: the steps and what to do next."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain.status import SessionStatus
from webhook_tui.ui.format.steps import hint, steps


class StepsView(Vertical):
    """The steps of the route; from 30 rows they stand a third from the top."""

    DEFAULT_CSS = """
    StepsView { height: 1fr; background: $background; padding: 0 1 0 5; overflow-y: auto; scrollbar-size-vertical: 1; }
    StepsView #above { height: 2; }
    StepsView #below { height: 0; }
    StepsView Static { height: auto; }
    """

    def compose(self) -> ComposeResult:
        """Room above, the words, room below."""
        yield Static(id="above")
        yield Static(id="words", markup=False)
        yield Static(id="below")

    def show(self, status: SessionStatus, now: datetime) -> None:
        """Say where the route stands now."""
        text = Content("\n").join([step.line() for step in steps(status, now)])
        advice = hint(status)
        if advice.plain:
            text = Content("\n\n").join([text, advice])
        self.query_one("#words", Static).update(text)
