"""A menu: one item a line, with a letter that chooses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from webhook_tui.ui.widgets.keys.key_button import types


class Item(Struct, frozen=True):
    """One item of a menu."""

    name: str
    key: str
    """One letter, not that of the key which opens the menu: held down, that one chooses nothing."""
    label: str
    note: str = ""
    """A sanitised text after the label, muted."""


class Menu(OptionList):
    """Lists the items; enter, a click and the letter of an item choose it."""

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
        """An item was chosen."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = tuple(items)
        super().__init__(*(Option(self._line(item, None), id=item.name) for item in self._items), markup=False)

    def on_mount(self) -> None:
        """Watch the focus: in an input letters are text."""
        self.watch(self.screen, "focused", self._show_keys)

    def _show_keys(self, focused: Widget | None) -> None:
        for item in self._items:
            self.replace_option_prompt(item.name, self._line(item, focused))

    def _line(self, item: Item, focused: Widget | None) -> Content:
        width = max((cell_len(one.label) for one in self._items), default=0)
        key = " " if types(focused, item.key) else item.key or " "
        note = f"   {item.note}" if item.note else ""
        return Content.assemble((key, "bold $primary"), "   ", set_cell_size(item.label, width), (note, "$muted"))

    @property
    def chosen(self) -> str | None:
        """The name of the item under the cursor."""
        return None if self.highlighted is None else self.get_option_at_index(self.highlighted).id

    def choose(self, name: str | None = None) -> None:
        """Choose an item, by default the one under the cursor."""
        name = self.chosen if name is None else name
        if name is not None:
            self.post_message(self.Chosen(name))

    def choose_by_key(self, character: str | None) -> bool:
        """Choose the item with that letter; return whether there is one."""
        found = next((item for item in self._items if item.key and item.key == character), None)
        if found is not None:
            self.choose(found.name)
        return found is not None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.choose(event.option.id)
