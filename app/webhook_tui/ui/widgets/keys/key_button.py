"""A button of one line that shows its key; left and right focus its neighbours."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button


def types(focused: Widget | None, key: str) -> bool:
    """Return whether a key would be text in the focused widget."""
    return focused is not None and len(key) == 1 and focused.check_consume_key(key, key)


class KeyButton(Button, inherit_css=False):
    """Shows `Test ping t`: a label and the key that does the same, unless the key would be text."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "press", "Press", show=False, id="button.press", tooltip="press the button"),
        Binding("left", "neighbour(-1)", "Left", show=False, id="button.left", tooltip="the previous button"),
        Binding("right", "neighbour(1)", "Right", show=False, id="button.right", tooltip="the next button"),
    ]
    # inherit_css=False: the stylesheet of Textual's button takes a tenth of the time until the first frame to parse.
    DEFAULT_CSS = """
    KeyButton {
        height: 1; width: auto; margin: 0 1 0 0; padding: 0 1; line-pad: 1; pointer: pointer;
        text-align: center; content-align: center middle;
        background: $button; color: $foreground;
        &:hover { text-style: bold; }
        &:focus { background: $primary; color: $background; text-style: bold; }
        &.-active { background: $primary; color: $background; }
        &.-danger { color: $bad; }
        &.-danger:focus { color: $background; }
        &:disabled { color: $muted; text-opacity: 0.6; pointer: not-allowed; }
    }
    KeyButton:ansi {
        &:focus { text-style: bold reverse; }
        &:disabled { text-opacity: 1; text-style: dim; }
    }
    """

    def __init__(
        self,
        label: str,
        key: str = "",
        *,
        id: str,  # noqa: A002 - Textual's name
        runs: str | None = None,
        danger: bool = False,
    ) -> None:
        """`runs`: the action of the dialog or view; None: the one that `id` names."""
        self._words, self.key = label, key
        self.runs = runs or id
        super().__init__(self._text(shows_key=True), id=id, compact=True, classes="-danger" if danger else None)

    def _text(self, *, shows_key: bool) -> Content:
        key = Content.assemble(" ", (self.key, "bold underline")) if self.key and shows_key else Content.empty()
        return Content(self._words) + key

    def on_mount(self) -> None:
        """Watch the focus: in an input the key is a letter of its text."""
        self.watch(self.screen, "focused", self._show_key)

    def name_it(self, label: str) -> None:
        """Set another label."""
        self._words = label
        self._show_key(self.screen.focused)

    def _show_key(self, focused: Widget | None) -> None:
        text = self._text(shows_key=not types(focused, self.key))
        if text != self.label:
            self.label = text
            self.refresh(layout=True)

    def action_neighbour(self, step: int) -> None:
        buttons = [button for button in self._row() if button.focusable]
        at = buttons.index(self) + step if self in buttons else 0
        if 0 <= at < len(buttons):
            buttons[at].focus()

    def _row(self) -> list[KeyButton]:
        parent = self.parent
        return list(parent.query_children(KeyButton)) if parent is not None else []
