"""The names of the tabs, with a rule below them from 30 rows on.

Not Textual's Tabs: they always take two lines, animate, and mount a widget a name, while tabs change with deliveries.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

_GAP = 2
_SHORTEST = 3
"""Cells of a name that was cut."""
_CUT = "."


class TabStrip(Widget):
    """Shows the names; it cannot be focused."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TabStrip { height: 1; width: 1fr; }
    """

    class Picked(Message):
        """A name was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._names = names
        self._active = names[0] if names else ""

    def show(self, names: tuple[str, ...], active: str) -> None:
        """Show these names."""
        if (names, active) != (self._names, self._active):
            self._names, self._active = names, active
            self.refresh()

    def render(self) -> Content:
        """The names, and the rule if there is room."""
        two_lines = self.size.height > 1
        style = "bold $primary" if two_lines else "bold underline $primary"
        gap, labels = fitted_labels(self._names, self._active, self.size.width)
        parts = [
            Content.assemble((label, style if name == self._active else "$muted"))
            for name, label in zip(self._names, labels, strict=True)
        ]
        line = Content(" " * gap).join(parts)
        if not two_lines:
            return line
        start, end = self._span(self._active)
        width = max(self.size.width, end)
        rule = Content.assemble(
            ("─" * start, "$line"), ("━" * (end - start), "$primary"), ("─" * (width - end), "$line")
        )
        return Content("\n").join([line, rule])

    def _span(self, wanted: str) -> tuple[int, int]:
        gap, labels = fitted_labels(self._names, self._active, self.size.width)
        start = 0
        for name, label in zip(self._names, labels, strict=True):
            if name == wanted:
                return start, start + len(label)
            start += len(label) + gap
        return start, start

    def on_click(self, event: events.Click) -> None:
        event.stop()
        for name in self._names:
            start, end = self._span(name)
            if start <= event.x < end:
                self.post_message(self.Picked(name))


class TabStrips(Horizontal):
    """The tabs of one page, or of two beside each other."""

    DEFAULT_CSS = """
    TabStrips { height: auto; width: 1fr; }
    TabStrips > .-right { display: none; margin: 0 0 0 2; }
    TabStrips.-double > .-right { display: block; }
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._left = TabStrip(names)
        self._right = TabStrip(())
        self._right.add_class("-right")

    def compose(self) -> ComposeResult:
        """The right one is hidden while there is one page."""
        yield self._left
        yield self._right

    def show(self, *pages: tuple[tuple[str, ...], str]) -> None:
        """Show the names of each page and which of them is active."""
        self.set_class(len(pages) > 1, "-double")
        for strip, (names, active) in zip((self._left, self._right), pages, strict=False):
            strip.show(names, active)


def fitted_labels(names: Sequence[str], active: str, width: int) -> tuple[int, tuple[str, ...]]:
    """Return the blanks between the names and the names themselves, so that they fit into one line if they can.

    First the gaps get narrower, then the longest names but the active one are cut.
    """
    labels, gap = list(names), _GAP
    if _length(labels, gap) > width:
        gap = 1
    while _length(labels, gap) > width:
        longest = max(
            (place for place, name in enumerate(names) if name != active and len(labels[place]) > _SHORTEST),
            key=lambda place: len(labels[place]),
            default=None,
        )
        if longest is None:
            break
        labels[longest] = (
            f"{labels[longest].rstrip(_CUT)[:-1]}{_CUT}"
            if labels[longest].endswith(_CUT)
            else (f"{labels[longest][:-2]}{_CUT}")
        )
    return gap, tuple(labels)


def _length(labels: Sequence[str], gap: int) -> int:
    return sum(map(len, labels)) + gap * max(0, len(labels) - 1)
