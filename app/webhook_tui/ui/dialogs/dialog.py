"""The base of all dialogs: a title, a body, and a row of buttons whose first is the safe one.

Keys pressed in the first 300 ms are ignored, so that a key held down or typed while the dialog opens answers nothing.
The app checks `is_deaf` before it passes a key on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

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
    DEAF_SECONDS: ClassVar[float] = 0.3
    """Keys are ignored for so many seconds."""
    clock: ClassVar[Callable[[], float]] = staticmethod(time.monotonic)
    """Monotonic seconds."""

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
        self._opened_at = type(self).clock()

    @property
    def is_deaf(self) -> bool:
        """Whether keys are still ignored."""
        return type(self).clock() - self._opened_at < self.DEAF_SECONDS

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
        """The buttons, the safe one first."""
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
        """Run the action that the id of the button names."""
        event.stop()
        self.call_next(self.run_action, event.button.id or "safe")

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
        """Leave the program."""
        self.post_message(LeaveRequested())


def labelled_values(*pairs: tuple[str, str], label_width: int = 14, indent: int = 2) -> Content:
    """Return labels and values in two columns."""
    return Content("\n").join(
        [Content.assemble((f"{' ' * indent}{label:<{label_width}}", "$muted"), value) for label, value in pairs]
    )
