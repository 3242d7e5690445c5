"""Which links of a payload lead to images, and which of them is the input of which result.

PiktID documents no field of `data`: the names are those of its job API (`output.full_size`, `inputs`), of its assets
(`url`, `thumbnail_big`) and of the notifications of its first version (`link`, `links.l`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from posixpath import splitext
from typing import TypeAlias
from urllib.parse import urlsplit

from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.jobs.job import FILE_FIELDS, QUALITY_FIELD, USUAL_FIELDS, JobFields, job_images, score
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
_Described: TypeAlias = "dict[str, Mapping[str, object]]"
"""Links, each with the object that describes its image."""


def image_links(body: bytes) -> tuple[ImageLink, ...]:
    """Return the images that the body of an event links to, at most nine, each once; none if it is not JSON.

    They are looked for in the fields of PiktID's job API first.
    """
    if len(body) > LARGEST_SEARCHED or b"http" not in body:
        return ()
    try:
        document = decode(body)
    except ValueError:  # too deep, too
        return ()
    data = document.get("data", document) if isinstance(document, dict) else document
    return images_of(data, USUAL_FIELDS)


def images_of(data: object, fields: JobFields) -> tuple[ImageLink, ...]:
    """Return the results that the data of an event links to, else its inputs: at most nine, each once."""
    results, inputs = _by_role(data, fields)
    return _images(results, inputs) if results else _images(inputs, {})


def result_images(data: object, fields: JobFields) -> tuple[ImageLink, ...]:
    """Return the results that the data of an event links to, at most nine, each once."""
    return _images(*_by_role(data, fields))


def _by_role(data: object, fields: JobFields) -> tuple[_Described, _Described]:
    """Return the results and the inputs, each with the object that describes it."""
    given = job_images(data, fields)
    results: _Described = {url: {} for url in given}
    inputs: _Described = {}
    for url, has_input_name, around in _links(data, frozenset(given)):
        is_input = url in inputs or (has_input_name and url not in results)
        (inputs if is_input else results)[url] = around
    return results, inputs


def _images(results: _Described, inputs: _Described) -> tuple[ImageLink, ...]:
    if len(inputs) != len(results) > 1:  # which one belongs to which is not known then
        inputs = {}
    before = dict(zip(results, inputs, strict=False))
    return tuple(_image(url, before.get(url, ""), around) for url, around in islice(results.items(), MOST_LINKS))


def _image(url: str, before: str, around: Mapping[str, object]) -> ImageLink:
    names = (name for field in FILE_FIELDS if isinstance(name := around.get(field), str) and name)
    index = around.get("image_index")
    return ImageLink(
        url,
        before,
        name=next(names, "")[:_LONGEST_NAME],
        quality=score(around.get(QUALITY_FIELD)),
        index=index if isinstance(index, int) and not isinstance(index, bool) else None,
    )


def safe_name(text: str, most: int) -> str:
    """Return text as the name of a file or a directory: no separators, control characters or leading dots.

    It is cut to `most` bytes: file systems count these.
    """
    name = "".join(char if char.isalnum() or char in "._-" else "_" for char in text).lstrip(".")
    return name.encode()[:most].decode("utf-8", "ignore")


def _links(data: object, given: frozenset[str]) -> Iterator[tuple[str, bool, Mapping[str, object]]]:
    """Yield each link that is given or leads to an image, whether it is an input's, and the object that describes it.

    An object without an `image_index` has that of the nearest object around it.
    """
    waiting: list[tuple[object, str, bool, Mapping[str, object]]] = [(data, "", False, {})]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        value, name, is_input, around = waiting.pop()
        if isinstance(value, dict):
            named = {str(key).lower(): below for key, below in value.items()}
            reduced = _REDUCED if "full_size" in named or "l" in named else frozenset()
            if not _DESCRIBING.isdisjoint(named):
                around = {"image_index": around.get("image_index"), **value}
            waiting += [
                (below, name, is_input or name in _INPUTS, around)
                for name, below in reversed(named.items())
                if name not in reduced and isinstance(below, str | dict | list)
            ]
        elif isinstance(value, list):
            waiting += [(below, name, is_input, around) for below in reversed(value)]
        elif isinstance(value, str) and (value in given or _leads_to_image(value, name, is_input=is_input)):
            yield value, is_input, around


def _leads_to_image(text: str, name: str, *, is_input: bool) -> bool:
    if not text.startswith("http") or len(text) > LONGEST_LINK or links(text) != [text]:
        return False
    return is_input or name in _NAMES or splitext(urlsplit(text).path)[1].lower() in SUFFIXES
