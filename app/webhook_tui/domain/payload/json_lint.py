"""A body's JSON read for what a decoder hides: duplicate keys, NaN, numbers beyond double; and its field paths."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from webhook_tui.domain.delivery.text import shortened, visible
from webhook_tui.domain.payload.json_decoder import NestingError, decode

LARGEST_LINTED = 1_048_576
"""Bytes of a body up to which its JSON is checked."""
MOST_PATHS = 2000
LONGEST_PATH = 300
"""Characters of a path beyond which nothing within it is checked: keys can be long and nested."""

_MOST_ODDITIES = 6
_LONGEST_SHOWN = 40
_SURE_DIGITS = 15
_MOST_DIGITS = 1100
_MAY_BE_LONE = re.compile(r"\\u[dD][89a-fA-F]")
_LONE = re.compile("[\ud800-\udfff]")


class Number(str):
    """The lexeme of a JSON number: nothing is rounded and no limit on digits applies."""

    __slots__ = ()


class Reading(Struct, frozen=True):
    """What a body's JSON is, numbers as `Number`, and what is odd about it."""

    value: object = None
    error: str | None = None
    """Why the body could not be read, as a note."""
    oddities: tuple[str, ...] = ()


def read(body: bytes) -> Reading:
    """Read a body of UTF-8, -16 or -32; never raises."""
    hooks = _Hooks()
    try:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
        value = decode(
            text,
            object_pairs_hook=hooks.members,
            parse_int=hooks.number,
            parse_float=hooks.number,
            parse_constant=hooks.constant,
        )
    except (NestingError, MemoryError):
        return Reading(error="the JSON is nested too deeply to be read")
    except ValueError:
        return Reading(error="the body is not JSON")
    if _MAY_BE_LONE.search(text) is not None and _has_lone_surrogate(value):
        hooks.found["half of a surrogate pair in a text"] = None
    return Reading(value, None, tuple(hooks.found)[:_MOST_ODDITIES])


def field_paths(body: bytes) -> frozenset[str]:
    """Where a body has values: `data.output.full_size`, `data.results[].status`; empty when it is not a JSON object.

    At most about 2,000 paths of at most 300 characters, of bodies up to 1 MiB.
    """
    if len(body) > LARGEST_LINTED:
        return frozenset()
    root = read(body).value
    return paths_of(root) if isinstance(root, dict) else frozenset()


def paths_of(root: object) -> frozenset[str]:
    """The same of a value that was read."""
    found: set[str] = set()
    waiting: list[tuple[str, object]] = [("", root)]
    while waiting and len(found) < MOST_PATHS:
        path, value = waiting.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                name = f"{path}.{key}" if path else str(key)
                if len(name) <= LONGEST_PATH:
                    found.add(name)
                    waiting.append((name, inner))
        elif isinstance(value, list) and len(path) < LONGEST_PATH:
            waiting.extend((f"{path}[]", inner) for inner in value)
    return frozenset(found)


def shown(value: object) -> str:
    """Received text in a note: harmless, one line, at most 40 characters."""
    return shortened(visible(value if isinstance(value, str | bytes) else str(value)), _LONGEST_SHOWN)


class _Hooks:
    """Notes oddities, each once, in order, while the decoder reads."""

    def __init__(self) -> None:
        self.found: dict[str, None] = {}

    def members(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) < len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    self.found[f"duplicate key {shown(key)}"] = None
                seen.add(key)
        return made

    def number(self, lexeme: str) -> Number:
        if _is_beyond_double(lexeme):
            self.found[f"number beyond double: {shown(lexeme)}"] = None
        return Number(lexeme)

    def constant(self, lexeme: str) -> Number:
        self.found[f"{lexeme} is not JSON"] = None
        return Number(lexeme)


def _is_beyond_double(lexeme: str) -> bool:
    """Whether a program that keeps numbers as doubles, as JavaScript does, writes another number back."""
    if len(lexeme) <= _SURE_DIGITS and "e" not in lexeme.lower():
        return False
    if len(lexeme) > _MOST_DIGITS:
        return True
    value = float(lexeme)
    try:
        return not math.isfinite(value) or Decimal(repr(value)) != Decimal(lexeme)
    except InvalidOperation:
        return value != 0


def _has_lone_surrogate(root: object) -> bool:
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and _LONE.search(value) is not None:
            return True
        if isinstance(value, dict):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False
