"""A menu: a line for each thing to choose, with the letter that chooses it at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from webhook_tui.ui.widgets.keys.key_button import types


class Item(Struct, frozen=True):
    """One line of a menu."""

    name: str
    key: str
    """One letter, not that of the key which opens the menu: held down, that one chooses nothing."""
    label: str
    says: str = ""
    """What stands behind the label, muted and harmless."""


class Menu(OptionList):
    """The lines; arrows move, enter and a click choose, and so does the letter of a line while letters are keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor_down", "Down", show=False, id="menu.down", tooltip="down"),
        Binding("up", "cursor_up", "Up", show=False, id="menu.up", tooltip="up"),
    ]
    DEFAULT_CSS = """
    Menu, Menu:focus {
        height: auto; max-height: 14; border: none; padding: 0; background: $panel; scrollbar-size-vertical: 1;
        & > .option-list--option { color: $foreground; padding: 0 1; }
        & > .option-list--option-highlighted { background: $row-cursor; color: $foreground; text-style: bold; }
        & > .option-list--option-hover { background: $row-cursor-blurred; }
    }
    """

    class Chosen(Message):
        """A line was chosen."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = tuple(items)
        super().__init__(*(Option(self._line(item, None), id=item.name) for item in self._items), markup=False)

    def on_mount(self) -> None:
        """The letters of the lines may become letters of a text, and keys again."""
        self.watch(self.screen, "focused", self._show_keys)

    def _show_keys(self, focused: Widget | None) -> None:
        for item in self._items:
            self.replace_option_prompt(item.name, self._line(item, focused))

    def _line(self, item: Item, focused: Widget | None) -> Content:
        width = max((len(one.label) for one in self._items), default=0)
        key = " " if types(focused, item.key) else item.key or " "
        says = f"   {item.says}" if item.says else ""
        return Content.assemble((key, "bold $primary"), "   ", f"{item.label:<{width}}", (says, "$muted"))

    @property
    def chosen(self) -> str | None:
        """The name of the line under the cursor."""
        return None if self.highlighted is None else self.get_option_at_index(self.highlighted).id

    def choose(self, name: str | None = None) -> None:
        """Choose a line, by default the one under the cursor."""
        name = self.chosen if name is None else name
        if name is not None:
            self.post_message(self.Chosen(name))

    def choose_by_key(self, character: str | None) -> bool:
        """Choose the line with that letter; return whether there is one."""
        found = next((item for item in self._items if item.key and item.key == character), None)
        if found is not None:
            self.choose(found.name)
        return found is not None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the line, by enter or a click."""
        event.stop()
        self.choose(event.option.id)
