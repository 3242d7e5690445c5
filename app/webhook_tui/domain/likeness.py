"""How much the JSON of two bodies differs, counted in paths: spacing, key order and escapes do not count."""

from __future__ import annotations

import json

from webhook_tui.domain.oddities import Number

LARGEST_COMPARED = 1_048_576
"""Bytes of either body up to which JSON is compared; beyond that only equal bytes are known to be equal."""

_MOST_COUNTED = 1000


def differing_paths(one: bytes, other: bytes) -> int | None:
    """At how many paths two bodies differ, at most 1,000; None when they are too large to be compared.

    A path that only one of them has counts once, whatever lies below it. What is not JSON differs as a whole.
    """
    if one == other:
        return 0
    if max(len(one), len(other)) > LARGEST_COMPARED:
        return None
    try:
        left, right = _read(one), _read(other)
    except (ValueError, RecursionError, MemoryError):
        return 1
    return _count(left, right)


def _read(body: bytes) -> object:
    return json.loads(body, parse_constant=Number)


def _count(left: object, right: object) -> int:
    found = 0
    waiting: list[tuple[object, object]] = [(left, right)]
    while waiting and found < _MOST_COUNTED:
        one, other = waiting.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            shared = one.keys() & other.keys()
            found += len(one.keys() ^ other.keys())
            waiting.extend((one[key], other[key]) for key in shared)
        elif isinstance(one, list) and isinstance(other, list):
            found += abs(len(one) - len(other))
            waiting.extend(zip(one, other, strict=False))
        else:
            found += not _same(one, other)
    return min(found, _MOST_COUNTED)


def _same(one: object, other: object) -> bool:
    """1 and 1.0 are the same number in JSON; true and 1 are not, though Python says so."""
    numbers = (int, float)
    if isinstance(one, numbers) and isinstance(other, numbers):
        return isinstance(one, bool) == isinstance(other, bool) and one == other
    return type(one) is type(other) and one == other
