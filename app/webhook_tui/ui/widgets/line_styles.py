"""Parts of a painted line with another style: matches of a search, what the mouse has selected."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from webhook_tui.ui.widgets.documents import LONGEST_LINE


def with_span(segments: Sequence[Segment], first: int, last: int | None, style: Style) -> list[Segment]:
    """The same line with the characters from `first` up to `last` in another style; None: up to the end."""
    length = sum(len(segment.text) for segment in segments)
    cuts = [(first, length if last is None else min(last, length))]
    made: list[Segment] = []
    start = 0
    for segment in segments:
        made.extend(marked(segment, start, cuts, style))
        start += len(segment.text)
    return made


def characters_before(text: str, cells: int) -> int:
    """How many characters of a line stand before that cell."""
    if text.isascii():
        return min(cells, len(text))
    width = 0
    for at, character in enumerate(text):
        if width >= cells:
            return at
        width += cell_len(character)
    return len(text)


def with_matches(segments: Sequence[Segment], wanted: str, found: Style) -> list[Segment]:
    """The same line with every occurrence of `wanted` marked, across differently coloured parts, too."""
    text = "".join(segment.text for segment in segments).casefold()
    sought = wanted.casefold()
    cuts: list[tuple[int, int]] = []
    at = text.find(sought) if len(text) == sum(len(segment.text) for segment in segments) else -1
    while at >= 0 and len(cuts) < LONGEST_LINE:
        cuts.append((at, at + len(sought)))
        at = text.find(sought, at + len(sought))
    if not cuts:
        return list(segments)
    made: list[Segment] = []
    start = 0
    for segment in segments:
        made.extend(marked(segment, start, cuts, found))
        start += len(segment.text)
    return made


def marked(segment: Segment, start: int, cuts: Sequence[tuple[int, int]], found: Style) -> list[Segment]:
    """One segment in parts; `start`: where its text begins in the line that `cuts` (first, last + 1) are counted in."""
    text, style = segment.text, segment.style or Style()
    parts: list[Segment] = []
    at = 0
    for first, last in cuts:
        low, high = max(first - start, at), min(last - start, len(text))
        if low >= high:
            continue
        if low > at:
            parts.append(Segment(text[at:low], style))
        parts.append(Segment(text[low:high], style + found))
        at = high
    if at < len(text):
        parts.append(Segment(text[at:], style))
    return parts
