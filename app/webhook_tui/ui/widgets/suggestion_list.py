"""The list above the filter bar: what could be written at the cursor. The input keeps the focus and moves its bar."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from webhook_tui.domain.filtering.completion import Kind, Suggestion
from webhook_tui.ui.symbols import glyphs

MOST_LINES = 8
FEWER_LINES = 6
"""Below 30 rows of the screen."""
_HIGH = 30
_LABEL = 17
_INDENT = 3


class SuggestionList(Static):
    """At most eight lines of all suggestions, the chosen one among them; as wide as the screen."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    SuggestionList {
        display: none; layer: above; dock: bottom; width: 100%; height: auto; offset: 0 -2;
        background: $panel; color: $foreground; text-wrap: nowrap;
    }
    """

    class Clicked(Message):
        """The user clicked a line."""

        def __init__(self, suggestion: Suggestion) -> None:
            super().__init__()
            self.suggestion = suggestion

    def __init__(self, *, in_ascii: bool) -> None:
        super().__init__(markup=False)
        self._glyphs = glyphs(plain=in_ascii)
        self.suggestions: tuple[Suggestion, ...] = ()
        self.entered: int | None = None
        """The line that was entered; None: the user is in the input."""
        self._is_offered = False
        self._top = 0

    def show(self, suggestions: Sequence[Suggestion], *, is_offered: bool) -> None:
        """Show other suggestions; `is_offered`: mark the first one, which tab takes."""
        if tuple(suggestions) != self.suggestions:
            self.entered, self._top = None, 0
        self.suggestions, self._is_offered = tuple(suggestions), is_offered
        self._draw()

    @property
    def best(self) -> Suggestion | None:
        """The one that tab takes: the line that was entered, else the first."""
        return self.suggestions[self.entered or 0] if self.suggestions else None

    def move(self, step: int) -> None:
        """Move the bar; above the first line it leaves the list."""
        if self.suggestions:
            place = (-1 if self.entered is None else self.entered) + step
            self.entered = min(place, len(self.suggestions) - 1) if place >= 0 else None
            self._draw()

    def leave(self) -> None:
        """Take the bar away."""
        self.entered, self._top = None, 0
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def on_click(self, event: events.Click) -> None:
        event.stop()
        place = self._top + event.y
        if place < len(self.suggestions):
            self.post_message(self.Clicked(self.suggestions[place]))

    def _draw(self) -> None:
        lines = MOST_LINES if self.screen.size.height >= _HIGH else FEWER_LINES
        chosen = self.entered or 0
        self._top = max(min(self._top, chosen), chosen - lines + 1)
        shown = self.suggestions[self._top : self._top + lines]
        self.display = bool(shown)
        self.update(Content("\n").join(self._line(self._top + at, one) for at, one in enumerate(shown)))

    def _line(self, place: int, one: Suggestion) -> Content:
        width = self.screen.size.width - 1
        is_entered = place == self.entered
        has_bar = is_entered or (place == 0 and self.entered is None and self._is_offered)
        note = "saved" if one.kind is Kind.NAMED else "" if one.count is None else f"{one.count:,}"
        label = self._glyphs.plain(one.label)
        label += " " * (_LABEL - cell_len(label)) if cell_len(label) < _LABEL else "  "
        room = width - _INDENT - cell_len(label) - len(note) - 2
        detail = self._glyphs.fit(self._glyphs.plain(one.detail), max(0, room))
        label = self._glyphs.fit(label, width - _INDENT - len(note) - 2)
        blank = " " * max(0, width - _INDENT - cell_len(label) - cell_len(detail) - len(note))
        line = Content.assemble(
            (self._glyphs.bar if has_bar else " ", "$primary"),
            "  ",
            (label, _STYLES[one.kind] if not is_entered else f"bold {_STYLES[one.kind]}"),
            (detail, "$muted"),
            blank,
            (note, "$muted"),
            " ",
        )
        return line.stylize("on $row-cursor") if is_entered else line


_STYLES = {
    Kind.FIELD: "bold $primary",
    Kind.VALUE: "$foreground",
    Kind.NAMED: "bold $accent-text",
    Kind.TEXT: "$foreground",
}
