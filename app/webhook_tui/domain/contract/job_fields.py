"""Finds the fields of a contract that hold a job's id, status, progress and image links.

PiktID documents no field of `data`: what is found by the names and values that were seen is a guess, which the options
for job fields replace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from webhook_tui.domain.contract.event_contract import EventContract
from webhook_tui.domain.contract.field import MOST_LISTED, Field
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.jobs.job import JobFields

_MOST_FOUND = 10
"""Fields of one kind."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ID = re.compile(
    r"(?:^|_)(?:job|task)_?(?:id|uuid|key)$|^(?:id|uuid)_(?:job|task)$|^(?:job|task)$|(?:^|\.)(?:job|task)\.id$"
)
_STATUS = re.compile(r"(?:^|_)(?:status|state)$")
_PERCENT = re.compile(r"(?:^|_)(?:progress|percent|percentage|percent_(?:done|complete))$")
_DONE = re.compile(r"^(?:processed|completed|finished|done)_(\w+)$")
_IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".tif", ".tiff", ".bmp")
_THUMBNAIL = re.compile("thumb|preview|input|source|original")


def found_fields(contracts: Iterable[EventContract], usual: JobFields) -> JobFields:
    """Return the usual fields with those that were found besides, as paths below `data`."""
    ids: list[str] = []
    status: list[str] = []
    progress: list[str] = []
    images: list[str] = []
    for contract in contracts:
        data = contract.root.children.get("data")
        if data is None:
            continue
        fields = {path: field for path, field in _paths(data, ()) if not any("." in name for name in path)}
        names = {path: _CAMEL.sub("_", ".".join(path)).lower() for path in fields}
        for path, field in fields.items():
            text, name = ".".join(path), names[path]
            if _ID.search(name.rpartition(".")[2]) or _ID.search(name):
                ids += [text] if _is_scalar(field, JsonType.STRING, JsonType.INTEGER) else []
            elif _STATUS.search(name) and "." not in name and _has_few_values(field):
                status.append(text)
            elif _PERCENT.search(name) and _is_share(field):
                progress.append(text)
            elif _are_images(field) and not _THUMBNAIL.search(name):
                images.append(text)
            progress += _pairs(path, fields)
    return JobFields(
        ids=_joined(usual.ids, ids),
        status=_joined(usual.status, status),
        progress=_joined(usual.progress, progress),
        images=_joined(usual.images, images),
    )


def _joined(usual: Iterable[str], found: Iterable[str]) -> tuple[str, ...]:
    known = tuple(usual)
    others = [path for path in dict.fromkeys(found) if path not in known]
    return (*known, *others[:_MOST_FOUND])


def _paths(field: Field, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Field]]:
    for name, child in field.children.items():
        yield (*path, name), child
        yield from _paths(child, (*path, name))
    if field.items is not None:
        yield from _paths(field.items, path)


def _is_scalar(field: Field, *kinds: JsonType) -> bool:
    return bool(field.types) and field.types.keys() <= {*kinds, JsonType.NULL}


def _has_few_values(field: Field) -> bool:
    return _is_scalar(field, JsonType.STRING) and len(field.distinct) <= MOST_LISTED


def _is_share(field: Field) -> bool:
    """Whether its numbers are percentages."""
    if not _is_scalar(field, JsonType.INTEGER, JsonType.NUMBER) or field.lowest is None or field.highest is None:
        return False
    return field.lowest >= 0 and field.highest <= 100


def _are_images(field: Field) -> bool:
    """Whether all its strings are links and the newest ones lead to files that images have."""
    if "uri" not in field.formats:
        return False
    links = [sample.value for sample in field.samples if isinstance(sample.value, str)]
    return bool(links) and all(_is_image(link) for link in links)


def _is_image(link: str) -> bool:
    try:
        return urlsplit(link).path.lower().endswith(_IMAGES)
    except ValueError:
        return False


def _pairs(path: tuple[str, ...], fields: dict[tuple[str, ...], Field]) -> list[str]:
    """`processed_images/total_images` where both are numbers."""
    done = _DONE.match(path[-1])
    total = None if done is None else (*path[:-1], f"total_{done[1]}")
    if total is None or total not in fields:
        return []
    if not all(_is_scalar(fields[one], JsonType.INTEGER) for one in (path, total)):
        return []
    return [f"{'.'.join(path)}/{'.'.join(total)}"]
