"""Indented JSON as lines with colours, paths and folds. It is not decoded: `1e3`, big numbers, duplicate keys stay.

Only the indented bytes and the offsets of their lines are kept; colours, paths and folds are computed for the line that
is asked for.
"""

from __future__ import annotations

import re

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import decoded, shortened, visible
from webhook_tui.ui.widgets.payload.document import (
    LONGEST_LINE,
    Document,
    Fold,
    Kind,
    Line,
    Piece,
    Role,
    beginning,
    cut_sign,
    is_utf8,
)
from webhook_tui.ui.widgets.payload.json_notes import notes_on
from webhook_tui.ui.widgets.payload.line_index import LineIndex

INDENT = 2
"""Blanks a level."""
_MOST_COUNTED = 64

_TOKEN = re.compile(
    r'(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+"?)'
    r"|(?P<number>-?\d[\d.eE+-]*)"
    r"|(?P<literal>true|false|null)"
    r"|(?P<punct>[{}\[\]:,]+)"
    r"|(?P<text>.)",
    re.DOTALL,
)
_KEY = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"')
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LONGEST_KEY = 64


class JsonDocument(Document):
    """Indented JSON. Its structure is read from the indentation, which is safe: no JSON string holds a newline."""

    kind: Kind = "json"
    heading = ""

    def __init__(self, pretty: bytes, notes: tuple[str, ...] = (), *, expected_lines: int = 0) -> None:
        """`expected_lines`: how many lines the whole will have, where `pretty` is its beginning."""
        self.lines = LineIndex(pretty)
        self._expected_lines = expected_lines
        found, self._odd = notes_on(self.lines)
        self.notes = (*notes, *found)
        self._counted: dict[int, tuple[int, int]] = {}

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return self.lines.count

    @property
    def number_width(self) -> int:
        """Digits of the last line's number, at least two."""
        return max(2, len(str(max(self.line_count, self._expected_lines))))

    def line(self, index: int, cells: int, /) -> Line:
        """One line with the colours of JSON."""
        raw = self.lines[index]
        part = beginning(raw, cells)
        text = decoded(part)
        indent = len(text) - len(text.lstrip(" "))
        pieces = [Piece(text[:indent], "text")] if indent else []
        for match in _TOKEN.finditer(text, indent):
            role: Role = _role(match, text)
            shown = visible(match.group())
            if pieces and pieces[-1].role == role:
                pieces[-1] = Piece(pieces[-1].text + shown, role)
            else:
                pieces.append(Piece(shown, role))
        shown_text = "".join(piece.text for piece in pieces)
        differs = index in self._odd or shown_text != text or not is_utf8(part)
        return Line(str(index + 1), (*pieces, *cut_sign(raw, part)), differs, more=len(part) < len(raw))

    def path_at(self, index: int, /) -> str:
        """The path of the value on a line; a closing bracket has the path of what it closes."""
        start, indent, raw = self.lines.start(index), _indent(self.lines[index]), self.lines[index]
        if raw[indent : indent + 1] in (b"}", b"]"):
            start = self._opener(start, indent)
        steps: list[str] = []
        while indent > 0:
            parent = self._opener(start, indent - INDENT)
            steps.append(self._step(parent, start, indent))
            start, indent = parent, indent - INDENT
        return "$" + "".join(reversed(steps))

    def fold_at(self, index: int, /) -> Fold | None:
        """The object or array that opens on this line."""
        raw = self.lines[index]
        if raw[-1:] not in (b"{", b"["):
            return None
        body, indent = self.lines.body, _indent(raw)
        start = self.lines.start(index)
        closing = b"\n" + b" " * indent + (b"}" if raw.endswith(b"{") else b"]")
        end = body.find(closing, start)
        if end < 0:
            return None
        count = self._children(start, end, indent + INDENT)
        last = self.lines.index_at(end + 1)
        differs = any(index < odd <= last for odd in self._odd)
        return Fold(index, last, units.counted(count, "key" if raw.endswith(b"{") else "item"), differs)

    def find(self, text: str, start: int, *, backwards: bool) -> int | None:
        """The nearest line that holds `text`."""
        return self.lines.find(text, start, backwards=backwards)

    def _opener(self, start: int, indent: int) -> int:
        """The offset of the line that opens what the line at `start` is in or closes."""
        if indent == 0:
            return 0
        body, margin = self.lines.body, b"\n" + b" " * indent
        place = 0
        for first in (b'"', b"{", b"["):
            place = max(place, body.rfind(margin + first, place, start) + 1)
        return place

    def _step(self, parent: int, start: int, indent: int) -> str:
        body = self.lines.body
        parent_end = body.find(b"\n", parent)
        if body[parent_end - 1 : parent_end] == b"[":
            return f"[{self._place_in(parent, start - 1, indent)}]"
        match = _KEY.match(body, start + indent, start + indent + LONGEST_LINE)
        key = shortened(visible(match.group(1)), _LONGEST_KEY) if match else ""
        return f".{key}" if _PLAIN_KEY.match(key) else f'["{key}"]'

    def _place_in(self, parent: int, end: int, indent: int) -> int:
        """How many items of an array begin before `end`; counts on from the last call, since arrays can be long."""
        known, count = self._counted.get(parent, (parent, 0))
        if end >= known:
            count += self._children(known, end, indent)
        else:
            count -= self._children(end, known, indent)
        if len(self._counted) > _MOST_COUNTED:
            self._counted.clear()
        self._counted[parent] = (end, count)
        return count

    def _children(self, start: int, end: int, indent: int) -> int:
        """How many keys or items begin between two places of one object or array."""
        body, margin = self.lines.body, b"\n" + b" " * indent
        deeper = body.count(margin + b" ", start, end)
        at_all = body.count(margin, start, end)
        if not deeper:
            return at_all
        return at_all - deeper - body.count(margin + b"}", start, end) - body.count(margin + b"]", start, end)


def _indent(raw: bytes) -> int:
    return len(raw) - len(raw.lstrip(b" "))


def _role(match: re.Match[str], text: str) -> Role:
    match match.lastgroup:
        case "string":
            return "key" if text.startswith(": ", match.end()) else "string"
        case "number":
            return "number"
        case "literal":
            return "literal"
        case "punct":
            return "punct"
        case _:
            return "text"
