"""Images that a payload links to: where the links are, what a process is asked to load, and what it reports.

PiktID documents no field of `data`: the names are those of its job API (`output.full_size`, `inputs`), of its assets
(`url`, `thumbnail_big`) and of the notifications of its first version (`link`, `links.l`).
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import splitext
from urllib.parse import urlsplit

from msgspec import Struct

from webhook_tui.domain.errors import Problem
from webhook_tui.domain.jobs.job import JobFields, job_images
from webhook_tui.domain.payload.json_decoder import decode
from webhook_tui.domain.payload.links import LONGEST_LINK, MOST_LINKS, links

LARGEST_BYTES = 20_000_000
"""Of one image as it is sent."""
LARGEST_SIDE = 400
"""Pixels of a thumbnail in either direction: more than the cells of any terminal window that can be read."""


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


LARGEST_SEARCHED = 1_048_576
"""Bytes of a body that is searched for images."""
_MOST_VALUES = 20_000
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})
_NAMES = frozenset({"full_size", "image", "image_url", "output", "output_url", "result_url", "link", "l"})
_INPUTS = frozenset({"input", "inputs", "input_url", "input_image", "original", "original_url", "source", "before"})
_REDUCED = frozenset({"thumbnail", "thumbnail_big", "thumbnail_small", "thumb", "n", "t"})
"""Smaller copies of what `full_size` or `l` beside them leads to."""


class ImageLink(Struct, frozen=True):
    """The link of one image."""

    url: str
    before: str = ""
    """The link of the input that it was made from; "" where the payload names none."""

    @property
    def host(self) -> str:
        """The host, with its port unless it is the usual one."""
        return urlsplit(self.url).netloc.lower()


def image_links(body: bytes, fields: JobFields | None = None) -> tuple[ImageLink, ...]:
    """Return the images that the body of an event links to, at most nine, each once; none if it is not JSON.

    `fields`: the fields in which images are looked for first, by default those of PiktID's job API.
    """
    if len(body) > LARGEST_SEARCHED or b"http" not in body:
        return ()
    try:
        document = decode(body)
    except ValueError:  # too deep, too
        return ()
    data = document.get("data", document) if isinstance(document, dict) else document
    found = dict.fromkeys(job_images(data, fields or JobFields()), False)
    for url, is_input in _links(data):
        found.setdefault(url, is_input)
    results = [url for url, is_input in found.items() if not is_input]
    inputs = [url for url, is_input in found.items() if is_input]
    if not results:
        results, inputs = inputs, []
    if len(inputs) != len(results):  # which one belongs to which is then unknown, unless there is one result
        inputs = inputs[:1] if len(results) == 1 else []
    before = dict(zip(results, inputs, strict=False))
    return tuple(ImageLink(url, before.get(url, "")) for url in results[:MOST_LINKS])


def safe_name(text: str) -> str:
    """Return text as the name of a file or a directory: no separators, control characters or leading dots."""
    return "".join(char if char.isalnum() or char in "._-" else "_" for char in text).lstrip(".")


def _links(data: object) -> Iterator[tuple[str, bool]]:
    """Each link that leads to an image, and whether it is an input's, in the order of the document."""
    waiting: list[tuple[object, str, bool]] = [(data, "", False)]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        value, name, is_input = waiting.pop()
        if isinstance(value, dict):
            names = {str(key).lower() for key in value}
            reduced = _REDUCED if names & {"full_size", "l"} else frozenset()
            waiting += [
                (below, str(key).lower(), is_input or str(key).lower() in _INPUTS)
                for key, below in reversed(value.items())
                if str(key).lower() not in reduced
            ]
        elif isinstance(value, list):
            waiting += [(below, name, is_input) for below in reversed(value)]
        elif isinstance(value, str) and len(value) <= LONGEST_LINK and _leads_to_image(value, name, is_input=is_input):
            yield value, is_input


def _leads_to_image(text: str, name: str, *, is_input: bool) -> bool:
    if links(text) != [text]:
        return False
    return is_input or name in _NAMES or splitext(urlsplit(text).path)[1].lower() in SUFFIXES
