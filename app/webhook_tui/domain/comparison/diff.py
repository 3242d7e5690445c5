"""The differences of two bodies: of their JSON by path, and byte for byte by line. Received text in them is raw.

Of JSON, white space, key order and escapes do not count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from io import BytesIO
from itertools import islice, takewhile

from msgspec import Struct

from webhook_tui.domain.delivery.text import shortened
from webhook_tui.domain.payload.json_decoder import decode
from webhook_tui.domain.payload.json_lint import Number

LARGEST_COMPARED = 1_048_576
"""Bytes of either body up to which JSON is compared; beyond that only equal bytes are known to be equal."""

_MOST_COUNTED = 1000
_MOST_SHOWN = 500
_LONGEST_SHOWN = 300
"""Characters of a path or a value: a key can be as long as the body."""
_NOTHING = object()
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def differing_paths(one: bytes, other: bytes) -> int | None:
    """Return at how many paths two bodies differ, at most 1,000; None when they are too large to be compared.

    A path that only one of them has counts once, whatever lies below it. What is not JSON differs as a whole.
    """
    if one == other:
        return 0
    if max(len(one), len(other)) > LARGEST_COMPARED:
        return None
    try:
        left, right = _read(one), _read(other)
    except (ValueError, MemoryError):
        return 1
    return sum(1 for _ in islice(_differing(left, right), _MOST_COUNTED))


def first_differing_path(one: bytes, other: bytes) -> str:
    """Return the first path at which two bodies differ; `$` when one of them is not JSON."""
    changes = changed_paths(one, other)
    return changes[0].path if changes else "$"


class PathChange(Struct, frozen=True):
    """One path with different values; texts are raw JSON: sanitise before showing."""

    path: str
    before: str | None
    """None: only the other body has it."""
    after: str | None
    """None: the other body does not have it."""
    before_size: int | None = None
    """How many keys or items it had, where it was an object or an array."""
    after_size: int | None = None


def changed_paths(one: bytes, other: bytes) -> tuple[PathChange, ...] | None:
    """Return what was added, removed and changed, at most 500 paths; None when the two are not comparable JSON.

    Items of arrays are compared by their place.
    """
    if max(len(one), len(other)) > LARGEST_COMPARED:
        return None
    try:
        return tuple(
            PathChange(shortened(path, _LONGEST_SHOWN), _shown(left), _shown(right), _size(left), _size(right))
            for path, left, right in islice(_differing(_read(one), _read(other)), _MOST_SHOWN)
        )
    except (ValueError, MemoryError):
        return None


def _differing(left: object, right: object, path: str = "$") -> Iterator[tuple[str, object, object]]:
    """Yield each path with different values, and the two; `_NOTHING` where one has none."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in (*left, *(key for key in right if key not in left)):
            yield from _differing(left.get(key, _NOTHING), right.get(key, _NOTHING), path + _step(key))
    elif isinstance(left, list) and isinstance(right, list):
        for index in range(max(len(left), len(right))):
            one = left[index] if index < len(left) else _NOTHING
            other = right[index] if index < len(right) else _NOTHING
            yield from _differing(one, other, f"{path}[{index}]")
    elif left is _NOTHING or right is _NOTHING or not _same(left, right):
        yield path, left, right


def _step(key: str) -> str:
    return f".{key}" if _PLAIN_KEY.fullmatch(key) else f"[{json.dumps(key)}]"


def _shown(value: object) -> str | None:
    return None if value is _NOTHING else json.dumps(value, ensure_ascii=False)[:_LONGEST_SHOWN]


def _size(value: object) -> int | None:
    return len(value) if isinstance(value, dict | list) else None


def keeps_key_order(one: bytes, other: bytes) -> bool:
    """Whether keys that both have at the same path stand in the same order; True where nothing can be compared."""
    if max(len(one), len(other)) > LARGEST_COMPARED:
        return True
    try:
        waiting = [(_read(one), _read(other))]
    except (ValueError, RecursionError, MemoryError):
        return True
    while waiting:
        left, right = waiting.pop()
        if isinstance(left, dict) and isinstance(right, dict):
            if [key for key in left if key in right] != [key for key in right if key in left]:
                return False
            waiting.extend((left[key], right[key]) for key in left if key in right)
        elif isinstance(left, list) and isinstance(right, list):
            waiting.extend(zip(left, right, strict=False))
    return True


def _read(body: bytes) -> object:
    return decode(body, parse_constant=Number)


def _same(one: object, other: object) -> bool:
    """Whether two values are equal in JSON: 1 and 1.0 are, true and 1 are not (in Python they are)."""
    numbers = (int, float)
    if isinstance(one, numbers) and isinstance(other, numbers):
        return isinstance(one, bool) == isinstance(other, bool) and one == other
    return type(one) is type(other) and one == other


_MOST_COMPARED = 400
"""Lines; more are shown as one changed block, because comparing takes the square of their number."""
_BEFORE, _SHOWN = 20, 60
"""Bytes of a line that are shown before a difference, and in all."""


class Change(Struct, frozen=True):
    """One removed (`-`) or added (`+`) line."""

    sign: str
    text: bytes
    cut_before: bool = False
    cut_after: bool = False
    ends_without_newline: bool = False
    """It is the last one, and no LF follows."""


def first_difference(before: bytes, after: bytes) -> int:
    """How many bytes at the beginning are the same."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if before[:middle] == after[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def byte_diff(before: bytes, after: bytes, *, most: int) -> tuple[Change, ...]:
    """The first `most` changed lines."""
    old, new = BytesIO(before).readlines(), BytesIO(after).readlines()  # `splitlines` ends lines at CR, too
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    old, new = old[head:], new[head:]
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(reversed(old), reversed(new), strict=False)))
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    changes: list[Change] = []
    for removed, added in _blocks(old, new):
        changes += _block(removed, added)
        if len(changes) >= most:
            break
    return tuple(changes[:most])


def _blocks(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[tuple[Sequence[bytes], Sequence[bytes]]]:
    if max(len(old), len(new)) > _MOST_COMPARED:
        yield old, new
        return
    for tag, i, j, m, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield old[i:j], new[m:n]


def _block(removed: Sequence[bytes], added: Sequence[bytes]) -> Iterator[Change]:
    if len(removed) != len(added):
        yield from (_change("-", line, 0) for line in removed)
        yield from (_change("+", line, 0) for line in added)
        return
    for one, other in zip(removed, added, strict=True):
        if one == other:  # in a block of too many lines
            continue
        start = max(0, first_difference(one, other) - _BEFORE)
        yield _change("-", one, start)
        yield _change("+", other, start)


def _change(sign: str, line: bytes, start: int) -> Change:
    text = line.removesuffix(b"\n")
    start = min(start, max(0, len(text) - _BEFORE))
    end = start + _SHOWN
    return Change(sign, text[start:end], start > 0, end < len(text), not line.endswith(b"\n"))
