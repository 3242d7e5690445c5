"""The base of all dialogs: a title, a body, and a row of buttons.

The first button is that for enter where enter carries out what was chosen or typed; in a question, and on a page, it
is the safe one, which in a question has the focus.

For 300 ms the key that opened the dialog is ignored, so that a key held down answers nothing; a dialog that warns, or
that opens by itself, ignores every key for as long. Other keys typed before its widgets are mounted wait for them.
The app asks `takes` before it passes a key on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from textual import events
from textual.app import App, ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from webhook_tui.ui.messages import LeaveRequested
from webhook_tui.ui.widgets.keys.button_row import ButtonRow
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.menu import Menu

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """Asks one question, or shows one page."""

    AUTO_FOCUS = "#buttons KeyButton"
    TONE: ClassVar[str] = "primary"
    """primary: a question; warning: something is replaced; error: something is deleted."""
    TITLE_TEXT: str = ""
    WAY: tuple[str, ...] = ()
    """A page over the whole screen, below the status line: the pages that it was opened from, the nearest last."""
    ENABLE_DELAY_SECONDS: ClassVar[float] = 0.3
    """For so many seconds after it opens the opening key is ignored, or every key."""
    OPENS_BY_ITSELF: ClassVar[bool] = False
    """No key opens it: what is typed when it opens was meant for the screen below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "safe", "Safe answer", show=False, id="dialog.safe", tooltip="the safe answer"),
        Binding("ctrl+c,ctrl+q", "leave", "Leave", show=False, priority=True, id="dialog.leave", tooltip="leave"),
    ]
    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 50%; }
    Dialog > #sheet {
        width: 74; max-width: 100%; height: auto; max-height: 100%;
        background: $panel; color: $foreground; padding: 1 2; border-left: outer $primary;
        scrollbar-size-vertical: 1; overflow-x: hidden;
    }
    Dialog.-page { align: left top; background: transparent; } /* the main screen's status line stays in sight */
    Dialog.-page > #sheet { width: 100%; height: 1fr; margin: 1 0 0 0; padding: 0 2; }
    Dialog.-page.-high > #sheet { padding: 1 2; }
    Dialog.-page.-tall > #sheet { margin: 3 0 0 0; padding: 0 2 1 2; }
    Dialog.-page #title { text-wrap: nowrap; text-overflow: ellipsis; }
    Dialog.-tone-warning > #sheet { border-left: outer $warning; }
    Dialog.-tone-error > #sheet { border-left: outer $error; }
    Dialog #sheet > Static { height: auto; width: 1fr; }
    Dialog #title { text-style: bold; margin: 0 0 1 0; }
    Dialog #buttons { margin: 1 0 0 0; }
    Dialog #buttons KeyButton { margin: 0 2 0 0; }
    Dialog Input, Dialog Input:focus {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $background; color: $foreground;
    }
    Dialog .small-print { color: $muted; margin: 1 0 0 0; }
    """

    def __init__(self) -> None:
        super().__init__(classes=f"-tone-{self.TONE} {'-page' if self.WAY else ''}")
        self._is_answered = False
        self._opened_at = time.monotonic()
        self._opening_key: str | None = None
        self._early_keys: list[events.Key] | None = []
        """Keys typed before the widgets are mounted; None once these were passed on."""

    def takes(self, key: events.Key, previous: str) -> bool:
        """Return whether the app passes this key on; else it is ignored, or waits for the widgets.

        `previous`: the name of the key before it, which at first is the one that opened this dialog.
        """
        if self._opening_key is None:
            self._opening_key = previous
        if time.monotonic() - self._opened_at < self.ENABLE_DELAY_SECONDS:
            ignores_all = self.TONE != "primary" or self.OPENS_BY_ITSELF
            if ignores_all or key.key == self._opening_key:
                return False
        if self._early_keys is not None:
            self._early_keys.append(key)
            return False
        return True

    def take_early_keys(self) -> list[events.Key]:
        """Return the keys that waited, in order; from now on keys are taken at once."""
        early, self._early_keys = self._early_keys or [], None
        return early

    def on_mount(self) -> None:
        """Have the app pass on the keys that waited, before any later one."""
        self.app.call_next(self._pass_on_early_keys)

    async def _pass_on_early_keys(self) -> None:
        for key in self.take_early_keys():
            await self.app.on_event(key)

    def compose(self) -> ComposeResult:
        """Title, body, buttons, small print."""
        with VerticalScroll(id="sheet", can_focus=False):
            yield Static(self.way + Content(self.TITLE_TEXT), id="title")
            yield from self.body()
            with ButtonRow(id="buttons"):
                yield from self.buttons()
            yield from self.small_print()

    @property
    def way(self) -> Content:
        """What stands before the title of a page: where esc leads, and where that came from."""
        *earlier, nearest = self.WAY or ("",)
        keys = [Content.assemble((f"{page} › ", "not bold $muted")) for page in earlier]
        last = [Content.assemble(("esc ", "bold $primary"), (f"{nearest} › ", "not bold $muted"))] if nearest else []
        return Content("").join([*keys, *last])

    def body(self) -> ComposeResult:
        """The widgets between title and buttons."""
        yield from ()

    def buttons(self) -> ComposeResult:
        """The buttons; the safe one has the id `safe`."""
        yield from ()

    def small_print(self) -> ComposeResult:
        """The widgets below the buttons."""
        yield from ()

    def paragraph(self, text: str | Content, *, id: str | None = None, classes: str = "") -> Widget:  # noqa: A002 - Textual's name
        """Return a widget for plain text, which must be sanitised."""
        return Static(text if isinstance(text, Content) else Content(text), id=id, classes=classes)

    def on_key(self, event: events.Key) -> None:
        """Let a letter choose the item of a menu, wherever the focus is."""
        if any(menu.choose_by_key(event.character) for menu in self.query(Menu)):
            event.stop()

    def on_button_pressed(self, event: KeyButton.Pressed) -> None:
        """Run the action of the button."""
        event.stop()
        if isinstance(event.button, KeyButton):
            self.press(event.button.runs)

    def press(self, action: str) -> None:
        """Run the action of a button that was pressed."""
        self.call_next(self.run_action, action)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in an input."""
        event.stop()
        self.submit()

    def submit(self) -> None:
        """Press the button of enter."""
        self.press(next(button.runs for button in self.query(KeyButton) if button.key == "enter"))

    def action_take(self) -> None:
        """Choose the item of the menu that is under the cursor."""
        self.query_one(Menu).choose()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with an answer; further answers are ignored."""
        if self._is_answered or not self.is_current:
            return AwaitComplete()
        self._is_answered = True
        return super().dismiss(result)

    def action_safe(self) -> None:
        """Close without doing anything."""
        self.dismiss(None)

    def action_leave(self) -> None:
        self.post_message(LeaveRequested())


def ask(app: App[Any], dialog: Dialog[Answer], use: Callable[[Answer], object]) -> None:
    """Open a dialog; `use` gets its answer, and is not called when it is closed without one."""

    def closed(answer: Answer | None) -> None:
        if answer is not None:
            use(answer)

    app.push_screen(dialog, closed)


def labelled_values(*pairs: tuple[str, str], indent: int = 2) -> Content:
    """Return labels and values in two columns."""
    return Content("\n").join(
        [Content.assemble((f"{' ' * indent}{label:<14}", "$muted"), value) for label, value in pairs]
    )
