"""Decodes an image into a thumbnail. Imported by the child process alone: decoders are attacked with broken files."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

from PIL import Image, ImageOps, UnidentifiedImageError

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.images.image import EncodedImage, Picture
from webhook_tui.images import errors

MOST_PIXELS = 50_000_000
"""Of an image; decoded it takes up to four bytes a pixel."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_SCALABLE = frozenset({"L", "RGB", "RGBA", "LA"})
"""Modes that are reduced before anything else, so that no other copy is as large as the image."""
_WHITE = (255, 255, 255, 255)


def thumbnail(
    content: bytes, width: int, height: int, *, content_type: str = "", encoded_sizes: Sequence[tuple[int, int]] = ()
) -> Picture:
    """Return the first frame of an image, reduced to at most `width` by `height` pixels, never enlarged.

    `encoded_sizes`: widths and heights, the smallest first, at which it is also returned as PNG. Transparency is shown
    on white. Raises ProblemError when it is no image of the four formats, is broken, or has more than 50 million
    pixels.
    """
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    name = "image"
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            name = opened.format or name
            columns, rows = opened.size
            if columns * rows > MOST_PIXELS:
                raise ProblemError(errors.too_many_pixels(MOST_PIXELS))
            largest = max(max(size) for size in ((width, height), *encoded_sizes))
            opened.draft("RGB", (2 * largest, 2 * largest))  # lets the JPEG decoder skip what would be averaged away
            image = opened if opened.mode in _SCALABLE else opened.convert("RGBA")
            image.thumbnail((largest, largest), Image.Resampling.LANCZOS)
            turned = ImageOps.exif_transpose(image)
            if turned.size != image.size:
                columns, rows = rows, columns
            shown = Image.new("RGBA", turned.size, _WHITE)
            shown.alpha_composite(turned.convert("RGBA"))
            flat = shown.convert("RGB")
            small = _reduced(flat, width, height)
            encoded = _encoded(flat, encoded_sizes)
            return Picture(*small.size, small.tobytes(), columns, rows, name, len(content), encoded)
    except UnidentifiedImageError:
        raise ProblemError(errors.not_an_image(content_type, len(content))) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ProblemError(errors.too_many_pixels(MOST_PIXELS)) from None
    except MemoryError:
        raise ProblemError(errors.NEEDS_MEMORY) from None
    except (OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, OverflowError, EOFError) as error:
        raise ProblemError(errors.undecodable(name, error)) from None


def _reduced(image: Image.Image, width: int, height: int) -> Image.Image:
    reduced = image.copy()
    reduced.thumbnail((width, height), Image.Resampling.LANCZOS)
    return reduced


def _encoded(image: Image.Image, sizes: Sequence[tuple[int, int]]) -> tuple[EncodedImage, ...]:
    """The image as PNG, without any metadata, at each size; of equal ones the first."""
    by_size: dict[tuple[int, int], EncodedImage] = {}
    for size in sizes:
        reduced = _reduced(image, *size)
        if reduced.size not in by_size:
            target = io.BytesIO()
            reduced.save(target, "PNG")
            by_size[reduced.size] = EncodedImage(*reduced.size, target.getvalue())
    return tuple(by_size.values())
