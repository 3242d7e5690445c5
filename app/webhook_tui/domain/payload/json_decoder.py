"""Decodes received JSON alike on every Python, with one limit of depth and one error each; finds values in it.

How deep the standard library decodes (990, 1,497 or 9,998 levels) and where it sees a trailing comma depends on the
interpreter's version and on the stack of the caller.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import msgspec

DEEPEST = 500
"""Levels of arrays and objects; more are refused. Recursive readers of a decoded value stay below any limit."""

_LARGEST_GROWTH = 64 * 1024 * 1024
"""Bytes that indentation may add; deep nesting would make gigabytes of blanks out of a few megabytes."""
_CHUNK = 65_536
"""Brackets that are counted at once: about a millisecond in which no other thread runs."""
_MOST_STRIPPED = 8
_MOST_INDEX_DIGITS = 9
_BLANKS = " \t\n\r"
_OPENING, _CLOSING = b"[{", b"]}"
_NOT_BRACKETS_OR_QUOTES = bytes(sorted(set(range(256)) - set(_OPENING + _CLOSING + b'"')))
_STEPS = bytes.maketrans(_OPENING + _CLOSING, b"\x01\x01\xff\xff")
_decode = msgspec.json.Decoder().decode
_TRAILING_COMMAS = {
    ("Expecting property name", "}"): "Illegal trailing comma before end of object",
    ("Expecting value", "]"): "Illegal trailing comma before end of array",
}
"""What Python 3.13 and later say of the comma, by what earlier versions say of the bracket behind it."""


class NestingError(ValueError):
    """The JSON is nested deeper than `DEEPEST` levels."""


def decode(body: str | bytes, **options: Any) -> Any:
    """Decode JSON, bytes as UTF-8, -16 or -32, with the options of `json.loads`.

    Raises NestingError, json.JSONDecodeError or another ValueError, and MemoryError.
    """
    if isinstance(body, bytes) and not options:
        return decode_bytes(body)[0]
    return _decode_slowly(body, options)


def decode_bytes(body: bytes) -> tuple[Any, bool]:
    """Return the same without options, and whether the body is strict JSON in UTF-8 (RFC 8259).

    The standard library also takes NaN, lone surrogates and other encodings, and says where it fails.
    """
    if opening_brackets(body) <= DEEPEST:
        try:
            return _decode(body), True
        except (msgspec.MsgspecError, ValueError):
            pass
    return _decode_slowly(body, {}), False


def _decode_slowly(body: str | bytes, options: Mapping[str, Any]) -> Any:
    text = body if isinstance(body, str) else body.decode(json.detect_encoding(body), "surrogatepass")
    if text.count("[") + text.count("{") > DEEPEST and is_too_deep(text.encode("utf-8", "surrogatepass")):
        raise NestingError
    try:
        return json.loads(text, **options)
    except json.JSONDecodeError as error:
        raise _at_trailing_comma(error) from None


def is_too_deep(body: bytes) -> bool:
    """Whether JSON of UTF-8 is nested deeper than `DEEPEST` levels."""
    return opening_brackets(body) > DEEPEST and depth(body) > DEEPEST


def opening_brackets(body: bytes) -> int:
    """How many brackets are opened; where it is more than `DEEPEST`, some number above that.

    `replace` searches for a byte with memchr, `count` compares one after the other: that takes five times as long.
    """
    return len(body) - len(body.replace(b"[", b"", DEEPEST + 1).replace(b"{", b"", DEEPEST + 1))


def is_too_deep_to_indent(body: bytes, indent: int) -> bool:
    """Whether JSON is nested deeper than `DEEPEST`, or so deeply that its indentation would be too large."""
    levels = depth(body)
    if levels <= min(DEEPEST, _LARGEST_GROWTH // max(1, len(body) * indent)):
        return False  # each line has a byte of the body at least
    lines = body.count(b",") + 2 * (body.count(b"[") + body.count(b"{")) + 1
    return levels > min(DEEPEST, _LARGEST_GROWTH // (lines * indent))


def indented(body: bytes) -> bytes:
    """Return a body indented by two where it is JSON of UTF-8, unless that is too large; tokens stay as received."""
    try:
        body.decode()
        return body if is_too_deep_to_indent(body, 2) else msgspec.json.format(body, indent=2)
    except (msgspec.MsgspecError, ValueError):
        return body


def depth(body: bytes) -> int:
    """How deep brackets are nested, outside of strings; of what is no JSON, or too deep, some number."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    kept = body.translate(None, _NOT_BRACKETS_OR_QUOTES).replace(b'""', b"")  # most strings hold no bracket
    brackets = b"".join(kept.split(b'"')[::2])
    changes = brackets.translate(_STEPS)
    stripped = 0
    while stripped < _MOST_STRIPPED and b"\x01\xff" in changes:  # the innermost level, which is most of the brackets
        changes = changes.replace(b"\x01\xff", b"")
        stripped += 1
    steps = memoryview(changes).cast("b")
    reached = deepest = 0
    for start in range(0, len(steps), _CHUNK):
        levels = list(accumulate(steps[start : start + _CHUNK], initial=reached))
        reached, deepest = levels[-1], max(deepest, *levels)
        if deepest > DEEPEST:
            break
    return stripped + deepest


def _at_trailing_comma(error: json.JSONDecodeError) -> json.JSONDecodeError:
    """The error as Python 3.13 and later raise it."""
    for (message, bracket), changed in _TRAILING_COMMAS.items():
        if error.msg.startswith(message) and error.doc.startswith(bracket, error.pos):
            before = error.doc[: error.pos].rstrip(_BLANKS)
            if before.endswith(","):
                return json.JSONDecodeError(changed, error.doc, len(before) - 1)
    return error


def values_at(value: object, path: Sequence[str]) -> list[object]:
    """Return all values at a path into decoded JSON.

    A number counts in a list, any other key applies to each object of a list.
    """
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
