"""Questions before a webhook is replaced, a token is used, or a secret is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhook_tui.domain.commands import (
    OwnershipChoice,
    RegisterWebhook,
    ResolveOwnership,
    UseToken,
)
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import OwnershipQuestioned, TokenRequired
from webhook_tui.domain.status import WebhookState
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.panes import PaneController
from webhook_tui.ui.dialogs.dialog import ask

if TYPE_CHECKING:
    from webhook_tui.ui.dialogs.secrets.token import TokenChoice, TokenDialog


class PromptController:
    """Opens the dialogs and sends the answers; at most one token prompt is open."""

    def __init__(self, context: AppContext, panes: PaneController) -> None:
        self._context = context
        self._panes = panes
        self._dialog: TokenDialog | None = None
        self.token_problem: Problem | None = None
        """Why the token in use does not work."""

    def ask(self, question: OwnershipQuestioned | TokenRequired) -> None:
        """Open the dialog of a question; after a refused token only show a notice."""
        from webhook_tui.ui.dialogs.webhook.ownership import ForeignWebhookDialog, UnknownOwnerDialog

        app = self._context.app
        match question:
            case OwnershipQuestioned(None):
                ask(app, UnknownOwnerDialog(), self._answer_ownership)
            case OwnershipQuestioned(foreign) if foreign is not None:
                ask(app, ForeignWebhookDialog(foreign, now=self._context.now), self._answer_ownership)
            case TokenRequired(None, place):
                self._ask_token(None, place)
            case _:
                pass

    def register(self) -> None:
        """Register; first ask for a token if it was refused, or before a secret is replaced."""
        from webhook_tui.ui.dialogs.webhook.register import RegisterDialog

        status = self._context.status
        shown = status.problem
        refused = shown if shown is not None and shown.needs_token else self.token_problem  # the status comes later
        if refused is not None:
            self._ask_token(refused, status.token_place)
        elif status.webhook.state is WebhookState.REGISTERED:
            ask(self._context.app, RegisterDialog(status.webhook, now=self._context.now), self._context.request)
        else:
            self._context.request(RegisterWebhook())

    def _answer_ownership(self, answer: ResolveOwnership) -> None:
        self._context.request(answer)
        if answer.choice is OwnershipChoice.WATCH:
            self._panes.open_stream()

    def _ask_token(self, problem: Problem | None, place: str) -> None:
        from webhook_tui.ui.dialogs.secrets.token import TokenDialog

        if self._dialog is not None:
            return
        can_try = self._context.open_sandbox is not None
        self._dialog = TokenDialog(problem, can_try_sandbox=can_try, place=place)
        self._context.app.push_screen(self._dialog, self._answer_token)

    def _answer_token(self, choice: TokenChoice | None) -> None:
        self._dialog = None
        if choice is None:
            return
        if choice.token is not None:
            self.token_problem = None
            self._context.request(UseToken(choice.token, keep=choice.keep))
        elif self._context.open_sandbox is not None:
            self._context.open_sandbox()
