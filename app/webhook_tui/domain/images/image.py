"""An image that a payload links to, what the process that loads it is asked for, and what that reports. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from webhook_tui.domain.errors import Problem

LARGEST_BYTES = 20_000_000
"""Of one image as it is sent."""
LARGEST_SIDE = 400
"""Pixels of a thumbnail in either direction: more than the cells of any terminal window that can be read."""
LARGEST_ENCODED_SIDE = 1280
"""Pixels, in either direction, of an image that a terminal draws itself: a photograph takes about 2 MB as PNG."""


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
    encoded_sizes: tuple[tuple[int, int], ...] = ()
    """Widths and heights in pixels, the smallest first, to each of which the image is also to be encoded as PNG."""


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


class EncodedImage(Struct, frozen=True):
    """An image as PNG, encoded from decoded pixels: it holds nothing else of what was received."""

    width: int
    height: int
    """Pixels."""
    png: bytes


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
    encoded: tuple[EncodedImage, ...] = ()
    """The image at the sizes that were requested, the smallest first; equal ones once."""

    @property
    def memory_bytes(self) -> int:
        """What it takes in memory."""
        return len(self.pixels) + sum(len(image.png) for image in self.encoded)

    def encoded_for(self, width: int, height: int) -> EncodedImage | None:
        """Return the smallest encoded image that fills so many pixels in one direction, else the largest, if any."""
        filling = (image for image in self.encoded if image.width >= width or image.height >= height)
        return next(filling, self.encoded[-1] if self.encoded else None)


class LoadFailed(Struct, frozen=True, tag=True):
    """There is no picture."""

    problem: Problem


class LoadedImages(Struct):
    """What is known of images, by their links; it changes while they are loaded."""

    pictures: dict[str, Picture] = field(default_factory=dict)
    progress: dict[str, Progress | None] = field(default_factory=dict)
    """Of those that are being loaded; None: nothing has arrived yet."""
    problems: dict[str, Problem] = field(default_factory=dict)
    """Why others could not be loaded."""

    def add(self, url: str, picture: Picture, *, most: int, most_bytes: int) -> None:
        """Add a picture. The oldest are dropped while there are more than `most`.

        While they take more than `most_bytes`, the oldest keep only the smallest of their encoded images: a contact
        sheet that shows them all does not load them again.
        """
        self.pictures.pop(url, None)
        self.pictures[url] = picture
        for oldest in [*self.pictures][:-most]:
            del self.pictures[oldest]
        total = sum(each.memory_bytes for each in self.pictures.values())
        for oldest, each in [*self.pictures.items()][:-1]:
            if total <= most_bytes:
                break
            self.pictures[oldest] = replace(each, encoded=each.encoded[:1])
            total -= each.memory_bytes - self.pictures[oldest].memory_bytes

    def missing(self, urls: Iterable[str]) -> list[str]:
        """Return those of the links that have no picture."""
        return [url for url in urls if url not in self.pictures]


class Downloading(Struct, frozen=True):
    """How far images are saved."""

    url: str
    """Of the one that is being saved."""
    place: int
    """Which one it is, from 1."""
    count: int
    folder: str
    """Where they are saved; raw."""
    progress: Progress | None = None
    """Of that one; None: nothing has arrived yet."""


class Downloaded(Struct, frozen=True):
    """What came of saving images."""

    sentence: str
    """For people; harmless."""
    job: str
    """Whose images they are; raw. "": they have no folder of their own."""
    folder: str
    """Where those are that could be saved; raw. "": none could."""
    failed: tuple[str, ...] = ()
    """The links of the others."""


Report = Progress | Picture | Saved | LoadFailed
"""One line of the process that loads."""
