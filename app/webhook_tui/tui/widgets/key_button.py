"""A button of one line that shows its key, and moves the focus to its neighbours with left and right."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button


class KeyButton(Button):
    """`Test ping t`: the label and the key that does the same, the key bold and underlined."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "press", "Press", show=False, id="button.press", tooltip="press the button"),
        Binding("left", "neighbour(-1)", "Left", show=False, id="button.left", tooltip="the button before"),
        Binding("right", "neighbour(1)", "Right", show=False, id="button.right", tooltip="the next button"),
    ]
    DEFAULT_CSS = """
    KeyButton, KeyButton.-style-default.-textual-compact {
        height: 1; width: auto; min-width: 0; margin: 0 1 0 0; padding: 0 1;
        background: $button; color: $foreground; text-style: none; border: none;
        &:hover { background: $button; color: $foreground; text-style: bold; }
        &:focus { background: $primary; color: $background; text-style: bold; background-tint: $background 0%; }
        &.-active { background: $primary; color: $background; tint: $background 0%; }
        &.-danger { color: $bad; }
        &.-danger:hover { color: $bad; }
        &.-danger:focus { color: $background; }
        &:disabled { color: $muted; text-opacity: 0.6; }
    }
    KeyButton:ansi, KeyButton.-style-default.-textual-compact:ansi {
        &:focus { text-style: bold reverse; }
    }
    """

    def __init__(self, label: str, key: str = "", *, id: str, danger: bool = False) -> None:  # noqa: A002 - Textual's name
        text = Content.assemble(label, " ", (key, "bold underline")) if key else Content(label)
        super().__init__(text, id=id, compact=True, classes="-danger" if danger else None)

    def action_neighbour(self, step: int) -> None:
        """Give the focus to the next button of the row, or the one before; the row has ends."""
        buttons = [button for button in self._row() if button.focusable]
        at = buttons.index(self) + step if self in buttons else 0
        if 0 <= at < len(buttons):
            buttons[at].focus()

    def _row(self) -> list[KeyButton]:
        parent = self.parent
        return list(parent.query_children(KeyButton)) if parent is not None else []
