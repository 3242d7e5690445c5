"""A query that a dialog repeats while it is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Generic

from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain.errors import Problem
from webhook_tui.domain.queries import Answer, Query
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.frame_budget import call_after
from webhook_tui.ui.messages import AnswerRequested

AGAIN_SECONDS = 0.05
"""From an answer that is not complete to the next request."""
_INTERVAL_SECONDS = 1.0


class LiveQuery(Generic[Answer]):
    """Asks the session once a second while the dialog is on top, one request at a time."""

    def __init__(
        self,
        dialog: Dialog[Any],
        query: Query[Answer],
        show: Callable[[Answer], bool],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """`show` gets an answer and returns whether it is complete; `failed` gets the problem if there is none.

        Without `failed`, a note of the dialog, #note, shows the problem.
        """
        self._dialog = dialog
        self._query = query
        self._show = show
        self._failed = failed
        self._is_waiting = False
        self.is_stopped = False
        """Whether nothing is asked until `toggle` is called again."""

    def start(self) -> None:
        """Ask now and from now on, at once when the dialog is on top again."""
        self._dialog.set_interval(_INTERVAL_SECONDS, self.ask)
        self._dialog.app.screen_change_signal.subscribe(self._dialog, lambda _screen: self.ask())
        self.ask()

    def toggle(self) -> None:
        """Stop asking, or go on."""
        self.is_stopped = not self.is_stopped
        self.ask()

    def use(self, query: Query[Answer]) -> None:
        """Ask this from now on; an answer to what was asked before is not shown."""
        self._query = query
        self.ask()

    def ask(self) -> None:
        """Ask, unless an answer is awaited, another dialog is on top, or asking is stopped."""
        if self._dialog.is_current and not self._is_waiting and not self.is_stopped:
            self._is_waiting = True
            show = partial(self._on_answer, self._query)
            self._dialog.post_message(AnswerRequested(self._dialog, self._query, show, self._on_problem))

    def _on_answer(self, query: Query[Answer], answer: Answer) -> None:
        self._is_waiting = False
        if query is not self._query:
            self.ask()
        elif not self._show(answer):
            call_after(self._dialog, AGAIN_SECONDS, self.ask)

    def _on_problem(self, problem: Problem) -> None:
        self._is_waiting = False
        if self._failed is not None:
            self._failed(problem)
        else:
            for note in self._dialog.query("#note").results(Static):
                note.update(Content.assemble((problem.sentence(), "$warn")))
