"""What the session asks the user: may a webhook be replaced, which token; and what is asked before registering."""

from __future__ import annotations

from collections.abc import Callable

from webhook_tui.domain.commands import (
    CheckReachability,
    Command,
    OwnershipChoice,
    RegisterWebhook,
    ResolveOwnership,
    UseToken,
)
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import OwnershipQuestioned, TokenRequired
from webhook_tui.domain.status import SessionStatus, WebhookState
from webhook_tui.ui.dialogs.ownership import ForeignWebhookDialog, UnknownOwnerDialog
from webhook_tui.ui.dialogs.register import RegisterDialog
from webhook_tui.ui.dialogs.token import TokenChoice, TokenDialog
from webhook_tui.ui.workers import WorkerApp


class PromptController:
    """Opens the dialogs and hands on the answers; of token prompts at most one is open."""

    def __init__(
        self,
        app: WorkerApp,
        request: Callable[[Command], None],
        watch: Callable[[], None],
        change_to_sandbox: Callable[[], None] | None,
    ) -> None:
        """`watch` opens the event stream; `change_to_sandbox` is for who has no token, None: there is no way to."""
        self._app = app
        self._request = request
        self._watch = watch
        self._change_to_sandbox = change_to_sandbox
        self._dialog: TokenDialog | None = None
        self.refused: Problem | None = None
        """Why the token in use is of no use."""
        self.token_place = ""
        """Where a token can be kept, in words."""

    def ask(self, fact: OwnershipQuestioned | TokenRequired) -> None:
        """Open the dialog of a fact."""
        match fact:
            case OwnershipQuestioned(None):
                self._app.push_screen(UnknownOwnerDialog(), self._answer_guard)
            case OwnershipQuestioned(foreign) if foreign is not None:
                self._app.push_screen(ForeignWebhookDialog(foreign, now=self._app.now), self._answer_guard)
            case TokenRequired(None):
                self._ask_token(None)
            case _:
                pass  # a refused token: the notice says so, and u asks

    def register(self, status: SessionStatus) -> None:
        """After a refused token ask for another one, else go on from what has not worked.

        Where the registration works, ask before its secret is replaced.
        """
        shown = status.problem
        refused = shown if shown is not None and shown.needs_token else self.refused  # the status comes later
        if refused is not None:
            self._ask_token(refused)
        elif status.webhook.state is WebhookState.REGISTERED:
            self._app.push_screen(RegisterDialog(status.webhook, now=self._app.now), self._answer_register)
        else:
            self._request(RegisterWebhook())

    def _answer_register(self, wish: RegisterWebhook | CheckReachability | None) -> None:
        if wish is not None:
            self._request(wish)

    def _answer_guard(self, answer: ResolveOwnership | None) -> None:
        if answer is None:
            return
        self._request(answer)
        if answer.choice is OwnershipChoice.WATCH:
            self._watch()

    def _ask_token(self, problem: Problem | None) -> None:
        if self._dialog is not None:
            return
        can_try = self._change_to_sandbox is not None
        self._dialog = TokenDialog(problem, can_try_sandbox=can_try, place=self.token_place)
        self._app.push_screen(self._dialog, self._answer_token)

    def _answer_token(self, choice: TokenChoice | None) -> None:
        self._dialog = None
        if choice is None:
            return
        if choice.token is not None:
            self.refused = None
            self._request(UseToken(choice.token, keep=choice.keep))
        elif self._change_to_sandbox is not None:
            self._change_to_sandbox()
