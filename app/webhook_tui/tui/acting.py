"""What the user does with deliveries: answer by a rule, forward, replay, edit and replay; the app's part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from textual.app import App, SuspendNotSupported

from webhook_tui.domain.answering import AnswerRule
from webhook_tui.domain.delivery import StoredDelivery
from webhook_tui.domain.problem import Problem, ProblemError, Severity
from webhook_tui.domain.status import SessionStatus
from webhook_tui.domain.wishes import AnswerWish, ForwardWish, ReplayWish, Wish
from webhook_tui.tui.editing import edit
from webhook_tui.tui.modals.answers import AnswersDialog
from webhook_tui.tui.modals.sending import ForwardDialog, ReplayChoice, ReplayDialog

_UNCHANGED = Problem("Nothing was changed, and nothing sent.", "r replays it as it is.", severity=Severity.TIP)
_NO_TERMINAL = Problem("This terminal cannot be given to an editor.", "r replays the delivery as it is.")


@dataclass
class Acting:
    """Opens the dialogs and makes the wishes."""

    app: App[Any]
    request: Callable[[Wish], None]
    occurred: Callable[[Problem | None], None]
    edit: Callable[[bytes, int], bytes] = edit
    _last_url: str = field(default="", init=False)

    def answers(self, status: SessionStatus) -> None:
        """Ask for the rule."""

        def use(rule: AnswerRule | None) -> None:
            if rule is not None:
                self.request(AnswerWish(rule))

        self.app.push_screen(AnswersDialog(status.rule, forwards=status.forward_to is not None), use)

    def forward(self, status: SessionStatus) -> None:
        """Ask where to forward to."""

        def begin(url: str | None) -> None:
            if url is not None:
                self.occurred(None)
                self._last_url = url or self._last_url
                self.request(ForwardWish(url or None))

        known = status.forward_to
        self.app.push_screen(ForwardDialog(known or self._last_url, is_on=known is not None), begin)

    def replay(self, stored: StoredDelivery, status: SessionStatus) -> None:
        """Ask where to, and send it as it came."""
        self._ask(stored.row.seq, status, None)

    def edit_and_replay(self, stored: StoredDelivery, status: SessionStatus) -> None:
        """Into the editor, then ask; the session goes on in its own thread meanwhile."""
        before = stored.delivery.body
        try:
            with self.app.suspend():
                after = self.edit(before, stored.row.seq)
        except ProblemError as error:
            self.occurred(error.problem)
            return
        except SuspendNotSupported:
            self.occurred(_NO_TERMINAL)
            return
        if after == before:
            self.occurred(_UNCHANGED)
        else:
            self._ask(stored.row.seq, status, (before, after))

    def _ask(self, seq: int, status: SessionStatus, edited: tuple[bytes, bytes] | None) -> None:
        def send(choice: ReplayChoice | None) -> None:
            if choice is not None:
                self.occurred(None)
                self._last_url = choice.url
                body = edited[1] if edited else None
                self.request(ReplayWish((seq,), choice.url, choice.sign_anew, body))

        url = status.forward_to or self._last_url
        self.app.push_screen(ReplayDialog(f"#{seq}", url, edited=edited), send)
