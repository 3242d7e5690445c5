"""A dialog that is a list: a line for each thing to choose, with the letter that chooses it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from webhook_tui.tui.modals.dialog import Dialog
from webhook_tui.tui.widgets.key_button import types

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a menu."""

    name: str
    key: str
    """One letter, not that of the key which opens the menu: held down, that one chooses nothing."""
    label: str
    says: str = ""
    """What stands behind the label, muted and harmless."""


class MenuList(OptionList):
    """The lines; arrows and j k move, enter and a click choose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor_down", "Down", show=False, id="menu.down", tooltip="down"),
        Binding("up", "cursor_up", "Up", show=False, id="menu.up", tooltip="up"),
    ]
    DEFAULT_CSS = """
    MenuList, MenuList:focus {
        height: auto; max-height: 14; border: none; padding: 0; background: $panel; scrollbar-size-vertical: 1;
        & > .option-list--option { color: $foreground; padding: 0 1; }
        & > .option-list--option-highlighted { background: $row-cursor; color: $foreground; text-style: bold; }
        & > .option-list--option-hover { background: $row-cursor-blurred; }
    }
    """


class MenuDialog(Dialog[Answer], Generic[Answer]):
    """Who makes one says what its lines are, and what choosing one means."""

    AUTO_FOCUS = "MenuList"

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__()
        self.items = tuple(items)

    def menu(self) -> ComposeResult:
        """The lines."""
        yield MenuList(*(Option(self._line(item, None), id=item.name) for item in self.items), markup=False)

    def on_mount(self) -> None:
        """The letters of the lines may become letters of a text, and keys again."""
        self.watch(self, "focused", self._show_keys)

    def _show_keys(self, focused: Widget | None) -> None:
        for item in self.items:
            self.query_one(MenuList).replace_option_prompt(item.name, self._line(item, focused))

    def _line(self, item: Item, focused: Widget | None) -> Content:
        width = max((len(item.label) for item in self.items), default=0)
        key = " " if types(focused, item.key) else item.key or " "
        says = f"   {item.says}" if item.says else ""
        return Content.assemble((key, "bold $primary"), "   ", f"{item.label:<{width}}", (says, "$muted"))

    @property
    def chosen(self) -> str | None:
        """The name of the line under the cursor."""
        menu = self.query_one(MenuList)
        return None if menu.highlighted is None else menu.get_option_at_index(menu.highlighted).id

    def choose(self, name: str) -> None:
        """A line was chosen."""
        raise NotImplementedError

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """By enter or a click."""
        event.stop()
        if event.option.id is not None:
            self.choose(event.option.id)

    def on_key(self, event: events.Key) -> None:
        """A letter chooses its line."""
        found = next((item for item in self.items if item.key == event.character), None)
        if found is not None:
            event.stop()
            self.choose(found.name)
