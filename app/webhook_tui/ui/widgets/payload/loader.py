"""Make the document of a body: indented JSON, else text, else hex. Nothing here raises."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec

from webhook_tui.domain.delivery.event import has_too_many_values
from webhook_tui.domain.payload.json_decoder import NestingError, decode, is_too_deep_to_indent
from webhook_tui.ui.widgets.payload.document import Document, TextDocument, is_utf8
from webhook_tui.ui.widgets.payload.hex_document import HexDocument
from webhook_tui.ui.widgets.payload.json_document import INDENT, JsonDocument

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TOO_DEEP = "Nested too deeply to indent: shown as received"
_NOT_INDENTED = "JSON that cannot be indented: shown as received"
_LARGEST_INDENTED = 1024 * 1024
"""Bytes; a larger body that msgspec refuses is shown as text."""
_BEGINNING = 8192
"""Bytes of a large body that are laid out at once."""
_FEWEST_LINES = 200
"""A beginning with fewer lines might not fill the screen."""

_LEXEME = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
_CLOSING = {b"{": b"}", b"[": b"]"}

_WORDS = (
    ("Expecting property name", "expected a key in double quotes"),
    ("Expecting value", "expected a value"),
    ("Expecting ',' delimiter", "expected a comma or the end"),
    ("Expecting ':' delimiter", "expected a colon"),
    ("Illegal trailing comma", "a comma before the end"),
    ("Extra data", "something follows the end"),
    ("Unterminated string", "a string without its end"),
    ("Invalid control character", "a control character in a string"),
    ("Invalid \\", "an escape that JSON does not have"),
)


def document_for(body: bytes, *, raw: bool = False) -> Document:
    """Make the document of a body: its own lines with `raw`, else indented JSON; text or hex if it is not JSON."""
    if raw:
        return TextDocument(body) if _is_text(body) else HexDocument(body)
    if not body.strip():
        return TextDocument(body, heading="Not JSON: the body is empty")
    if is_too_deep_to_indent(body, INDENT):
        return _as_received(body, _TOO_DEEP)
    content = body.removeprefix(_BYTE_ORDER_MARK)
    notes = () if content is body else ("a byte order mark in front",)
    try:
        return JsonDocument(msgspec.json.format(content, indent=INDENT), notes)
    except (ValueError, MemoryError):
        return _refused(body, content, notes)


def beginning_for(body: bytes, *, raw: bool = False) -> Document:
    """Make a document of the first lines of a large JSON body, to show them until the whole is made.

    It is empty with `raw`, where there are too few of them, and where the body is something else.
    """
    part, cut, closing = b"" if raw else body[:_BEGINNING], 0, b""
    opened: list[bytes] = []
    for lexeme in _LEXEME.finditer(part):
        token = lexeme.group()
        if token in _CLOSING:
            opened.append(_CLOSING[token])
        elif opened and token == opened[-1]:
            opened.pop()
        elif token == b",":
            cut, closing = lexeme.start(), b"".join(reversed(opened))
    part = part[:cut] + closing
    try:
        if not part or is_too_deep_to_indent(part, INDENT):
            return TextDocument(b"")
        indented = msgspec.json.format(part, indent=INDENT)
    except (ValueError, MemoryError):
        return TextDocument(b"")
    count = indented.count(b"\n")
    if count < _FEWEST_LINES:
        return TextDocument(b"")
    return JsonDocument(indented, expected_lines=count * len(body) // len(part))


def _refused(body: bytes, content: bytes, notes: tuple[str, ...]) -> Document:
    """A body that msgspec refuses: find out why with the standard library, which accepts more."""
    if has_too_many_values(content):  # decoding them would hold the interpreter lock for long
        return _as_received(body, _NOT_INDENTED)
    try:
        decode(content, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        text = next((ours for theirs, ours in _WORDS if error.msg.startswith(theirs)), "it cannot be read")
        return _as_received(body, f"Not JSON: {text} at line {error.lineno}, column {error.colno}")
    except _NotANumberError as error:
        return _as_received(body, f"Not JSON: {error} is not a JSON value", (f"{error} in the body",))
    except (NestingError, MemoryError):
        return _as_received(body, _TOO_DEEP)
    except ValueError:
        return _as_received(body, "Not JSON: it cannot be read")
    if (encoding := json.detect_encoding(content)) != "utf-8":
        return HexDocument(body, heading=f"JSON in {encoding[:6].upper()}, not in UTF-8: shown as hex")
    if len(content) > _LARGEST_INDENTED or not _is_text(content):
        return _as_received(body, _NOT_INDENTED)
    return JsonDocument(_indented(content, INDENT), notes)


def _as_received(body: bytes, heading: str, notes: tuple[str, ...] = ()) -> Document:
    if _is_text(body):
        return TextDocument(body, heading=heading, notes=notes)
    return HexDocument(body, heading="Not JSON and not text: shown as hex")


def _is_text(body: bytes) -> bool:
    return b"\0" not in body and is_utf8(body)


class _NotANumberError(Exception):
    """NaN or Infinity, which some programs write and JSON does not have."""


def _refuse_constant(name: str) -> object:
    raise _NotANumberError(name)


def _indented(body: bytes, indent: int) -> bytes:
    """Indent valid JSON that msgspec refuses, such as a lone surrogate, as `msgspec.json.format` does."""
    return b"".join(_laid_out(_LEXEME.findall(body), indent))


def _laid_out(tokens: list[bytes], indent: int) -> Iterator[bytes]:
    depth = 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else b""
        if token in _CLOSING:
            yield token
            if following != _CLOSING[token]:
                depth += 1
                yield b"\n" + b" " * (indent * depth)
        elif token in (b"}", b"]"):
            if _CLOSING.get(tokens[index - 1]) != token:
                depth -= 1
                yield b"\n" + b" " * (indent * depth)
            yield token
        elif token == b",":
            yield b",\n" + b" " * (indent * depth)
        elif token == b":":
            yield b": "
        else:
            yield token
