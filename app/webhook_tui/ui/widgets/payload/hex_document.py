"""A body that is not text as a hex dump: offset, bytes and characters."""

from __future__ import annotations

from webhook_tui.ui.widgets.payload.document import Document, Kind, Line, Piece

_WIDE = 16
_NARROW = 8
_WIDE_FROM = 78
"""Columns of the view from which sixteen bytes have room in a line."""


class HexDocument(Document):
    """Bytes, sixteen a line, or eight in a narrow view."""

    kind: Kind = "hex"

    def __init__(
        self, body: bytes, *, heading: str = "", notes: tuple[str, ...] = (), bytes_per_line: int = _WIDE
    ) -> None:
        self.heading = heading
        self.notes = notes
        self._body = body
        self._step = bytes_per_line

    @property
    def line_count(self) -> int:
        """How many lines there are, at least one."""
        return max(1, -(-len(self._body) // self._step))

    @property
    def number_width(self) -> int:
        """Hex digits of the offset."""
        return 8

    def line(self, index: int, _cells: int, /) -> Line:
        """Offset, bytes in hex in groups of eight, and what is printable ASCII among them."""
        start = index * self._step
        part = self._body[start : start + self._step]
        groups = [part[at : at + _NARROW].hex(" ") for at in range(0, len(part), _NARROW)]
        width = 3 * self._step + self._step // _NARROW - 1
        characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        pieces = (Piece("  ".join(groups).ljust(width), "number"), Piece(f" {characters}", "string"))
        return Line(f"{start:08x}", pieces)

    def find(self, text: str, start: int, *, backwards: bool) -> int | None:
        """The nearest line in which `text` begins, as UTF-8."""
        raw = text.encode("utf-8", "replace")
        if backwards:
            found = self._body.rfind(raw, 0, (start + 1) * self._step + len(raw) - 1)
        else:
            found = self._body.find(raw, start * self._step)
        return None if found < 0 else found // self._step

    def fitted(self, width: int, /) -> Document:
        """Sixteen bytes a line, eight below 78 columns."""
        step = _WIDE if width >= _WIDE_FROM else _NARROW
        if step == self._step:
            return self
        return HexDocument(self._body, heading=self.heading, notes=self.notes, bytes_per_line=step)
