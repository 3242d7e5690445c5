"""The images that the terminal holds for widgets: sent once, deleted when they are not shown any more.

What is sent are pixels that our own process for images decoded and encoded again, never bytes that were received.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping
from weakref import WeakSet

from msgspec import Struct
from rich.color import Color, ColorType
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from webhook_tui.domain.images.image import EncodedImage
from webhook_tui.ui.terminal.kitty_graphics import (
    FIRST_COLOUR,
    LAST_COLOUR,
    deletion,
    placeholder_line,
    placeholder_pattern,
    placement,
    transmission,
)
from webhook_tui.ui.terminal.notification import passed_through

MOST_BYTES = 64_000_000
"""Of pixels that the terminal holds for us; kitty deletes images of its own choice at 320 MB."""
_BYTES_PER_PIXEL = 4
_PART = 32
"""Escape codes that are written at once: 128 kB at most."""

Key = tuple[Widget, EncodedImage, Hashable]
"""Who shows which image, and in which of its places."""


class _Held(Struct):
    """An image in the terminal."""

    image_id: int
    cells: tuple[int, int]
    """Columns and rows of its placement."""
    ground: Style
    strips: list[Strip]


class _Codes(Struct):
    """Escape codes of one image that are to be sent, in their order."""

    image_id: int
    left: list[str]
    is_begun: bool = False


class TerminalImages:
    """Sends images, and returns the lines of text over which the terminal draws them."""

    def __init__(
        self,
        send: Callable[[str], bool],
        when_written: Callable[[Callable[[], None]], object],
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """`send` writes to the terminal and returns whether it could; `when_written` calls back after that."""
        self._send = send
        self._when_written = when_written
        self._environ = environ
        # Within tmux all programs share the ids of one terminal.
        self._high = 1 + os.urandom(1)[0] % 255
        self._pattern = placeholder_pattern(self._high)
        self._held: dict[Key, _Held] = {}
        """The one that was drawn last is last."""
        self._queue: list[_Codes] = []
        self._widgets: WeakSet[Widget] = WeakSet()

    def is_own(self, text: str) -> bool:
        """Return whether a text shows a part of our images and nothing else."""
        return self._pattern.fullmatch(text) is not None

    def lines(
        self, widget: Widget, image: EncodedImage, cells: tuple[int, int], ground: Style, place: Hashable = None
    ) -> list[Strip] | None:
        """Return the lines of an image in so many columns and rows; None until the terminal has all of it.

        The widget is drawn again then. `place`: where in the widget, if it shows the image at several sizes.
        """
        self._widgets.add(widget)
        key = (widget, image, place)
        held = self._held.pop(key, None)
        if held is None:
            self._make_room(image)
            taken = {other.image_id for other in self._held.values()}
            image_id = next(each for each in self._ids() if each not in taken)
            held = _Held(image_id, cells, ground, _strips(image_id, *cells, ground))
            self._held[key] = held
            self._enqueue(image_id, *transmission(image_id, image.png), placement(image_id, *cells))
        else:
            self._held[key] = held
            if held.cells != cells:
                self._enqueue(held.image_id, placement(held.image_id, *cells))
            if (held.cells, held.ground) != (cells, ground):
                held.cells, held.ground = cells, ground
                held.strips = _strips(held.image_id, *cells, ground)
        is_there = key in self._held and not any(codes.image_id == held.image_id for codes in self._queue)
        return held.strips if is_there else None

    def _ids(self) -> range:
        return range((self._high << 24) + FIRST_COLOUR, (self._high << 24) + LAST_COLOUR + 1)

    def _make_room(self, image: EncodedImage) -> None:
        """Delete what was drawn longest ago while there are too many."""
        needed = _BYTES_PER_PIXEL * image.width * image.height
        while self._held and (
            len(self._held) >= len(self._ids())
            or needed + sum(_BYTES_PER_PIXEL * each.width * each.height for _, each, _ in self._held) > MOST_BYTES
        ):
            self._delete(next(iter(self._held)))

    def release(self, widget: Widget) -> None:
        """Delete the images of a widget from the terminal; they are sent again when it is next drawn."""
        keys = [key for key in self._held if key[0] is widget]
        for key in keys:
            self._delete(key)
        if keys:
            widget.refresh()  # its lines are kept by Textual

    def _delete(self, key: Key) -> None:
        image_id = self._held.pop(key).image_id
        pending = [codes for codes in self._queue if codes.image_id == image_id]
        self._queue = [codes for codes in self._queue if codes.image_id != image_id]
        if pending and pending[0].is_begun:  # a deletion ends what was sent in part
            self._queue.insert(0, _Codes(image_id, [deletion(image_id)]))
        elif not pending or len(pending[0].left) == 1:  # else the terminal knows nothing of it
            self._enqueue(image_id, deletion(image_id))

    def delete_all(self) -> str:
        """Return what deletes all images: the terminal is given back. `redraw` sends those that are shown again."""
        codes = [passed_through(deletion(held.image_id), self._environ) for held in self._held.values()]
        self._held.clear()
        self._queue.clear()
        return "".join(codes)

    def redraw(self) -> None:
        """Let the widgets draw their images again: the terminal may have lost them."""
        for widget in list(self._widgets):
            if widget.is_attached:
                widget.refresh()

    # Writing: a part at a time, so that on a slow line a key's frame waits for one part and not for whole images.

    def _enqueue(self, image_id: int, *codes: str) -> None:
        self._queue.append(_Codes(image_id, list(codes)))
        if len(self._queue) == 1:
            self._send_part()

    def _advance(self) -> None:
        finished = self._send_part()
        for widget in {key[0] for key, held in self._held.items() if held.image_id in finished}:
            widget.refresh()

    def _send_part(self) -> set[int]:
        """Send the next part, the rest when the terminal has taken it; return the ids of which nothing is left."""
        part: list[str] = []
        finished: set[int] = set()
        while self._queue and len(part) < _PART:
            first = self._queue[0]
            count = _PART - len(part)
            part += first.left[:count]
            first.left, first.is_begun = first.left[count:], True
            if not first.left:
                finished.add(first.image_id)
                del self._queue[0]
        if part and not self._send("".join(passed_through(code, self._environ) for code in part)):
            self._held.clear()  # another program has the terminal
            self._queue.clear()
        if self._queue:
            self._when_written(self._advance)
        return finished


def _strips(image_id: int, columns: int, rows: int, ground: Style) -> list[Strip]:
    style = ground + Style(color=Color("image", ColorType.EIGHT_BIT, image_id & 0xFF))
    return [Strip([Segment(placeholder_line(image_id, row, columns), style)], columns) for row in range(rows)]
