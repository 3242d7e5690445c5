"""Remarks on indented JSON: duplicate keys, numbers that a double cannot hold, lone surrogates.

Most programs keep the last of two equal keys, round such numbers and fail on a lone surrogate, so they see another
event than the one shown.
"""

from __future__ import annotations

import json
import re

from webhook_tui.domain.delivery.text import shortened, visible
from webhook_tui.ui.widgets.payload.document import is_utf8
from webhook_tui.ui.widgets.payload.line_index import LineIndex

LARGEST_CHECKED = 2 * 1024 * 1024
"""Bytes of indented JSON that are checked; more would take too long."""

_MOST_NOTES = 20
_LONGEST_NAME = 40
_ESCAPES = re.compile(rb'(?:\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt]))+')
_MAY_BE_LONE = re.compile(rb"\\u[dD][89a-fA-F]")
_KEY = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+"): ')
_NUMBER = re.compile(rb"-?\d[\d.eE+-]*")
_EXACT_DIGITS = 15
_MOST_DIGITS = 17
_LARGEST_EXACT_TEXT = 400


def notes_on(lines: LineIndex) -> tuple[tuple[str, ...], frozenset[int]]:
    """Return short phrases, and the numbers of the lines that they concern."""
    if len(lines.body) > LARGEST_CHECKED:
        return ("too large to check for duplicate keys",), frozenset()
    notes: dict[str, None] = {}
    odd: set[int] = set()
    if not is_utf8(lines.body):
        notes["bytes that are not UTF-8"] = None
    odd |= _halves(lines, notes)
    keys: list[set[bytes]] = []
    for index, raw in enumerate(lines):
        content = raw.lstrip(b" ")
        match = _KEY.match(content)
        if match:
            if match[1] in keys[-1]:
                notes[f"duplicate key {_short(match[1])}"] = None
                odd.add(index)
            keys[-1].add(match[1])
            content = content[match.end() :]
        if content[:1] in b"-0123456789" and content:
            number = _NUMBER.match(content)
            if number and not fits_a_double(number.group()):
                notes[f"number beyond double: {_short(number.group())}"] = None
                odd.add(index)
        if content[-1:] in (b"{", b"["):
            keys.append(set())
        elif content[:1] in (b"}", b"]"):
            keys.pop()
    return tuple(notes)[:_MOST_NOTES], frozenset(odd)


def _halves(lines: LineIndex, notes: dict[str, None]) -> set[int]:
    if _MAY_BE_LONE.search(lines.body) is None:
        return set()
    found = {index for index, raw in enumerate(lines) if has_lone_surrogate(raw)}
    if found:
        notes["half of a surrogate pair in a text"] = None
    return found


def fits_a_double(number: bytes) -> bool:
    """Whether a JSON number survives being read as a double, which is what most programs do."""
    if len(number) <= _EXACT_DIGITS:
        return b"e" not in number.lower() or abs(float(number)) != float("inf")
    if len(number) > _LARGEST_EXACT_TEXT:
        return False
    value = float(number)
    if abs(value) == float("inf"):
        return False
    if number.lstrip(b"-").isdigit():
        return int(value) == int(number)
    mantissa = number.lower().partition(b"e")[0].replace(b".", b"").strip(b"-").strip(b"0")
    return len(mantissa) <= _MOST_DIGITS


def has_lone_surrogate(raw: bytes) -> bool:
    """Whether escapes in JSON text name one half of a surrogate pair without the other."""
    if _MAY_BE_LONE.search(raw) is None:
        return False
    for escapes in _ESCAPES.findall(raw):  # what stands together; anything between two halves keeps them apart
        try:
            json.loads(b'"%b"' % escapes).encode()
        except UnicodeEncodeError:
            return True
    return False


def _short(raw: bytes) -> str:
    return shortened(visible(raw[: 4 * _LONGEST_NAME]), _LONGEST_NAME)
