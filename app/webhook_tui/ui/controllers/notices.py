"""The notice bar: one problem at a time, of the route or of the last command, until it ends or is closed."""

from __future__ import annotations

from datetime import datetime

from textual.screen import Screen

from webhook_tui.domain.errors import Problem
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.format.status.notices import Notice, chosen
from webhook_tui.ui.format.status.tips import SANDBOX, Tips
from webhook_tui.ui.widgets.status.notice_bar import NoticeBar


class NoticeController:
    """Chooses what the notice bar shows."""

    def __init__(self, context: AppContext, screen: Screen[None]) -> None:
        self._context = context
        self._screen = screen
        self.tips = Tips(is_on=not context.preferences.read().has_seen_tips, has_colours=context.app.has_colours)
        self._current: Notice | None = None
        self._hidden: frozenset[str] = frozenset()
        self._reported: set[str] = set()
        """The problems of the newest status."""

    def show(self, problem: Problem, again_at: datetime | None = None, *, about: int | None = None) -> None:
        """Show why a command failed, until the next command.

        `again_at`: when it is tried again. `about`: the delivery that it is about; showing another one ends the notice.
        """
        self._current = Notice(problem, again_at, about)
        self._hidden -= {problem.message}
        self.refresh()

    def clear(self) -> None:
        """Remove the notice of the last command."""
        self._current = None
        self.refresh()

    def close(self) -> None:
        """Hide the notice that is shown until its problem occurs again."""
        shown = self._bar.shown
        if shown is not None:
            self._hidden |= {shown.problem.message}
            self.refresh()

    def on_status_changed(self) -> None:
        """Remove the notice of a problem that the route no longer has."""
        status = self._context.status
        problems = (status.storing, status.tunnel.problem, status.webhook.problem)
        reported = {problem.message for problem in problems if problem is not None}
        over = self._reported - reported
        if self._current is not None and self._current.problem.message in over:
            self._current = None
        self._hidden -= over
        self._reported = reported
        self.refresh()

    def on_delivery_shown(self, seq: int | None) -> None:
        """Remove a notice about another delivery."""
        if self._current is not None and self._current.about not in (None, seq):
            self.clear()

    def restart_tips(self) -> None:
        """Show the tips of the sandbox again, also after they were closed or done."""
        self.tips.restart()
        self._current = None
        self._hidden -= {SANDBOX}
        self.refresh()

    def on_action(self, action: str) -> None:
        """Show the next tip once the action is carried out that the present one proposes."""
        if self.tips.on_action(action):
            self.refresh()

    def tick(self) -> None:
        """Update the seconds in the notice."""
        if self._bar.shown is not None:
            self.refresh()

    def refresh(self) -> None:
        """Show the most severe notice of those that are not hidden."""
        if self._screen.children:
            status = self._context.status
            tip = self.tips.problem() if status.sandbox else None
            self._bar.show(chosen(status, self._current, self._hidden, tip), self._context.now())

    @property
    def _bar(self) -> NoticeBar:
        return self._screen.query_one(NoticeBar)
