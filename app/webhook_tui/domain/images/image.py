"""An image that a payload links to, what the process that loads it is asked for, and what that reports. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct

from webhook_tui.domain.errors import Problem

LARGEST_BYTES = 20_000_000
"""Of one image as it is sent."""
LARGEST_SIDE = 400
"""Pixels of a thumbnail in either direction: more than the cells of any terminal window that can be read."""


class ImageLink(Struct, frozen=True):
    """The link of one image, and what the payload says of it. Raw words: sanitise before showing."""

    url: str
    before: str = ""
    """The link of the input that it was made from; "" where the payload names none."""
    name: str = ""
    """Of the file that it was made from."""
    quality: float | None = None
    """Its score, of 0 to 1 in the samples of PiktID's job API."""
    index: int | None = None
    """Its `image_index`."""

    @property
    def host(self) -> str:
        """The host, with its port unless it is the usual one."""
        return urlsplit(self.url).netloc.lower()


class ImageRequest(Struct, frozen=True):
    """One image to load."""

    url: str
    width: int
    height: int
    """The largest thumbnail that is wanted, in pixels; the image keeps its proportions and is never enlarged."""
    local_origin: str = ""
    """`http://127.0.0.1:PORT` of the sandbox, the one origin that may be fetched from without https; "" for none."""
    folder: str = ""
    """The directory in which the image is to be saved as it is; "": it is to be decoded."""


class Saved(Struct, frozen=True, tag=True):
    """The image is saved as it was received."""

    path: str
    size: int
    """Bytes."""


class Progress(Struct, frozen=True, tag=True):
    """How much of the image has arrived."""

    received: int
    """Bytes."""
    total: int | None = None
    """Bytes; None: the server did not say."""


class Picture(Struct, frozen=True, tag=True):
    """The decoded image, reduced to a thumbnail."""

    width: int
    height: int
    """Pixels of the thumbnail."""
    pixels: bytes
    """Three bytes a pixel, red, green, blue, row by row from the top."""
    original_width: int
    original_height: int
    format: str
    """`JPEG`, `PNG`, `WEBP` or `GIF`."""
    size: int
    """Bytes that were received."""


class LoadFailed(Struct, frozen=True, tag=True):
    """There is no picture."""

    problem: Problem


Report = Progress | Picture | Saved | LoadFailed
"""One line of the process that loads."""
