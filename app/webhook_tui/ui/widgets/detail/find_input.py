"""The input for what is searched for in a payload; it stands in the detail's last line while it is used."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class FindInput(Input):
    """Enter searches, escape ends the search."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "find", "Find", key_display="enter", id="find.find", tooltip="find it"),
        Binding("escape", "give_up", "Back", key_display="esc", id="find.back", tooltip="search for nothing"),
        Binding("ctrl+c", "app.leave", "Leave", show=False, system=True, id="find.leave", tooltip="leave"),
    ]
    DEFAULT_CSS = """
    FindInput, FindInput:focus {
        display: none; width: 1fr; height: 1; border: none; padding: 0; background: $panel; color: $foreground;
    }
    FindInput.-open { display: block; }
    """

    class Done(Message):
        """What to search for; "" for nothing."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__(placeholder="find in the payload", select_on_focus=True, compact=True)

    def open(self) -> None:
        """Stand there and have the focus."""
        self.add_class("-open")
        self.focus()

    def action_find(self) -> None:
        """Tell."""
        self._close(self.value)

    def action_give_up(self) -> None:
        """Tell that nothing is wanted."""
        self.value = ""
        self._close("")

    def _close(self, text: str) -> None:
        self.remove_class("-open")
        self.post_message(self.Done(text))
