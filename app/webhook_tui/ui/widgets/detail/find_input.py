"""The input for the text to search for, in the last line of the detail."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class FindInput(Input):
    """Enter searches, escape ends the search."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "find", "Find", key_display="enter", id="find.find", tooltip="search"),
        Binding("escape", "give_up", "Back", key_display="esc", id="find.back", tooltip="end the search"),
        Binding("ctrl+c", "app.leave", "Leave", show=False, system=True, id="find.leave", tooltip="leave"),
    ]

    class Done(Message):
        """The text to search for; "" ends the search."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__(placeholder="find in the payload", select_on_focus=True, compact=True)

    def open(self) -> None:
        """Show the input and focus it."""
        self.add_class("-open")
        self.focus()

    def action_find(self) -> None:
        self._close(self.value)

    def action_give_up(self) -> None:
        self.value = ""
        self._close("")

    def _close(self, text: str) -> None:
        self.remove_class("-open")
        self.post_message(self.Done(text))
