"""What a received body holds when it was wrapped on the way: an object, a string, a form, multipart, compression."""

from __future__ import annotations

import ast
import base64
import binascii
import contextlib
import html
import json
import re
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

import msgspec

from webhook_tui.domain.diagnostics.causes import Difference, difference
from webhook_tui.domain.diagnostics.document import Document, ExpiredError, Members, Node, Order
from webhook_tui.domain.diagnostics.serializers import COMPACT, SPACED

LARGEST_UNPACKED = 4_194_304
"""Bytes after which decompressing stops: a small body can unpack to gigabytes."""
_LARGEST_SEARCHED = 1_048_576
_MOST_PARTS = 24
_LARGEST_LITERAL = 65_536
_PYTHON = re.compile(rb"""\s*(?:bytearray\()?(?:b['"]|\{'|\[\{')""")
_INDEX = re.compile(rb'"\d+":')
_NUMBERS = re.compile(rb"-?\d{1,3}(?:[, ]+-?\d{1,3})+")
_SEPARATORS = re.compile(rb"[, ]+")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]*\r\n")


class Inner(msgspec.Struct, frozen=True):
    """Bytes that the body holds, and how they are wrapped."""

    content: bytes
    difference: Difference


def unwrapped(body: bytes, document: Document | None, expired: Callable[[], bool]) -> Iterator[Inner]:
    """Everything that the body wraps, the likeliest first."""
    yield from _unpacked(body, expired)
    if len(body) > _LARGEST_SEARCHED:
        return
    if document is not None:
        yield from _from_json(document)
    yield from _from_text(body)
    yield from _from_numbers(body)
    yield from _from_python(body)
    yield from _from_form(body)
    yield from _from_multipart(body)
    yield from _from_chunks(body)


def _unpacked(body: bytes, expired: Callable[[], bool]) -> Iterator[Inner]:
    for name, bits in (("gzip", 31), ("deflate", 15), ("deflate", -15)):
        content = _unpack(body, bits, expired)
        if content is not None:
            yield Inner(content, difference("decompressed", name=name))


def _unpack(body: bytes, bits: int, expired: Callable[[], bool]) -> bytes | None:
    """The whole content, or None when it is not packed like that or is larger than the bound."""
    packer = zlib.decompressobj(bits)
    found: list[bytes] = []
    left = LARGEST_UNPACKED
    rest = body
    while not packer.eof and left > 0:
        if expired():
            raise ExpiredError
        try:
            part = packer.decompress(rest, min(left, 262_144))
        except zlib.error:
            return None
        rest = packer.unconsumed_tail
        left -= len(part)
        found.append(part)
        if not part and not rest:
            break
    return b"".join(found) if packer.eof and not rest else None


def _from_json(document: Document) -> Iterator[Inner]:
    root = document.root
    if isinstance(root, str):
        yield from _from_string(document, root, difference("json-string"))
    elif isinstance(root, Members):
        for key, value in root.pairs[:_MOST_PARTS]:
            yield from _from_member(document, document.decoded(key), value)


def _from_member(document: Document, name: str, value: Node) -> Iterator[Inner]:
    if isinstance(value, str):
        yield from _from_string(document, value, difference("wrapped", name=name))
        return
    for layout in (SPACED, COMPACT):
        content = document.part(value).written(Order.AS_SENT, layout, None, None)
        if content is not None:
            yield Inner(content, difference("wrapped-object", name=name))
    if isinstance(value, Members):
        for key, inner in value.pairs[:_MOST_PARTS]:
            if isinstance(inner, str):
                yield from _from_string(document, inner, difference("wrapped", name=document.decoded(key)))


def _from_string(document: Document, lexeme: str, found: Difference) -> Iterator[Inner]:
    """What a string of the JSON holds: JSON, or base64 of it."""
    text = document.decoded(lexeme) if lexeme.startswith('"') else ""
    if len(text) < 2:
        return
    content = text.encode("utf-8", "surrogatepass")
    if text.lstrip()[:1] in ("{", "[", '"') or found.code == "json-string":
        yield Inner(content, found)
    decoded = _decoded(content)
    if decoded is not None and len(decoded) > 1:
        code = "body-from-base64" if found.code == "json-string" else "wrapped-base64"
        yield Inner(decoded, difference(code, **dict(found.values)))


def _decoded(text: bytes) -> bytes | None:
    plain = b"".join(text.split()).rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _from_text(body: bytes) -> Iterator[Inner]:
    decoded = _decoded(body)
    if decoded:
        yield Inner(decoded, difference("body-from-base64"))
    with contextlib.suppress(ValueError):
        yield Inner(bytes.fromhex(body.decode("ascii")), difference("body-from-hex"))
    if b"&" in body:
        text = body.decode("utf-8", "replace")
        if (plain := html.unescape(text)) != text:
            yield Inner(plain.encode("utf-8", "replace"), difference("html-escaped"))


def _from_numbers(body: bytes) -> Iterator[Inner]:
    """A list of bytes as numbers: what Buffer, Uint8Array and byte slices become."""
    text = body.strip().removeprefix(b'{"type":"Buffer","data":').removesuffix(b"}").removeprefix(b"{")
    text = _INDEX.sub(b"", text).strip(b"[]")
    if _NUMBERS.fullmatch(text):
        values = [int(number) for number in _SEPARATORS.split(text)]
        if all(-128 <= value < 256 for value in values):
            yield Inner(bytes(value & 0xFF for value in values), difference("body-from-numbers"))


def _from_python(body: bytes) -> Iterator[Inner]:
    """What `str()` of Python made of bytes or a dict."""
    if len(body) > _LARGEST_LITERAL or not _PYTHON.match(body):
        return
    try:
        value = ast.literal_eval(body.decode("utf-8").strip().removeprefix("bytearray(").removesuffix(")"))
        content = bytes(value) if isinstance(value, bytes) else json.dumps(value).encode()
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return
    yield Inner(content, difference("body-from-python"))


def _from_form(body: bytes) -> Iterator[Inner]:
    if b"=" not in body:
        return
    try:
        fields = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="utf-8", max_num_fields=50)
    except ValueError:
        return
    for name, value in fields[:8]:
        for text in (value, name):
            yield Inner(text.encode("utf-8", "surrogatepass"), difference("form-field"))


def _from_multipart(body: bytes) -> Iterator[Inner]:
    if not body.lstrip().startswith(b"--"):
        return
    first, _, _ = body.lstrip().partition(b"\n")
    for part in body.split(first.strip())[1:_MOST_PARTS]:
        for mark in (b"\r\n", b"\n"):
            head, found, content = part.partition(mark * 2)
            if found and head:
                yield Inner(content.removesuffix(mark), difference("multipart"))


def _from_chunks(body: bytes) -> Iterator[Inner]:
    at, found = 0, []
    while (match := _CHUNK.match(body, at)) is not None:
        size = int(match[1], 16)
        if size == 0:
            break
        found.append(body[match.end() : match.end() + size])
        at = match.end() + size + 2
    if found:
        yield Inner(b"".join(found), difference("chunk-framing"))
