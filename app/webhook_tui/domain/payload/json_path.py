"""Values at a path into decoded JSON."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_INDEX_DIGITS = 9


def values_at(value: object, path: Sequence[str]) -> list[object]:
    """All values at the path: a number counts in a list, any other key applies to each object of a list."""
    found = [value]
    for key in path:
        found = [below for one in found for below in _below(one, key)]
    return found


def _below(value: object, key: str) -> list[object]:
    if isinstance(value, dict):
        return [value[key]] if key in value else []
    if not isinstance(value, list):
        return []
    if key.isascii() and key.isdecimal() and len(key) <= _MOST_INDEX_DIGITS:
        return value[int(key) :][:1]
    return [one[key] for one in value if isinstance(one, dict) and key in one]
