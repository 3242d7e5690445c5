"""The lines of a body, computed when they are drawn.

A document is made in a worker thread, read in the screen's, and never changes. Its text is sanitised.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

from webhook_tui.domain.delivery.text import decoded, visible
from webhook_tui.domain.units import counted
from webhook_tui.ui.widgets.payload.line_index import LineIndex

Kind = Literal["json", "text", "hex"]
Role = Literal["text", "key", "string", "number", "literal", "punct", "folded"]

LONGEST_LINE = 65_536
"""Bytes of one line that are drawn; more would exceed a frame."""

_BYTES_PER_CELL = 8
"""A wide character has four bytes in two cells; the rest is for combining marks, which have no cell."""
_LONGEST_UTF8 = 4


class Piece(NamedTuple):
    """A run of sanitised text with one role."""

    text: str
    role: Role


class Line(NamedTuple):
    """One line as it is drawn."""

    number: str
    """Text of the number column; "" for none."""
    pieces: tuple[Piece, ...]
    differs: bool = False
    """The text shown is not what was received, or other parsers may read it differently."""
    more: bool = False
    """The pieces do not reach the end of the line."""


class Fold(NamedTuple):
    """An object or array that can be drawn as one line."""

    first: int
    last: int
    """The line of the closing bracket."""
    summary: str
    """What it holds: `6 keys`, `12 items`."""
    differs: bool = False
    """Some line in it differs."""


class Document(Protocol):
    """Lines 0 to `line_count - 1`; without paths, folds and wrapping, unless a document says otherwise."""

    kind: Kind
    """The format in which the body is shown."""
    heading: str
    """A line above the others that does not scroll; "" for none."""
    notes: tuple[str, ...]
    """Remarks on the body, one short phrase each."""

    @property
    def line_count(self) -> int:
        """How many lines there are."""

    @property
    def number_width(self) -> int:
        """Cells of the number column."""

    def line(self, index: int, cells: int, /) -> Line:
        """The beginning of a line, enough to fill `cells` cells."""

    def path_at(self, _index: int, /) -> str:
        """The JSON path of a line, `$.data.job_id`; "" if there is none."""
        return ""

    def fold_at(self, _index: int, /) -> Fold | None:
        """The object or array that begins on this line."""
        return None

    def find(self, text: str, start: int, *, backwards: bool) -> int | None:
        """The nearest line from `start` on that holds `text`, ignoring case; None if none does."""

    def fitted(self, _width: int, /) -> Document:
        """The same laid out for a view so many cells wide."""
        return self


class TextDocument(Document):
    """A body's own lines as plain text."""

    kind: Kind = "text"

    def __init__(self, body: bytes, *, heading: str = "", notes: tuple[str, ...] = ()) -> None:
        self.heading = heading
        self.notes = notes
        self.lines = LineIndex(body)

    @property
    def line_count(self) -> int:
        """How many lines there are; text that ends in LF has an empty last one."""
        return self.lines.count

    @property
    def number_width(self) -> int:
        """Digits of the last line's number, at least two."""
        return max(2, len(str(self.line_count)))

    def line(self, index: int, cells: int, /) -> Line:
        """One line, tabs as blanks."""
        raw = self.lines[index]
        part = beginning(raw, cells)
        text = decoded(part).removesuffix("\r").expandtabs(4)
        shown = visible(text)
        pieces = (Piece(shown, "text"), *cut_sign(raw, part))
        return Line(str(index + 1), pieces, differs=shown != text, more=len(part) < len(raw))

    def find(self, text: str, start: int, *, backwards: bool) -> int | None:
        """The nearest line that holds `text`."""
        return self.lines.find(text, start, backwards=backwards)


def beginning(raw: bytes, cells: int) -> bytes:
    """As much of a line as `cells` cells can need, at most `LONGEST_LINE` bytes; whole characters of UTF-8."""
    end = min(LONGEST_LINE, _BYTES_PER_CELL * cells)
    if len(raw) <= end:
        return raw
    for _ in range(_LONGEST_UTF8 - 1):
        if raw[end] & 0xC0 != 0x80:
            break
        end -= 1
    return raw[:end]


def cut_sign(raw: bytes, part: bytes) -> tuple[Piece, ...]:
    """The end of a line that is too long to be drawn whole: how many bytes follow."""
    if len(part) == len(raw) or len(part) < LONGEST_LINE - _LONGEST_UTF8:
        return ()
    return (Piece(f" … {counted(len(raw) - len(part), 'byte')} more", "punct"),)


def is_utf8(raw: bytes) -> bool:
    """Whether the bytes are text in UTF-8."""
    if raw.isascii():
        return True
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
