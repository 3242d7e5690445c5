"""Pictures as cells of a terminal: half blocks in colour, or characters of ten levels of brightness. Pure.

A half block shows two pixels above each other. `stretch` is how many times as wide as high such a half of a cell is: 1
where a cell is twice as high as wide. A terminal without true colour gets the nearest of its 256 or 16 colours from
Rich.
"""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from webhook_tui.domain.images.image import Picture

LEVELS = " .:-=+*#%@"
"""From dark to bright."""
_HALF = "▀"


def fitted(width: int, height: int, columns: int, rows: int, stretch: float = 1.0) -> tuple[int, int]:
    """Return how many halves of cells a picture fills; it keeps its proportions and has no more of them than pixels."""
    share = min(1.0, 1 / stretch, columns / width, 2 * rows / (height * stretch))
    return max(1, round(width * share)), max(1, round(height * share * stretch))


def covered(
    width: int, height: int, columns: int, rows: int, cell_size: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the cells that an image covers which the terminal draws itself, and its size there, in pixels.

    It keeps its proportions and is enlarged by less than a cell. `cell_size`: pixels.
    """
    cell_width, cell_height = cell_size
    share = min(1.0, columns * cell_width / width, rows * cell_height / height)
    size = max(1, round(width * share)), max(1, round(height * share))
    return (min(columns, -(-size[0] // cell_width)), min(rows, -(-size[1] // cell_height))), size


def reduced(picture: Picture, width: int, height: int) -> list[list[tuple[int, int, int]]]:
    """Return the rows of pixels of a picture at a smaller size, each the mean of those that it covers."""
    columns = [slice(*span) for span in _spans(picture.width, width)]
    return [[_mean(picture, span, range(*rows)) for span in columns] for rows in _spans(picture.height, height)]


def half_blocks(picture: Picture, columns: int, rows: int, stretch: float = 1.0) -> list[list[Segment]]:
    """Return lines of half blocks, at most `rows` of at most `columns` cells."""
    pixels = reduced(picture, *fitted(picture.width, picture.height, columns, rows, stretch))
    if len(pixels) % 2:
        pixels.append([])
    return [
        [
            Segment(_HALF, _style(upper, lower[place] if place < len(lower) else None))
            for place, upper in enumerate(above)
        ]
        for above, lower in zip(pixels[::2], pixels[1::2], strict=True)
    ]


def shades(picture: Picture, columns: int, rows: int, stretch: float = 1.0, *, on_light: bool = False) -> list[str]:
    """Return lines of characters, at most `rows` of at most `columns`.

    The brighter a cell, the denser its character; on a light background the darker.
    """
    levels = LEVELS[::-1] if on_light else LEVELS
    width, height = fitted(picture.width, picture.height, columns, rows, stretch)
    lines = reduced(picture, width, max(1, height // 2))
    return ["".join(levels[_brightness(pixel) * len(levels) // 256] for pixel in line) for line in lines]


def _spans(length: int, count: int) -> list[tuple[int, int]]:
    """Divide so many pixels into that many spans, none empty."""
    count = min(length, count)
    return [(place * length // count, (place + 1) * length // count) for place in range(count)]


def _mean(picture: Picture, columns: slice, rows: range) -> tuple[int, int, int]:
    lines = [picture.pixels[3 * picture.width * row : 3 * picture.width * (row + 1)] for row in rows]
    red, green, blue = (
        sum(sum(line[3 * columns.start + channel : 3 * columns.stop : 3]) for line in lines) for channel in range(3)
    )
    count = len(rows) * (columns.stop - columns.start)
    return red // count, green // count, blue // count


def _brightness(pixel: tuple[int, int, int]) -> int:
    """Luma of 0 to 255 (ITU-R BT.601)."""
    red, green, blue = pixel
    return (299 * red + 587 * green + 114 * blue) // 1000


@lru_cache(maxsize=4096)
def _style(upper: tuple[int, int, int], lower: tuple[int, int, int] | None) -> Style:
    return Style(color=Color.from_rgb(*upper), bgcolor=None if lower is None else Color.from_rgb(*lower))
