"""Decodes an image into a thumbnail. Imported by the child process alone: decoders are attacked with broken files."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.images.image import Picture
from webhook_tui.images import errors

MOST_PIXELS = 50_000_000
"""Of an image; decoded it takes up to four bytes a pixel."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_SCALABLE = frozenset({"L", "RGB", "RGBA", "LA"})
"""Modes that are reduced before anything else, so that no other copy is as large as the image."""
_WHITE = (255, 255, 255, 255)


def thumbnail(content: bytes, width: int, height: int, *, content_type: str = "") -> Picture:
    """Return the first frame of an image, reduced to at most `width` by `height` pixels, never enlarged.

    Transparency is shown on white. Raises ProblemError when it is no image of the four formats, is broken, or has more
    than 50 million pixels.
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
            opened.draft("RGB", (2 * width, 2 * height))  # lets the JPEG decoder skip what would be averaged away
            image = opened if opened.mode in _SCALABLE else opened.convert("RGBA")
            image.thumbnail((max(width, height), max(width, height)), Image.Resampling.LANCZOS)
            turned = ImageOps.exif_transpose(image)
            if turned.size != image.size:
                columns, rows = rows, columns
            turned.thumbnail((width, height), Image.Resampling.LANCZOS)
            shown = Image.new("RGBA", turned.size, _WHITE)
            shown.alpha_composite(turned.convert("RGBA"))
            pixels = shown.convert("RGB").tobytes()
            return Picture(*turned.size, pixels, columns, rows, name, len(content))
    except UnidentifiedImageError:
        raise ProblemError(errors.not_an_image(content_type, len(content))) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ProblemError(errors.too_many_pixels(MOST_PIXELS)) from None
    except MemoryError:
        raise ProblemError(errors.NEEDS_MEMORY) from None
    except (OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, OverflowError, EOFError) as error:
        raise ProblemError(errors.undecodable(name, error)) from None
