"""The prompt for the API token: on a first run without one, and after PiktID refused it."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.signature.secret import Secret, token_in
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.fields import Field, Mistake
from webhook_tui.ui.widgets.keys.key_button import KeyButton

_WHERE = "make one at app.on-model.com/profile?tab=tokens"


class TokenChoice(Struct, frozen=True):
    """A token, or None for the sandbox."""

    token: Secret | None
    keep: bool = False


class KeepBox(Static, can_focus=True):
    """A check box; space, enter and a click toggle it.

    Not Textual's Checkbox, which shows its state by colour alone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "turn", "Keep it", show=False, id="token.keep", tooltip="store the token, or not"),
    ]
    DEFAULT_CSS = """
    KeepBox:focus { text-style: bold; color: $primary; }
    KeepBox:hover { text-style: bold; }
    """

    def __init__(self, label: str) -> None:
        super().__init__(markup=False)
        self._label = label
        self.is_on = False

    def render(self) -> Content:
        """`[x] Keep it in the system keyring`"""
        return Content(f"[{'x' if self.is_on else ' '}] {self._label}")

    def action_turn(self) -> None:
        self.is_on = not self.is_on
        self.refresh()

    def on_click(self) -> None:
        self.action_turn()


class TokenDialog(Dialog[TokenChoice]):
    """Asks for a token, masked. `problem`: why the previous one failed; `place`: where it can be stored."""

    AUTO_FOCUS = "#token"
    ENABLE_DELAY_SECONDS = 0.0  # what is typed at once is the token, and no key does harm here
    DEFAULT_CSS = """
    TokenDialog Field > .label { width: 12; }
    TokenDialog #where { color: $muted; padding: 0 0 0 12; }
    TokenDialog Mistake { padding: 0 0 0 12; }
    """

    def __init__(self, problem: Problem | None, *, can_try_sandbox: bool, place: str = "") -> None:
        self.TITLE_TEXT = "webhook-tui" if problem is None else "Another token"
        super().__init__()
        self._problem = problem
        self._can_try_sandbox = can_try_sandbox and problem is None
        self._place = place

    def body(self) -> ComposeResult:
        if self._problem is None:
            yield self.paragraph(
                "Receives PiktID's webhooks on this machine and says of each delivery whether PiktID signed it and, "
                "if not, why."
            )
        else:
            yield self.paragraph(visible(self._problem.message))
        yield self.paragraph("")
        yield Field("API token", Input(password=True, id="token", select_on_focus=False))
        yield self.paragraph(_WHERE, id="where")
        yield Mistake("A token is one word. Paste all of it.")
        if self._place:
            yield self.paragraph("")
            yield KeepBox(f"Keep it in {self._place}")

    def buttons(self) -> ComposeResult:
        yield KeyButton("Start" if self._problem is None else "Use it", "enter", id="start")
        if self._can_try_sandbox:
            yield KeyButton("Try the sandbox", id="sandbox")
        if self._problem is None:
            yield KeyButton("Leave", "ctrl+q", id="leave")
        else:
            yield KeyButton("Not now", "esc", id="safe")

    def small_print(self) -> ComposeResult:
        lines = []
        if self._can_try_sandbox:
            lines.append("The sandbox needs no token, no tunnel and no internet.")
        lines.append(
            "Starting registers a webhook in your account, in place of one that may be there; leaving deletes it."
        )
        yield self.paragraph("\n".join(lines), classes="small-print")

    def action_start(self) -> None:
        """Use the token if there is one."""
        token = token_in(self.query_one("#token", Input).value)
        if not token or any(character.isspace() for character in token.reveal()):
            self.query_one(Mistake).display = True
            self.query_one("#token", Input).focus()
            return
        keep = any(box.is_on for box in self.query(KeepBox))
        self.dismiss(TokenChoice(token, keep=keep))

    def action_sandbox(self) -> None:
        self.dismiss(TokenChoice(None))

    def action_safe(self) -> None:
        """Close; on the first run focus the Leave button instead."""
        if self._problem is None:
            self.query_one("#leave", KeyButton).focus()
        else:
            self.dismiss(None)
