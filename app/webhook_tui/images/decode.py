"""Decodes an image into a thumbnail. Imported by the child process alone: decoders are attacked with broken files."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from webhook_tui.domain import units
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.images.image import Picture

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
                raise _too_many_pixels()
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
        sent = f"the server sent {content_type or 'something else'}, {units.size(len(content))}"
        raise ProblemError(Problem(f"Not an image: {sent}.", "Open the link in a browser.")) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except MemoryError:
        raise ProblemError(Problem("The image needs too much memory.", "Open the link in a browser.")) from None
    except (OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, OverflowError, EOFError) as error:
        reason = "truncated" if "truncated" in str(error).lower() else "broken"
        message = f"The image cannot be decoded ({reason} {name})."
        raise ProblemError(Problem(message, "Open the link in a browser.")) from None


def _too_many_pixels() -> ProblemError:
    limit = f"the limit is {MOST_PIXELS // 1_000_000} million pixels"
    return ProblemError(Problem(f"Not decoded: {limit}.", "Open the link in a browser."))
