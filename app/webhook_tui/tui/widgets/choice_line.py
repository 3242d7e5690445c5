"""One of a few words in a line or one a line; arrows choose, a click does, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

_GAP = 3


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

    def __init__(self, choices: Sequence[tuple[str, str]], *, id: str) -> None:  # noqa: A002 - Textual's name
        """`choices`: name and harmless words of each; the first is chosen."""
        super().__init__(markup=False, id=id)
        self._choices = tuple(choices)
        self._at = 0

    @property
    def chosen(self) -> str:
        """The name of the choice."""
        return self._choices[self._at][0]

    def render(self) -> Content:
        """All in one line."""
        return Content(" " * _GAP).join([self._part(at, words) for at, (_, words) in enumerate(self._choices)])

    def _part(self, at: int, words: str) -> Content:
        if at != self._at:
            return Content.assemble((words, "$muted"))
        return Content.assemble((words, "bold underline $primary" if self.has_focus else "bold underline"))

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
    """One choice a line, the chosen one marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Before", show=False, id="choice.before", tooltip="the choice before"),
        Binding("down", "step(1)", "Next", show=False, id="choice.next", tooltip="the next choice"),
    ]
    DEFAULT_CSS = "ChoiceList { height: auto; padding: 0; }"

    def render(self) -> Content:
        """`● for this run`"""
        return Content("\n").join([self._line(at, words) for at, (_, words) in enumerate(self._choices)])

    def _line(self, at: int, words: str) -> Content:
        if at != self._at:
            return Content.assemble((f"○ {words}", "$muted"))
        return Content.assemble((f"● {words}", "bold $primary" if self.has_focus else ""))

    def on_click(self, event: events.Click) -> None:
        """The one under the mouse."""
        event.stop()
        if 0 <= event.y < len(self._choices):
            self._choose(event.y)
