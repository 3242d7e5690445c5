"""Draws lines of a document as strips: number, cursor, colours, matches of a search, what the mouse has selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import get_args

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from webhook_tui.ui.symbols import Symbols
from webhook_tui.ui.widgets.looks import Look, Looks
from webhook_tui.ui.widgets.payload.document import LONGEST_LINE, Line, Role

LOOKS = Looks(
    usual={
        "line-number": Look("json-punct"),
        "cursor": Look(background="row-cursor-blurred"),
        "cursor-number": Look("json-punct"),
        "bar": Look("primary-text"),
        "differs": Look("warning-text", text_style="bold"),
        "heading": Look("warning-text"),
        "match": Look("background", "accent-text"),
        "folded": Look("muted"),
        "text": Look("foreground"),
        "key": Look("json-key"),
        "string": Look("json-string"),
        "number": Look("json-number"),
        "literal": Look("json-literal"),
        "punct": Look("json-punct"),
    },
    focused={"cursor": Look(background="row-cursor"), "cursor-number": Look("primary-text", text_style="bold")},
    plain={"match": Look("foreground", "background", "reverse")},
)

GAP = 2
"""Cells between number and text: the cursor's bar and the sign of a difference."""

Span = tuple[int, int | None]
"""The first character and the one after the last; None: to the end."""


class LineStyles(Struct, frozen=True):
    """The styles of one frame."""

    base: Style
    number: Style
    cursor: Style
    cursor_number: Style
    bar: Style
    differs: Style
    heading: Style
    match: Style
    selection: Style
    roles: dict[Role, Style]


def styles_of(view: Widget, part: Callable[[str], Style]) -> LineStyles:
    """Return the styles of a view, whose `part` gives a style by its name, "" for its own."""
    return LineStyles(
        base=part(""),
        number=part("line-number"),
        cursor=part("cursor"),
        cursor_number=part("cursor-number"),
        bar=part("bar"),
        differs=part("differs"),
        heading=part("heading"),
        match=part("match"),
        selection=view.screen.get_component_rich_style("screen--selection"),
        roles={role: part(role) for role in get_args(Role)},
    )


class LinePainter(Struct, frozen=True):
    """Draws lines `width` cells wide, moved left by `sideways` cells under their numbers."""

    styles: LineStyles
    symbols: Symbols
    width: int
    number_width: int
    sideways: int
    match: str
    """The text of the search; "" for none."""

    @property
    def text_width(self) -> int:
        """Cells right of the number."""
        return max(1, self.width - self.number_width - GAP)

    def heading(self, text: str) -> Strip:
        """Draw the line above the others; its offsets lie before the first line."""
        shown = self.symbols.fit(self.symbols.text(text), self.width)
        strip = Strip([Segment(shown, self.styles.base + self.styles.heading)])
        return strip.adjust_cell_length(self.width, self.styles.base).apply_offsets(0, -1)

    def blank(self, places: int) -> Strip:
        """Draw what is below the last of `places` lines."""
        return Strip.blank(self.width, self.styles.base).apply_offsets(0, places)

    def line(self, place: int, line: Line, *, cursor: bool, focus: bool, selected: Span | None) -> Strip:
        """Draw one line; `place`: its number among the lines shown, for the selection with the mouse."""
        base = self.styles.base + self.styles.cursor if cursor else self.styles.base
        number = Strip(
            [
                Segment(
                    line.number.rjust(self.number_width),
                    base + (self.styles.cursor_number if cursor else self.styles.number),
                ),
                Segment(self.symbols.bar if cursor and focus else " ", base + self.styles.bar),
                Segment(self.symbols.differs[:1] if line.differs else " ", base + self.styles.differs),
            ]
        )
        text = self._text(place, line, base, selected)
        return Strip.join([number.apply_offsets(0, place), text]).adjust_cell_length(self.width, base)

    def _text(self, place: int, line: Line, base: Style, selected: Span | None) -> Strip:
        segments = [Segment(self.symbols.plain(text), base + self.styles.roles[role]) for text, role in line.pieces]
        if self.match:
            segments = with_matches(segments, self.match, self.styles.match)
        if selected is not None:
            segments = with_span(segments, *selected, self.styles.selection)
        width, start = self.text_width, self.sideways
        whole = Strip(segments)
        first = self.number_width + GAP + (characters_before(whole.text, start) if start else 0)
        if whole.cell_length - start <= width and not line.more:
            shown = whole.crop(start, None) if start else whole
            return shown.apply_offsets(first, place)
        cut = Segment(self.symbols.cut, base + self.styles.roles["punct"])
        shown = whole.crop(start, start + width - len(self.symbols.cut))
        return Strip.join([shown.apply_offsets(first, place), Strip([cut])])


def with_span(segments: Sequence[Segment], first: int, last: int | None, style: Style) -> list[Segment]:
    """Return the line with the characters from `first` up to `last` in another style; None: to the end."""
    length = sum(len(segment.text) for segment in segments)
    return _with_style(segments, [(first, length if last is None else min(last, length))], style)


def characters_before(text: str, cells: int) -> int:
    """Return how many characters of a line are before that cell."""
    if text.isascii():
        return min(cells, len(text))
    width = 0
    for at, character in enumerate(text):
        if width >= cells:
            return at
        width += cell_len(character)
    return len(text)


def with_matches(segments: Sequence[Segment], wanted: str, found: Style) -> list[Segment]:
    """Return the line with every occurrence of `wanted` in another style, also across segments."""
    text = "".join(segment.text for segment in segments).casefold()
    sought = wanted.casefold()
    cuts: list[tuple[int, int]] = []
    at = text.find(sought) if len(text) == sum(len(segment.text) for segment in segments) else -1
    while at >= 0 and len(cuts) < LONGEST_LINE:
        cuts.append((at, at + len(sought)))
        at = text.find(sought, at + len(sought))
    return _with_style(segments, cuts, found)


def _with_style(segments: Sequence[Segment], cuts: Sequence[tuple[int, int]], style: Style) -> list[Segment]:
    """Put `style` over the characters of each cut, counted in the whole line."""
    parts: list[Segment] = []
    start = 0
    for text, own, _ in segments:
        at = 0
        for first, last in cuts:
            low, high = max(first - start, at), min(last - start, len(text))
            if low < high:
                parts += [Segment(text[at:low], own), Segment(text[low:high], (own or Style()) + style)]
                at = high
        parts.append(Segment(text[at:], own))
        start += len(text)
    return [part for part in parts if part.text]
