"""The images that the terminal holds for widgets: sent once, deleted when they are not shown any more.

What is sent are pixels that our own process for images decoded and encoded again, never bytes that were received.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping
from weakref import WeakSet

from msgspec import Struct
from rich.color import Color
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

Key = tuple[Widget, EncodedImage, Hashable]
"""Who shows which image, and in which of its places."""


class _Held(Struct):
    """An image in the terminal."""

    image_id: int
    cells: tuple[int, int]
    """Columns and rows of its placement."""
    ground: Style
    strips: list[Strip]


class TerminalImages:
    """Sends images, and returns the lines of text over which the terminal draws them."""

    def __init__(self, send: Callable[[str], bool], environ: Mapping[str, str] = os.environ) -> None:
        """`send` writes to the terminal and returns whether it could."""
        self._send = send
        self._environ = environ
        # Within tmux all programs share the ids of one terminal.
        self._high = 1 + os.urandom(1)[0] % 255
        self._pattern = placeholder_pattern(self._high)
        self._held: dict[Key, _Held] = {}
        """The one that was drawn last is last."""
        self._widgets: WeakSet[Widget] = WeakSet()

    def is_own(self, text: str) -> bool:
        """Return whether a text shows a part of our images and nothing else."""
        return self._pattern.fullmatch(text) is not None

    def lines(
        self, widget: Widget, image: EncodedImage, cells: tuple[int, int], ground: Style, place: Hashable = None
    ) -> list[Strip]:
        """Return the lines of an image in so many columns and rows; it is sent before if the terminal has it not yet.

        `place`: where in the widget, if it shows the image at several sizes. No lines while another program has the
        terminal.
        """
        self._widgets.add(widget)
        key = (widget, image, place)
        held = self._held.pop(key, None)
        if held is None:
            held = self._hold(image, cells, ground)
            if held is None:
                return []
        elif held.cells != cells or held.ground != ground:
            if held.cells != cells:
                self._write(placement(held.image_id, *cells))
            held = _Held(held.image_id, cells, ground, _strips(held.image_id, *cells, ground))
        self._held[key] = held
        return held.strips

    def _hold(self, image: EncodedImage, cells: tuple[int, int], ground: Style) -> _Held | None:
        self._make_room(image)
        taken = {held.image_id for held in self._held.values()}
        image_id = next(each for each in self._ids() if each not in taken)
        if not self._write(*transmission(image_id, image.png), placement(image_id, *cells)):
            return None
        return _Held(image_id, cells, ground, _strips(image_id, *cells, ground))

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
        """Delete the images of a widget, which sends them again when it is drawn the next time."""
        keys = [key for key in self._held if key[0] is widget]
        for key in keys:
            self._delete(key)
        if keys:
            widget.refresh()  # its lines are kept by Textual

    def _delete(self, key: Key) -> None:
        self._write(deletion(self._held.pop(key).image_id))

    def delete_all(self) -> str:
        """Return what deletes all images: the terminal is given back. `redraw` sends those that are shown again."""
        codes = [passed_through(deletion(held.image_id), self._environ) for held in self._held.values()]
        self._held.clear()
        return "".join(codes)

    def redraw(self) -> None:
        """Let the widgets draw their images again: the terminal may have lost them."""
        for widget in list(self._widgets):
            if widget.is_attached:
                widget.refresh()

    def _write(self, *codes: str) -> bool:
        return self._send("".join(passed_through(code, self._environ) for code in codes))


def _strips(image_id: int, columns: int, rows: int, ground: Style) -> list[Strip]:
    style = ground + Style(color=Color.from_ansi(image_id & 0xFF))
    return [Strip([Segment(placeholder_line(image_id, row, columns), style)], columns) for row in range(rows)]
