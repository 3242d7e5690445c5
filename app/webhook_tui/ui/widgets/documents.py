"""Bodies as lines that are looked at only when they are on the screen: what the payload view shows.

A document is made off the screen's thread and read on it; it never changes. All text in it is harmless already.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from typing import Literal, NamedTuple, Protocol

from webhook_tui.domain.delivery.text import decoded, visible
from webhook_tui.domain.units import counted

Kind = Literal["json", "text", "hex"]
Role = Literal["text", "key", "string", "number", "literal", "punct", "folded"]

LONGEST_LINE = 65_536
"""Bytes of one line that are shown; more would take longer to draw than a frame lasts."""

_BLOCK = 256
_BYTES_PER_CELL = 8
"""A wide character has four bytes in two cells; the rest is for the marks above letters, which have no cell."""
_LONGEST_UTF8 = 4
_NEXT_BLOCK = re.compile(rb"(?:[^\n]*+\n){%d}+" % _BLOCK)
_BLOCKS_KEPT = 4


class Piece(NamedTuple):
    """Some harmless text of a line, and what it is."""

    text: str
    role: Role


class Line(NamedTuple):
    """One line as it is shown."""

    number: str
    """What stands in the number column; "" for nothing."""
    pieces: tuple[Piece, ...]
    differs: bool = False
    """It does not show what was received, or others may read it otherwise."""
    more: bool = False
    """There is more of it than the pieces tell."""


class Fold(NamedTuple):
    """A part that can be shown as one line."""

    first: int
    last: int
    """The line of the closing bracket."""
    words: str
    """What it holds: `6 keys`, `12 items`."""
    differs: bool = False
    """Some line in it does."""


class Document(Protocol):
    """Lines to show, 0 to `line_count - 1`."""

    @property
    def kind(self) -> Kind:
        """What the body is shown as."""
        ...

    @property
    def heading(self) -> str:
        """One line above the others that does not scroll; "" for none."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know about the body, one short phrase each."""
        ...

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        ...

    @property
    def number_width(self) -> int:
        """Cells of the number column."""
        ...

    def line(self, index: int, cells: int, /) -> Line:
        """One line as far as `cells` cells need it; only ever asked for what can be seen."""
        ...

    def path_at(self, index: int, /) -> str:
        """The JSON path of a line, `$.data.job_id`; "" when there is none."""
        ...

    def fold_at(self, index: int, /) -> Fold | None:
        """The part that begins on this line, or None."""
        ...

    def find(self, wanted: str, start: int, *, backwards: bool) -> int | None:
        """The nearest line from `start` on that holds `wanted`, in either case of letters; None when none does."""
        ...

    def fitted(self, width: int, /) -> Document:
        """The same arranged for a view `width` cells wide."""
        ...


class LineIndex:
    """The lines of a block of bytes, separated by LF; knows where every 256th begins."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.count = body.count(b"\n") + 1
        self._starts = array("Q", [0])
        while match := _NEXT_BLOCK.match(body, self._starts[-1]):
            self._starts.append(match.end())
        self._kept: dict[int, list[bytes]] = {}
        self._lowered: bytes | None = None

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> bytes:
        """Line `index` without its LF."""
        if not 0 <= index < self.count:
            raise IndexError(index)
        block, place = divmod(index, _BLOCK)
        lines = self._kept.get(block)
        if lines is None:
            if len(self._kept) >= _BLOCKS_KEPT:
                self._kept.pop(next(iter(self._kept)))
            end = self._starts[block + 1] if block + 1 < len(self._starts) else len(self.body)
            lines = self._kept[block] = self.body[self._starts[block] : end].split(b"\n")
        return lines[place]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.body.split(b"\n"))

    def start(self, index: int) -> int:
        """Where line `index` begins."""
        block, place = divmod(index, _BLOCK)
        self[index]
        return self._starts[block] + sum(len(line) + 1 for line in self._kept[block][:place])

    def index_at(self, offset: int) -> int:
        """The line in which byte `offset` stands."""
        low, high = 0, len(self._starts) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self._starts[middle] <= offset:
                low = middle
            else:
                high = middle - 1
        return low * _BLOCK + self.body.count(b"\n", self._starts[low], offset)

    def find(self, wanted: str, start: int, *, backwards: bool) -> int | None:
        """The nearest line from `start` on that holds `wanted`; ASCII letters match in either case."""
        sought = wanted.encode("utf-8", "replace").lower()
        if self._lowered is None:
            self._lowered = self.body.lower()
        if backwards:
            end = self.start(start + 1) if start + 1 < self.count else len(self.body)
            found = self._lowered.rfind(sought, 0, end)
        else:
            found = self._lowered.find(sought, self.start(start)) if start < self.count else -1
        return self.index_at(found) if found >= 0 else None


class TextDocument:
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

    def path_at(self, _index: int, /) -> str:
        """Text has no paths."""
        return ""

    def fold_at(self, _index: int, /) -> Fold | None:
        """Text has no parts."""
        return None

    def find(self, wanted: str, start: int, *, backwards: bool) -> int | None:
        """The nearest line that holds `wanted`."""
        return self.lines.find(wanted, start, backwards=backwards)

    def fitted(self, _width: int, /) -> Document:
        """Text is not wrapped: it is the same in any width."""
        return self


def beginning(raw: bytes, cells: int) -> bytes:
    """As much of a line as `cells` cells can need, and never more than the longest; whole characters of UTF-8."""
    end = min(LONGEST_LINE, _BYTES_PER_CELL * cells)
    if len(raw) <= end:
        return raw
    for _ in range(_LONGEST_UTF8 - 1):
        if raw[end] & 0xC0 != 0x80:
            break
        end -= 1
    return raw[:end]


def cut_sign(raw: bytes, part: bytes) -> tuple[Piece, ...]:
    """What stands at the end of a line that is longer than any that is shown."""
    if len(part) == len(raw) or len(part) < LONGEST_LINE - _LONGEST_UTF8:
        return ()
    return (Piece(f" … {counted(len(raw) - len(part), 'byte')} more", "punct"),)
