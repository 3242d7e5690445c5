"""The names of the tabs, with a rule below them from 30 rows on.

Not Textual's Tabs: they always take two lines, animate, and mount a widget a name, while tabs change with deliveries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

_GAP = 2
_MORE = "…"
"""Stands for the names that have no room; a click on it picks the next of them."""


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
        parts = [Content.assemble((label, style if name == self._active else "$muted")) for name, label in labels]
        line = Content(" " * gap).join(parts)
        if not two_lines:
            return line
        start, end = next(((start, end) for name, start, end in self._spans() if name == self._active), (0, 0))
        width = max(self.size.width, end)
        rule = Content.assemble(
            ("─" * start, "$line"), ("━" * (end - start), "$primary"), ("─" * (width - end), "$line")
        )
        return Content("\n").join([line, rule])

    def _spans(self) -> Iterator[tuple[str, int, int]]:
        """Yield what a click picks with the first cell of its label and the one after the last."""
        gap, labels = fitted_labels(self._names, self._active, self.size.width)
        start = 0
        for name, label in labels:
            end = start + cell_len(label)
            yield name, start, end
            start = end + gap

    def on_click(self, event: events.Click) -> None:
        event.stop()
        for name, start, end in self._spans():
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


def fitted_labels(names: Sequence[str], active: str, width: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Return the blanks between the labels, and names with their labels, so that they fit into one line.

    First the gaps get narrower; then the names stay away that have no room beside the active one, the last ones first,
    and a mark with the name of the nearest of them stands in their place.
    """
    for gap in (_GAP, 1):
        if _length(names, gap) <= width:
            return gap, tuple((name, name) for name in names)
    place = names.index(active) if active in names else 0
    for start in range(place + 1):
        for end in range(len(names), place, -1):
            before = [(names[start - 1], _MORE)] if start else []
            after = [(names[end], _MORE)] if end < len(names) else []
            labels = [*before, *((name, name) for name in names[start:end]), *after]
            if _length([label for _, label in labels], 1) <= width:
                return 1, tuple(labels)
    return 1, ((names[place], names[place]),)


def _length(labels: Sequence[str], gap: int) -> int:
    return sum(map(cell_len, labels)) + gap * max(0, len(labels) - 1)
