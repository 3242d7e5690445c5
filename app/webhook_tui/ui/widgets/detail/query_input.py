"""The input for a JMESPath expression, in the last line of the detail."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from webhook_tui.ui.frame_budget import call_after

PAUSE_SECONDS = 0.08
"""After the last key."""
LONGEST = 1000


class QueryInput(Input):
    """Posts the expression while it is typed; enter keeps the query, escape ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "Keep", key_display="enter", id="query.keep", tooltip="keep the query"),
        Binding("escape", "give_up", "End", key_display="esc", id="query.end", tooltip="end the query"),
        Binding("ctrl+c", "app.leave", "Leave", show=False, system=True, id="query.leave", tooltip="leave"),
    ]

    class Typed(Message):
        """Nothing was typed for a moment."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Kept(Typed):
        """The user keeps the query; "" ends it."""

    def __init__(self) -> None:
        super().__init__(
            placeholder="JMESPath, as in data.output.full_size", select_on_focus=False, compact=True, max_length=LONGEST
        )
        self._pause: Timer | None = None

    def open(self) -> None:
        """Show the input and focus it."""
        self.add_class("-open")
        self.focus()

    def action_keep(self) -> None:
        """Hide the input; its text stays."""
        self._forget_pause()
        self.remove_class("-open")
        self.post_message(self.Kept(self.value.strip()))

    def action_give_up(self) -> None:
        self.value = ""
        self.action_keep()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._forget_pause()
        if self.has_class("-open"):
            self._pause = call_after(self, PAUSE_SECONDS, self._tell)

    def _tell(self) -> None:
        self.post_message(self.Typed(self.value.strip()))

    def _forget_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
