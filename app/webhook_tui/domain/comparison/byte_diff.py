"""The changes of an edited body, byte for byte: removed and added lines, cut to where they differ.

Pure. The bytes in it are raw: sanitise before showing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from msgspec import Struct

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
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
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
        start = max(0, first_difference(one, other) - _BEFORE)
        yield _change("-", one, start)
        yield _change("+", other, start)


def _change(sign: str, line: bytes, start: int) -> Change:
    text = line.removesuffix(b"\n")
    start = min(start, max(0, len(text) - _BEFORE))
    end = start + _SHOWN
    return Change(sign, text[start:end], start > 0, end < len(text), not line.endswith(b"\n"))
