"""Thumbnails of images of all kinds, and of what is no image."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from webhook_tui.domain.errors import ProblemError
from webhook_tui.images.decode import thumbnail


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """An image file."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_formats(kind: str) -> None:
    """Proportions are kept."""
    content = encoded(Image.new("RGB", (200, 100), (200, 30, 40)), kind)

    picture = thumbnail(content, 40, 40)

    assert (picture.width, picture.height) == (40, 20)
    assert (picture.original_width, picture.original_height, picture.format) == (200, 100, kind)
    assert picture.size == len(content)
    assert len(picture.pixels) == 3 * 40 * 20
    assert all(abs(part - wanted) < 12 for part, wanted in zip(picture.pixels[:3], (200, 30, 40), strict=True))


def test_a_small_image_is_not_enlarged_and_transparency_is_white() -> None:
    """Palettes, too."""
    clear = Image.new("RGBA", (2, 1), (0, 0, 0, 0))

    assert thumbnail(encoded(clear, "PNG"), 40, 40).pixels == b"\xff" * 6
    assert thumbnail(encoded(Image.new("P", (1, 1)), "PNG"), 40, 40).pixels == b"\0\0\0"


def test_an_image_is_turned_as_its_camera_says() -> None:
    """EXIF orientation 6: a quarter turn."""
    exif = Image.Exif()
    exif[0x0112] = 6

    picture = thumbnail(encoded(Image.new("RGB", (200, 100)), "JPEG", exif=exif), 40, 40)

    assert (picture.width, picture.height) == (20, 40)
    assert (picture.original_width, picture.original_height) == (100, 200)


def test_what_a_terminal_draws_holds_pixels_alone() -> None:
    """As PNG of at most each size, equal ones once, without the metadata and the bytes that were received."""
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    content = encoded(Image.new("RGB", (200, 100), (200, 30, 40)), "PNG", exif=exif, icc_profile=b"of anyone")

    picture = thumbnail(content, 40, 40, encoded_sizes=[(100, 100), (500, 500), (900, 900)])

    assert (picture.width, picture.height) == (40, 20)
    assert [(image.width, image.height) for image in picture.encoded] == [(100, 50), (200, 100)]
    for image in picture.encoded:
        with Image.open(io.BytesIO(image.png), formats=["PNG"]) as decoded:
            assert (decoded.size, decoded.mode, decoded.info) == ((image.width, image.height), "RGB", {})
            assert decoded.getpixel((0, 0)) == (200, 30, 40)
    assert content not in [image.png for image in picture.encoded]


def test_what_is_refused() -> None:
    """Another format, another kind of file, a file that was cut, too many pixels."""
    whole = encoded(Image.effect_noise((64, 64), 60), "PNG")
    large = encoded(Image.new("1", (8000, 7000)), "PNG")
    sentences = []
    for content in (encoded(Image.new("RGB", (9, 9)), "BMP"), b"<html>", b"", whole[: len(whole) // 2], large):
        with pytest.raises(ProblemError) as caught:
            thumbnail(content, 40, 40, content_type="text/html")
        sentences.append(caught.value.problem.message)

    assert sentences == [
        "Not an image: the server sent text/html, 306 B.",
        "Not an image: the server sent text/html, 6 B.",
        "Not an image: the server sent text/html, 0 B.",
        "The image cannot be decoded (truncated PNG).",
        "Not decoded: the limit is 50 million pixels.",
    ]
