"""What a received body holds when it was wrapped on the way: an object, a string, a form, multipart, compression."""

from __future__ import annotations

import ast
import contextlib
import html
import json
import re
import warnings
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

from webhook_tui.domain.diagnostics.causes import Difference, Message, difference, variant
from webhook_tui.domain.diagnostics.encodings import from_base64
from webhook_tui.domain.diagnostics.serializers import COMPACT, PIKTID, SPACED
from webhook_tui.domain.payload.json_document import TOKEN, Document, ExpiredError, Members, Node, Order

LARGEST_UNPACKED = 4_194_304
"""Bytes after which decompressing stops: a small body can unpack to gigabytes."""
_LARGEST_SEARCHED = 1_048_576
_MOST_PARTS = 24
_MOST_NODES = 300
_SHORTEST_WRAPPED = 12
"""Characters of a string that is too short to hold a body."""
_LARGEST_LITERAL = 65_536
_PYTHON = re.compile(rb"""\s*(?:bytearray\()?(?:b['"]|\{'|\[\{')""")
_INDEX = re.compile(rb'"\d+":')
_NUMBERS = re.compile(rb"-?\d{1,3}(?:[, ]+-?\d{1,3})+")
_SEPARATORS = re.compile(rb"[, ]+")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]*\r\n")


def unwrapped(body: bytes, document: Document | None, expired: Callable[[], bool]) -> Iterator[Message]:
    """Yield everything that the body wraps, each with one difference, the likeliest first. Raises ExpiredError."""
    yield from _unpacked(body, expired)
    if len(body) > _LARGEST_SEARCHED:
        return
    if document is not None:
        yield from _from_json(document)
    yield from _from_text(body)
    yield from _from_numbers(body)
    yield from _from_python(body)
    yield from _from_ruby(body, expired)
    yield from _from_form(body)
    yield from _from_multipart(body)
    yield from _from_chunks(body)


def _unpacked(body: bytes, expired: Callable[[], bool]) -> Iterator[Message]:
    for name, bits in (("gzip", 31), ("deflate", 15), ("deflate", -15)):
        content = _unpack(body, bits, expired)
        if content is not None:
            yield variant(content, "decompressed", name=name)


def _unpack(body: bytes, bits: int, expired: Callable[[], bool]) -> bytes | None:
    """Return the whole content; None when it is not compressed like that or is larger than the bound."""
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


def _from_json(document: Document) -> Iterator[Message]:
    """Yield what the strings of a JSON body hold, and the values of its outermost members."""
    root = document.root
    if isinstance(root, str):
        yield from _from_string(document, root, difference("json-string"))
        return
    waiting: deque[tuple[str, Node]] = deque([("", root)])
    for _ in range(_MOST_NODES):
        if not waiting:
            break
        name, node = waiting.popleft()
        if isinstance(node, list):
            waiting += [(name, value) for value in node[:_MOST_PARTS]]
        elif isinstance(node, Members):
            pairs = [(document.decoded(key), value) for key, value in node.pairs[:_MOST_PARTS]]
            waiting += pairs
            if node is root:
                yield from _members(document, pairs)
        elif len(node) > _SHORTEST_WRAPPED:
            yield from _from_string(document, node, difference("wrapped", name=name))


def _members(document: Document, pairs: list[tuple[str, Node]]) -> Iterator[Message]:
    for name, value in pairs:
        if not isinstance(value, str):
            for layout in (SPACED, COMPACT):
                content = document.part(value).written(Order.AS_SENT, layout)
                if content is not None:
                    yield variant(content, "wrapped-object", name=name)


def _from_string(document: Document, lexeme: str, found: Difference) -> Iterator[Message]:
    """Yield what a string of the JSON holds: JSON, or base64 of it."""
    text = document.decoded(lexeme) if lexeme.startswith('"') else ""
    if len(text) < 2:
        return
    content = text.encode("utf-8", "surrogatepass")
    if text.lstrip()[:1] in ("{", "[", '"') or found.code == "json-string":
        yield Message(content, (found,))
    decoded = from_base64(b"".join(content.split()))
    if decoded is not None and len(decoded) > 1:
        code = "body-from-base64" if found.code == "json-string" else "wrapped-base64"
        yield Message(decoded, (difference(code, **dict(found.values)),))


