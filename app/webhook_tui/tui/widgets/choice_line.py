"""One of a few words, in a line or below one another; arrows and letters choose, a click does, too."""

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
    """Shows all words, the chosen one underlined."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Before", show=False, id="choice.before", tooltip="the choice before"),
        Binding("right,space", "step(1)", "Next", show=False, id="choice.next", tooltip="the next choice"),
    ]
    DEFAULT_CSS = """
    ChoiceLine { height: 1; width: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    class Chosen(Message):
        """Another one is chosen."""

        def __init__(self, line: ChoiceLine) -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> ChoiceLine:
            """The line, for the selector of `on`."""
            return self.line

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        *,
        id: str,  # noqa: A002 - Textual's name
        keys: Mapping[str, str] = _NO_KEYS,
    ) -> None:
        """`choices`: name and harmless words of each; the first is chosen. `keys`: name to a letter of its words."""
        super().__init__(markup=False, id=id)
        self._choices = tuple(choices)
        self._keys = keys
        self._at = 0

    @property
    def chosen(self) -> str:
        """The name of the choice."""
        return self._choices[self._at][0]

    def render(self) -> Content:
        """All in one line."""
        return Content(" " * _GAP).join([self._part(at, *choice) for at, choice in enumerate(self._choices)])

    def _part(self, at: int, name: str, words: str) -> Content:
        if at == self._at:
            return Content.assemble((words, "bold underline $primary" if self.has_focus else "bold underline"))
        return self._with_key(name, words, "$muted")

    def _with_key(self, name: str, words: str, style: str = "") -> Content:
        """The letter that chooses it is underlined while letters do that."""
        at = words.find(self._keys.get(name, "\n"))
        if at < 0 or not self.has_focus:
            return Content.assemble((words, style))
        key = (words[at], "bold underline $primary")
        return Content.assemble((words[:at], style), key, (words[at + 1 :], style))

    def on_key(self, event: events.Key) -> None:
        """A letter chooses."""
        for at, (name, _) in enumerate(self._choices):
            if event.character is not None and event.character == self._keys.get(name):
                event.stop()
                self._choose(at)

    def action_step(self, by: int) -> None:
        """The next one, or the one before, round."""
        self._choose((self._at + by) % len(self._choices))

    def on_click(self, event: events.Click) -> None:
        """The one under the mouse."""
        event.stop()
        start = 1
        for at, (_, words) in enumerate(self._choices):
            end = start + Content(words).cell_length
            if start <= event.x < end:
                self._choose(at)
            start = end + _GAP

    def on_focus(self) -> None:
        """The chosen one has another colour."""
        self.refresh()

    def on_blur(self) -> None:
        """The chosen one has another colour."""
        self.refresh()

    def _choose(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self.refresh()
            self.post_message(self.Chosen(self))


class ChoiceList(ChoiceLine):
    """The same below one another, the chosen one with a full circle."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Above", show=False, id="choice.above", tooltip="the choice above"),
        Binding("down", "step(1)", "Below", show=False, id="choice.below", tooltip="the choice below"),
    ]
    DEFAULT_CSS = """
    ChoiceList { height: auto; }
    """

    def render(self) -> Content:
        """One a line."""
        return Content("\n").join([self._line(at, *choice) for at, choice in enumerate(self._choices)])

    def _line(self, at: int, name: str, words: str) -> Content:
        if at == self._at:
            return Content.assemble((f"● {words}", "bold $primary" if self.has_focus else "bold"))
        return Content.assemble("○ ", self._with_key(name, words))

    def on_click(self, event: events.Click) -> None:
        """The one under the mouse."""
        event.stop()
        if 0 <= event.y < len(self._choices):
            self._choose(event.y)
