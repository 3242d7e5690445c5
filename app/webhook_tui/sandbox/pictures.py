"""Small pictures that the sandbox makes for its image links: a garment alone, and worn by a figure.

They are drawn when they are requested. What a picture shows depends on its name, so that a link always leads to the
same one.
"""

from __future__ import annotations

from io import BytesIO
from zlib import crc32

from PIL import Image

WIDTH, HEIGHT = 256, 384
_GARMENTS = ((190, 40, 62), (240, 190, 60), (40, 90, 160), (235, 235, 228), (60, 130, 90), (120, 70, 150))
_GROUNDS = ((150, 140, 132), (105, 140, 150), (180, 150, 160), (150, 165, 140), (130, 135, 165))
_HAIR = ((58, 34, 28), (30, 24, 26), (150, 92, 46), (92, 60, 40))
_SKIN = ((236, 186, 154), (176, 120, 88), (120, 78, 56))
_PALE = (214, 214, 214)

_Colour = tuple[int, int, int]


def picture(name: str) -> bytes:
    """Return the PNG of that name; one whose last part begins with `input` shows the garment alone."""
    folder, _, file = name.rpartition("/")
    kind, _, rest = file.partition("_")
    seed = crc32(f"{folder}/{rest.partition('_')[0].partition('.')[0]}".encode())
    garment = _GARMENTS[seed % len(_GARMENTS)]
    is_input = kind == "input"
    ground = _PALE if is_input else _GROUNDS[seed // 7 % len(_GROUNDS)]
    rows = [bytearray(_lit(ground, 1.12 - 0.3 * row / HEIGHT)) * WIDTH for row in range(HEIGHT)]
    if not is_input:
        _draw_figure(rows, _SKIN[seed // 41 % len(_SKIN)], _HAIR[seed // 101 % len(_HAIR)])
    _draw_garment(rows, garment)
    png = BytesIO()
    Image.frombytes("RGB", (WIDTH, HEIGHT), b"".join(rows)).save(png, "PNG")
    return png.getvalue()


def _draw_garment(rows: list[bytearray], colour: _Colour) -> None:
    for row in range(136, 322):
        half = 26 + abs(row - 200) * (5 if row < 200 else 6) // 12
        _fill(rows[row], 128 - half, 128 + half, _lit(colour, 0.55 if 196 <= row < 208 else 1.0))
        if row >= 208:
            _fill(rows[row], 128 + half // 3, 128 + half, _lit(colour, 0.72))
    for row in range(136, 150):
        _fill(rows[row], 128 - (150 - row), 128 + (150 - row), bytes(rows[120][3 * 127 : 3 * 128]))


def _draw_figure(rows: list[bytearray], skin: _Colour, hair: _Colour) -> None:
    for row in range(28, 150):
        half = min(40, 16 + (row - 28))
        _fill(rows[row], 128 - half, 128 + half, _lit(hair, 1.0))
    for row in range(54, 122):
        half = 26 - max(0, row - 96) // 2
        _fill(rows[row], 128 - half, 128 + half, _lit(skin, 1.0))
    for top, bottom, left, right, pixel in (
        (76, 81, 110, 118, bytes((50, 40, 40))),
        (76, 81, 138, 146, bytes((50, 40, 40))),
        (102, 106, 120, 136, bytes((190, 84, 84))),
        (110, 150, 118, 138, _lit(skin, 0.9)),
        (318, 372, 101, 119, _lit(skin, 0.92)),
        (318, 372, 137, 155, _lit(skin, 0.92)),
    ):
        for row in range(top, bottom):
            _fill(rows[row], left, right, pixel)
    for row in range(146, 262):
        out = 52 + min(row - 146, 60) // 3
        for middle in (128 - out, 128 + out):
            _fill(rows[row], middle - 8, middle + 8, _lit(skin, 0.95))


def _fill(row: bytearray, start: int, end: int, pixel: bytes) -> None:
    row[3 * start : 3 * end] = pixel * (end - start)


def _lit(colour: _Colour, share: float) -> bytes:
    return bytes(min(255, round(part * share)) for part in colour)
