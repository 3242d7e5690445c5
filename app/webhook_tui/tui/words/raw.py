"""The Raw tab: the request as it came, line by line, made harmless; a body that is not text as hex."""

from __future__ import annotations

from dataclasses import dataclass

from webhook_tui.domain.delivery import Delivery
from webhook_tui.domain.text import visible, visible_lines


@dataclass(frozen=True, slots=True)
class RawLines:
    """The lines of one request; those of a binary body are made when they are asked for."""

    head: tuple[str, ...]
    text: tuple[str, ...] | None
    """The body's lines; None: not text."""
    body: bytes
    per_line: int
    """Bytes in a line of hex."""

    def __len__(self) -> int:
        body = len(self.text) if self.text is not None else -(-len(self.body) // self.per_line)
        return len(self.head) + body

    def line(self, index: int) -> str:
        """Line `index`, from 0; "" beyond the end."""
        if index < len(self.head):
            return self.head[index]
        index -= len(self.head)
        if self.text is not None:
            return self.text[index] if index < len(self.text) else ""
        return _hex_line(self.body, index * self.per_line, self.per_line)


def raw_lines(delivery: Delivery, width: int) -> RawLines:
    """The request for a pane of `width` cells: 16 bytes of hex a line, 8 below 78 cells."""
    head = [f"{visible(delivery.method)} {visible(delivery.target)}"]
    head += [f"{visible(name)}: {visible(value)}" for name, value in delivery.headers]
    head.append("")
    return RawLines(tuple(head), _text(delivery.body), delivery.body, 16 if width >= 78 else 8)


def _text(body: bytes) -> tuple[str, ...] | None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if "\x00" in text:
        return None
    lines = visible_lines(text)
    if lines and not lines[-1]:
        lines[-1] = "␊ (the body ends with a newline)" if len(lines) > 1 else "(no body)"
    return tuple(lines)


def _hex_line(body: bytes, start: int, count: int) -> str:
    piece = body[start : start + count]
    if not piece:
        return ""
    digits = piece.hex(" ")
    letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in piece)
    return f"{start:08x}  {digits:<{count * 3 - 1}}  {letters}"
