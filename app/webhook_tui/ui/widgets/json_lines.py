"""JSON as lines with colours and paths, indented without being decoded: `1e3`, big numbers and twins stay as they came.

Nothing here raises: a body that is not JSON becomes text, one that is not text becomes hex. What is made in advance is
only the indented bytes and where their lines begin; colours, paths and folds are found for the line that is asked for.
"""

from __future__ import annotations

import json
import re

import msgspec

from webhook_tui.domain.delivery.event import has_too_many_values
from webhook_tui.domain.delivery.text import decoded, visible
from webhook_tui.domain.payload.json_decoder import NestingError, decode, depth, is_too_deep
from webhook_tui.ui.widgets.documents import (
    LONGEST_LINE,
    Document,
    Fold,
    Kind,
    Line,
    LineIndex,
    Piece,
    Role,
    TextDocument,
    beginning,
    cut_sign,
)
from webhook_tui.ui.widgets.hex_lines import HexDocument
from webhook_tui.ui.widgets.json_indent import LARGEST_INDENTED, indented
from webhook_tui.ui.widgets.json_notes import notes_on

_INDENT = 2
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TOO_DEEP = "Nested too deeply to be indented: shown as it came"
_MOST_COUNTED = 64
_LARGEST_GROWTH = 64 * 1024 * 1024
"""Bytes that indenting may add; deep nesting would make gigabytes of blanks out of a few megabytes."""

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

_WORDS = (
    ("Expecting property name", "expected a key in double quotes"),
    ("Expecting value", "expected a value"),
    ("Expecting ',' delimiter", "expected a comma or the end"),
    ("Expecting ':' delimiter", "expected a colon"),
    ("Illegal trailing comma", "a comma before the end"),
    ("Extra data", "something follows the end"),
    ("Unterminated string", "a string without its end"),
    ("Invalid control character", "a control character in a string"),
    ("Invalid \\", "an escape that JSON does not have"),
)


def document_for(body: bytes, *, raw: bool = False) -> Document:
    """The lines of a body: its own with `raw`, else indented JSON; text or hex where it cannot be that."""
    if raw:
        return TextDocument(body) if _is_text(body) else HexDocument(body)
    if not body.strip():
        return TextDocument(body, heading="Not JSON: the body is empty")
    if is_too_deep(body) or _grows_too_much(body):
        return _as_it_came(body, _TOO_DEEP)
    content = body.removeprefix(_BYTE_ORDER_MARK)
    notes = () if content is body else ("a byte order mark in front",)
    try:
        return JsonDocument(msgspec.json.format(content, indent=_INDENT), notes)
    except (ValueError, MemoryError):
        return _refused(body, content, notes)


def _refused(body: bytes, content: bytes, notes: tuple[str, ...]) -> Document:
    """What the fast parser does not take: told by a stricter one, which may find that it is JSON after all."""
    if has_too_many_values(content):  # which would keep the screen from being drawn
        return _as_it_came(body, "Not JSON that can be indented: shown as it came")
    try:
        decode(content, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        words = next((ours for theirs, ours in _WORDS if error.msg.startswith(theirs)), "it cannot be read")
        return _as_it_came(body, f"Not JSON: {words} at line {error.lineno}, column {error.colno}")
    except _NotANumberError as error:
        return _as_it_came(body, f"Not JSON: {error} is not a JSON value", (f"{error} in the body",))
    except (NestingError, MemoryError):
        return _as_it_came(body, _TOO_DEEP)
    except ValueError:
        return _as_it_came(body, "Not JSON: it cannot be read")
    if (encoding := json.detect_encoding(content)) != "utf-8":
        return HexDocument(body, heading=f"JSON in {encoding[:6].upper()}, not in UTF-8: shown as hex")
    if len(content) > LARGEST_INDENTED or not _is_text(content):
        return _as_it_came(body, "Not JSON that can be indented: shown as it came")
    return JsonDocument(indented(content, _INDENT), notes)


def _as_it_came(body: bytes, heading: str, notes: tuple[str, ...] = ()) -> Document:
    if _is_text(body):
        return TextDocument(body, heading=heading, notes=notes)
    return HexDocument(body, heading="Not JSON and not text: shown as hex")


def _is_text(body: bytes) -> bool:
    if b"\0" in body:
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _grows_too_much(body: bytes) -> bool:
    """Whether indentation would be more than is good, by an upper bound that costs little."""
    brackets = body.count(b"[") + body.count(b"{")
    lines = body.count(b",") + 2 * brackets + 1
    if brackets * lines * _INDENT <= _LARGEST_GROWTH:
        return False
    return depth(body) * lines * _INDENT > _LARGEST_GROWTH


class _NotANumberError(Exception):
    """NaN or Infinity, which some programs write and JSON does not have."""


def _refuse_constant(name: str) -> object:
    raise _NotANumberError(name)


class JsonDocument:
    """Indented JSON; the structure is read off the indentation, which no string can fake: it holds no newline."""

    kind: Kind = "json"
    heading = ""

    def __init__(self, pretty: bytes, notes: tuple[str, ...] = ()) -> None:
        self.lines = LineIndex(pretty)
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
        return max(2, len(str(self.line_count)))

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
        differs = index in self._odd or shown_text != text or not _is_utf8(part)
        return Line(str(index + 1), (*pieces, *cut_sign(raw, part)), differs, more=len(part) < len(raw))

    def path_at(self, index: int, /) -> str:
        """The path of the value on a line; a closing bracket has the path of what it closes."""
        start, indent, raw = self.lines.start(index), _indent(self.lines[index]), self.lines[index]
        if raw[indent : indent + 1] in (b"}", b"]"):
            start = self._opener(start, indent)
        steps: list[str] = []
        while indent > 0:
            parent = self._opener(start, indent - _INDENT)
            steps.append(self._step(parent, start, indent))
            start, indent = parent, indent - _INDENT
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
        count = self._children(start, end, indent + _INDENT)
        one, many = ("key", "keys") if raw.endswith(b"{") else ("item", "items")
        last = self.lines.index_at(end + 1)
        differs = any(index < odd <= last for odd in self._odd)
        return Fold(index, last, f"{count:,} {one if count == 1 else many}", differs)

    def find(self, wanted: str, start: int, *, backwards: bool) -> int | None:
        """The nearest line that holds `wanted`."""
        return self.lines.find(wanted, start, backwards=backwards)

    def fitted(self, _width: int, /) -> Document:
        """JSON is not wrapped: it is the same in any width."""
        return self

    def _opener(self, start: int, indent: int) -> int:
        """Where the line begins that opens what the line at `start` stands in or closes."""
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
        key = visible(match.group(1)) if match else ""
        if len(key) > _LONGEST_KEY:
            key = key[: _LONGEST_KEY - 1] + "…"
        return f".{key}" if _PLAIN_KEY.match(key) else f'["{key}"]'

    def _place_in(self, parent: int, end: int, indent: int) -> int:
        """How many items of an array begin before `end`, counted on from where it was last asked for."""
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


def _is_utf8(raw: bytes) -> bool:
    if raw.isascii():
        return True
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


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
