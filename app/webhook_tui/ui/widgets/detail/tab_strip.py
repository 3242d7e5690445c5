"""The names of the tabs, with a rule below them from 30 rows on.

Not Textual's Tabs: they always take two lines, animate, and mount a widget a name, while tabs change with deliveries.
"""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


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
        self._active = names[0]

    def show(self, names: tuple[str, ...], active: str) -> None:
        """Show these names."""
        if (names, active) != (self._names, self._active):
            self._names, self._active = names, active
            self.refresh()

    def render(self) -> Content:
        """The names, and the rule if there is room."""
        two_lines = self.size.height > 1
        style = "bold $primary" if two_lines else "bold underline $primary"
        parts = [Content.assemble((name, style if name == self._active else "$muted")) for name in self._names]
        line = Content("  ").join(parts)
        if not two_lines:
            return line
        start, end = self._span(self._active)
        width = max(self.size.width, end)
        rule = Content.assemble(
            ("─" * start, "$line"), ("━" * (end - start), "$primary"), ("─" * (width - end), "$line")
        )
        return Content("\n").join([line, rule])

    def _span(self, wanted: str) -> tuple[int, int]:
        start = 0
        for name in self._names:
            if name == wanted:
                break
            start += len(name) + 2
        return start, start + len(wanted)

    def on_resize(self) -> None:
        """Draw one or two lines."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Post the name under the pointer."""
        event.stop()
        for name in self._names:
            start, end = self._span(name)
            if start <= event.x < end:
                self.post_message(self.Picked(name))
