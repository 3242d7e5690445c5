"""Pictures as cells."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem
from rich.style import Style

from webhook_tui.domain.images.image import Picture
from webhook_tui.ui.format.picture import covered, fitted, half_blocks, reduced, shades

RED, GREEN, BLUE, WHITE = b"\xff\0\0", b"\0\xff\0", b"\0\0\xff", b"\xff\xff\xff"


def picture(*rows: bytes) -> Picture:
    """A picture of those rows of pixels."""
    width = len(rows[0]) // 3
    return Picture(width, len(rows), b"".join(rows), width, len(rows), "PNG", 1)


@pytest.mark.parametrize(
    ("size", "cells", "fits"),
    [
        ((1024, 1536), (40, 30), (40, 60)),
        ((1536, 1024), (40, 30), (40, 27)),
        ((10, 10), (40, 30), (10, 10)),
        ((1000, 1), (40, 30), (40, 1)),
    ],
)
def test_the_size_in_pixels(size: tuple[int, int], cells: tuple[int, int], fits: tuple[int, int]) -> None:
    """Two pixels a cell in height; never enlarged, never empty."""
    assert fitted(*size, *cells) == fits


@pytest.mark.parametrize(
    ("stretch", "fits"), [(1.0, (20, 20)), (0.5, (40, 20)), (2.0, (10, 20))], ids=["usual", "narrow", "square"]
)
def test_cells_of_other_shapes(stretch: float, fits: tuple[int, int]) -> None:
    """A square stays one, in ten rows."""
    assert fitted(100, 100, 40, 10, stretch) == fits
    assert max(fitted(8, 8, 40, 10, stretch)) == 8


@pytest.mark.parametrize(
    ("size", "cells", "covers"),
    [
        ((1000, 1500), (40, 30), ((40, 30), (400, 600))),
        ((1500, 1000), (40, 30), ((40, 14), (400, 267))),
        ((95, 41), (40, 30), ((10, 3), (95, 41))),
        ((5000, 1), (40, 30), ((40, 1), (400, 1))),
    ],
)
def test_the_cells_of_an_image(
    size: tuple[int, int], cells: tuple[int, int], covers: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    """With cells of 10 by 20 pixels."""
    assert covered(*size, *cells, (10, 20)) == covers


def test_a_smaller_size_is_the_mean() -> None:
    """Of the pixels that each one covers."""
    assert reduced(picture(RED + GREEN, BLUE + WHITE), 1, 1) == [[(127, 127, 127)]]
    assert reduced(picture(RED + GREEN, BLUE + WHITE), 2, 1) == [[(127, 0, 127), (127, 255, 127)]]


def test_half_blocks() -> None:
    """The upper pixel is the colour, the lower one the background; an odd last line has none."""
    lines = half_blocks(picture(RED + GREEN, BLUE + WHITE, GREEN + RED), 10, 10)

    assert [[segment.text for segment in line] for line in lines] == [["▀", "▀"], ["▀", "▀"]]
    assert [segment.style for segment in lines[0]] == [
        Style.parse("#ff0000 on #0000ff"),
        Style.parse("#00ff00 on #ffffff"),
    ]
    assert [segment.style for segment in lines[1]] == [Style.parse("#00ff00"), Style.parse("#ff0000")]
    style = lines[0][0].style
    assert style is not None
    assert "38;5;196;48;5;21" in style.render("▀", color_system=ColorSystem.EIGHT_BIT)


def test_shades() -> None:
    """Ten levels, two pixels above each other as one character; on a light background reversed."""
    black = b"\0\0\0"

    assert shades(picture(black + WHITE, black + WHITE), 10, 10) == [" @"]
    assert shades(picture(black + WHITE, WHITE + black), 10, 10) == ["=="]
    assert shades(picture(WHITE), 10, 10) == ["@"]
    assert shades(picture(black + WHITE), 10, 10, on_light=True) == ["@ "]
