"""Which links of a payload lead to images, and which of them is the input of which result.

PiktID documents no field of `data`: the names are those of its job API (`output.full_size`, `inputs`), of its assets
(`url`, `thumbnail_big`) and of the notifications of its first version (`link`, `links.l`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import splitext
from urllib.parse import urlsplit

from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.jobs.job import FILE_FIELDS, QUALITY_FIELD, JobFields, job_images
from webhook_tui.domain.payload.json_decoder import decode
from webhook_tui.domain.payload.links import LONGEST_LINK, MOST_LINKS, links

LARGEST_SEARCHED = 1_048_576
"""Bytes of a body that is searched for images."""
_MOST_VALUES = 20_000
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})
_NAMES = frozenset({"full_size", "image", "image_url", "output", "output_url", "result_url", "link", "l"})
_INPUTS = frozenset({"input", "inputs", "input_url", "input_image", "original", "original_url", "source", "before"})
_REDUCED = frozenset({"thumbnail", "thumbnail_big", "thumbnail_small", "thumb", "n", "t"})
"""Smaller copies of what `full_size` or `l` beside them leads to."""
_DESCRIBING = frozenset({*FILE_FIELDS, QUALITY_FIELD, "image_index"})
"""Fields of the object that an image is described by."""
_LONGEST_NAME = 256


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
    return images_of(data, fields or JobFields())


def images_of(data: object, fields: JobFields) -> tuple[ImageLink, ...]:
    """Return the images that the data of an event links to, at most nine, each once."""
    found: dict[str, tuple[bool, Mapping[str, object]]] = {url: (False, {}) for url in job_images(data, fields)}
    for url, is_input, around in _links(data):
        known = found.get(url)
        found[url] = (is_input if known is None else known[0], around)
    results = [url for url, (is_input, _) in found.items() if not is_input]
    inputs = [url for url, (is_input, _) in found.items() if is_input]
    if not results:
        results, inputs = inputs, []
    if len(inputs) != len(results):  # which one belongs to which is then unknown, unless there is one result
        inputs = inputs[:1] if len(results) == 1 else []
    before = dict(zip(results, inputs, strict=False))
    return tuple(_image(url, before.get(url, ""), found[url][1]) for url in results[:MOST_LINKS])


def _image(url: str, before: str, around: Mapping[str, object]) -> ImageLink:
    names = (name for field in FILE_FIELDS if isinstance(name := around.get(field), str) and name)
    quality, index = around.get(QUALITY_FIELD), around.get("image_index")
    return ImageLink(
        url,
        before,
        name=next(names, "")[:_LONGEST_NAME],
        quality=float(quality) if isinstance(quality, int | float) and not isinstance(quality, bool) else None,
        index=index if isinstance(index, int) and not isinstance(index, bool) else None,
    )


def safe_name(text: str) -> str:
    """Return text as the name of a file or a directory: no separators, control characters or leading dots."""
    return "".join(char if char.isalnum() or char in "._-" else "_" for char in text).lstrip(".")


def _links(data: object) -> Iterator[tuple[str, bool, Mapping[str, object]]]:
    """Each link that leads to an image, whether it is an input's, and the object that describes it, in order."""
    waiting: list[tuple[object, str, bool, Mapping[str, object]]] = [(data, "", False, {})]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        value, name, is_input, around = waiting.pop()
        if isinstance(value, dict):
            names = {str(key).lower() for key in value}
            reduced = _REDUCED if names & {"full_size", "l"} else frozenset()
            around = value if _DESCRIBING & names else around
            waiting += [
                (below, str(key).lower(), is_input or str(key).lower() in _INPUTS, around)
                for key, below in reversed(value.items())
                if str(key).lower() not in reduced
            ]
        elif isinstance(value, list):
            waiting += [(below, name, is_input, around) for below in reversed(value)]
        elif isinstance(value, str) and len(value) <= LONGEST_LINK and _leads_to_image(value, name, is_input=is_input):
            yield value, is_input, around


def _leads_to_image(text: str, name: str, *, is_input: bool) -> bool:
    if links(text) != [text]:
        return False
    return is_input or name in _NAMES or splitext(urlsplit(text).path)[1].lower() in SUFFIXES