def _from_text(body: bytes) -> Iterator[Message]:
    decoded = from_base64(b"".join(body.split()))
    if decoded:
        yield variant(decoded, "body-from-base64")
    with contextlib.suppress(ValueError):
        yield variant(bytes.fromhex(body.decode("ascii")), "body-from-hex")
    if b"&" in body:
        text = body.decode("utf-8", "replace")
        with contextlib.suppress(ValueError):  # a reference to a character with more digits than Python reads
            if (plain := html.unescape(text)) != text:
                yield variant(plain.encode("utf-8", "replace"), "html-escaped")


def _from_numbers(body: bytes) -> Iterator[Message]:
    """Yield the bytes of a list of numbers, as Buffer, Uint8Array and byte slices are printed."""
    text = body.strip().removeprefix(b'{"type":"Buffer","data":').removesuffix(b"}").removeprefix(b"{")
    text = _INDEX.sub(b"", text).strip(b"[]")
    if _NUMBERS.fullmatch(text):
        values = [int(number) for number in _SEPARATORS.split(text)]
        if all(-128 <= value < 256 for value in values):
            yield variant(bytes(value & 0xFF for value in values), "body-from-numbers")


def _from_python(body: bytes) -> Iterator[Message]:
    """Yield what `str()` of Python printed: bytes, or the JSON of a dict."""
    if len(body) > _LARGEST_LITERAL or not _PYTHON.match(body):
        return
    try:
        with warnings.catch_warnings(action="ignore"):  # they quote the body
            value = ast.literal_eval(body.decode("utf-8").strip().removeprefix("bytearray(").removesuffix(")"))
        content = bytes(value) if isinstance(value, bytes) else json.dumps(value).encode()
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return
    yield variant(content, "body-from-python")


def _from_ruby(body: bytes, expired: Callable[[], bool]) -> Iterator[Message]:
    """Yield the JSON, in PiktID's form, of a hash that `inspect` of Ruby printed."""
    if len(body) > _LARGEST_LITERAL or b"=>" not in body:
        return
    tokens = (match[0] for match in TOKEN.finditer(body.decode("utf-8", "surrogateescape")))
    text = "".join(_ruby_token(token) for token in tokens)
    document = Document.parse(text.encode("utf-8", "surrogateescape"), expired)
    content = document.written(PIKTID.order, PIKTID.layout, PIKTID.escape, PIKTID.numbers) if document else None
    if content is not None:
        yield variant(content, "body-from-ruby")


def _ruby_token(lexeme: str) -> str:
    if lexeme.startswith('"'):
        return lexeme.replace("\\e", "\\u001b").replace("\\#", "#")
    return "null" if lexeme == "nil" else lexeme.replace("=>nil", ":null").replace("=>", ":")


def _from_form(body: bytes) -> Iterator[Message]:
    if b"=" not in body:
        return
    try:
        fields = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="utf-8", max_num_fields=50)
    except ValueError:
        return
    for name, value in fields[:8]:
        for text in (value, name):
            yield variant(text.encode("utf-8", "surrogatepass"), "form-field")


def _from_multipart(body: bytes) -> Iterator[Message]:
    if not body.lstrip().startswith(b"--"):
        return
    first, _, _ = body.lstrip().partition(b"\n")
    for part in body.split(first.strip())[1:_MOST_PARTS]:
        for mark in (b"\r\n", b"\n"):
            head, found, content = part.partition(mark * 2)
            if found and head:
                yield variant(content.removesuffix(mark), "multipart")


def _from_chunks(body: bytes) -> Iterator[Message]:
    at, found = 0, []
    while (match := _CHUNK.match(body, at)) is not None:
        size = int(match[1], 16)
        if size == 0:
            break
        found.append(body[match.end() : match.end() + size])
        at = match.end() + size + 2
    if found:
        yield variant(b"".join(found), "chunk-framing")
