"""A choice of a few options, in a line or in rows; arrows, letters and clicks choose.

Not Textual's RadioSet: it shows the chosen button by colour alone, needs a row for each, and has no letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

_GAP = 3
_NO_KEYS: Mapping[str, str] = MappingProxyType({})


class ChoiceLine(Static, can_focus=True):
    """Shows all options in a line, the chosen one underlined."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Before", show=False, id="choice.before", tooltip="the previous choice"),
        Binding("right,space", "step(1)", "Next", show=False, id="choice.next", tooltip="the next choice"),
    ]
    DEFAULT_CSS = """
    ChoiceLine { height: 1; width: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    class Chosen(Message):
        """Another option is chosen."""

        def __init__(self, line: ChoiceLine) -> None:
            super().__init__()
            self.line = line

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        *,
        id: str,  # noqa: A002 - Textual's name
        keys: Mapping[str, str] = _NO_KEYS,
    ) -> None:
        """`choices`: name and sanitised text of each; the first is chosen. `keys`: name to a letter of its text."""
        super().__init__(markup=False, id=id)
        self._choices = tuple(choices)
        self._keys = keys
        self._at = 0

    @property
    def chosen(self) -> str:
        """The name of the chosen option."""
        return self._choices[self._at][0]

    def set_text(self, name: str, text: str) -> None:
        """Replace the text of an option; `text` must be sanitised."""
        self._choices = tuple((one, text if one == name else old) for one, old in self._choices)
        self.refresh()

    def render(self) -> Content:
        return Content(" " * _GAP).join([self._part(at, *choice) for at, choice in enumerate(self._choices)])

    def _part(self, at: int, name: str, text: str) -> Content:
        if at == self._at:
            return Content.assemble((text, "bold underline $primary" if self.has_focus else "bold underline"))
        return self._with_key(name, text, "$muted")

    def _with_key(self, name: str, text: str, style: str = "") -> Content:
        """The text with its letter underlined while it has the focus."""
        at = text.find(self._keys.get(name, "\n"))
        if at < 0 or not self.has_focus:
            return Content.assemble((text, style))
        key = (text[at], "bold underline $primary")
        return Content.assemble((text[:at], style), key, (text[at + 1 :], style))

    def on_key(self, event: events.Key) -> None:
        for at, (name, _) in enumerate(self._choices):
            if event.character is not None and event.character == self._keys.get(name):
                event.stop()
                self._choose(at)

    def action_step(self, by: int) -> None:
        self._choose((self._at + by) % len(self._choices))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if (at := self._option_at(event.x, event.y)) is not None:
            self._choose(at)

    def _option_at(self, x: int, _y: int) -> int | None:
        """Return which option is at that cell."""
        start = 1
        for at, (_, text) in enumerate(self._choices):
            end = start + Content(text).cell_length
            if start <= x < end:
                return at
            start = end + _GAP
        return None

    def _choose(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self.refresh()
            self.post_message(self.Chosen(self))


class ChoiceList(ChoiceLine):
    """Shows one option a row, the chosen one with a full circle."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Above", show=False, id="choice.above", tooltip="the choice above"),
        Binding("down", "step(1)", "Below", show=False, id="choice.below", tooltip="the choice below"),
    ]
    DEFAULT_CSS = """
    ChoiceList { height: auto; }
    """

    def render(self) -> Content:
        return Content("\n").join([self._line(at, *choice) for at, choice in enumerate(self._choices)])

    def _line(self, at: int, name: str, text: str) -> Content:
        if at == self._at:
            return Content.assemble((f"● {text}", "bold $primary" if self.has_focus else "bold"))
        return Content.assemble("○ ", self._with_key(name, text))

    def _option_at(self, _x: int, y: int) -> int | None:
        return y if 0 <= y < len(self._choices) else None
