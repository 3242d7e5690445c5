"""What a terminal answers when it is asked what it is, kept apart from keys: Textual's parser would take it for keys.

The answers: to a query of the kitty graphics protocol (APC G), to XTVERSION (DCS > |), to a request for the size of a
cell (CSI 6 t) and to DA1 (CSI ? c), as in https://invisible-island.net/xterm/ctlseqs.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

from textual.message import Message

_ANSWER = re.compile(
    rb"\x1b_G(?P<graphics>[\x20-\x7e]{0,200})\x1b\\"
    rb"|\x1bP>\|(?P<name>[\x20-\x7e]{0,200})\x1b\\"
    rb"|\x1b\[6;(?P<height>\d{1,4});(?P<width>\d{1,4})t"
    rb"|\x1b\[\?(?P<attributes>[\d;]{0,100})c"
)
_BEGUN = re.compile(
    rb"\x1b(?:_G[\x20-\x7e]{0,200}\x1b?|P(?:>(?:\|[\x20-\x7e]{0,200}\x1b?)?)?|\[6;[\d;]{0,9}|\[\?[\d;]{0,100})\Z"
)
_SHORT = re.compile(rb"\x1b(?:_|\[6?)?\Z")
"""Beginnings that most keys have, too."""
_HELD_SECONDS = 1.0
_KEY_BYTES = 3
"""A beginning of so many bytes is held no longer than Textual holds an escape key."""
_KEY_SECONDS = 0.1
_EXPECTED_SECONDS = 5.0
"""For so long after a question short beginnings are held, too."""


class GraphicsAnswered(Message):
    """The terminal answered a query of the graphics protocol."""

    def __init__(self, text: str) -> None:
        """`text`: `i=ID;OK`, or another word after the id."""
        super().__init__()
        self.text = text


class TerminalNamed(Message):
    """The terminal said its name."""

    def __init__(self, name: str) -> None:
        """`name`: with its version, such as `kitty(0.36.4)`."""
        super().__init__()
        self.name = name


class CellSizeReported(Message):
    """The terminal said how large a cell is."""

    def __init__(self, width: int, height: int) -> None:
        """In pixels."""
        super().__init__()
        self.width = width
        self.height = height


class AttributesReported(Message):
    """The terminal answered DA1, which all terminals do: what was asked before and is not answered will not be."""


class AnswerReader:
    """Takes answers out of the input of a terminal."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: monotonic seconds."""
        self._clock = clock
        self._begun = b""
        self._begun_at = 0.0
        self._expected_until = 0.0

    def expect(self) -> None:
        """Expect answers: the terminal is asked."""
        self._expected_until = self._clock() + _EXPECTED_SECONDS

    def feed(self, data: bytes) -> Iterator[bytes | Message]:
        """Yield answers as messages, and what stands between them.

        The beginning of an answer is kept until its end comes, or for a second at most: it may be a key's.
        """
        data, was_begun = self._begun + data, bool(self._begun)
        is_expected = self._clock() < self._expected_until
        begun = _BEGUN.search(data) or (_SHORT.search(data) if is_expected else None)
        self._begun = begun[0] if begun else b""
        if begun and not (was_begun and begun.start() == 0):
            self._begun_at = self._clock()
        place, end = 0, len(data) - len(self._begun)
        for answer in _ANSWER.finditer(data, 0, end):
            if answer.start() > place:
                yield data[place : answer.start()]
            message = _message(answer)
            if isinstance(message, AttributesReported):
                self._expected_until = 0.0
            yield message
            place = answer.end()
        if place < end:
            yield data[place:end]

    def tick(self) -> bytes:
        """Return the beginning of an answer whose end has not come in time."""
        seconds = _KEY_SECONDS if len(self._begun) <= _KEY_BYTES else _HELD_SECONDS
        if not self._begun or self._clock() - self._begun_at < seconds:
            return b""
        late, self._begun = self._begun, b""
        return late


def _message(answer: re.Match[bytes]) -> Message:
    match answer.lastgroup:
        case "graphics":
            return GraphicsAnswered(answer["graphics"].decode("ascii"))
        case "name":
            return TerminalNamed(answer["name"].decode("ascii"))
        case "width":
            return CellSizeReported(int(answer["width"]), int(answer["height"]))
        case _:
            return AttributesReported()
