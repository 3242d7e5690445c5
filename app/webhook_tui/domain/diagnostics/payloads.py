"""Variants of the body as bytes: its ends, line ends, encodings, forms, buffers."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import reduce
from urllib.parse import quote, unquote_plus

from webhook_tui.domain.diagnostics import lexemes
from webhook_tui.domain.diagnostics.causes import Message, variant
from webhook_tui.domain.payload.json_document import TOKEN

LARGEST_RECODED = 1_048_576
"""Bytes of a body up to which it is decoded and encoded in other ways."""
_LAST_BYTES = b"}]\"'\n\r\t \0);,.0123456789el"
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
_BOM = b"\xef\xbb\xbf"
_BUFFERS = (512, 1000, 1024, 2048, 4096, 8192, 10240, 16384, 32768, 65535, 65536, 131072, 1_048_576)
_LARGEST_CLOSED = 65_536
"""Bytes of a body up to which lost ends are tried."""


def bodies(body: bytes) -> Iterator[Message]:
    """Yield every variant of the body except other JSON, the likeliest first; some are equal to others."""
    yield from _ends(body)
    yield from _line_ends(body)
    if body:
        yield variant(b"", "empty-body", common=True)
    if body.startswith(_BOM):
        yield variant(body.removeprefix(_BOM), "bom-added", common=True)
    else:
        yield variant(_BOM + body, "bom-cut")
    yield from _cuts(body)
    yield from _lost_ends(body)
    for digest in (
        hashlib.sha256(body),
        hashlib.md5(body, usedforsecurity=False),
        hashlib.sha1(body, usedforsecurity=False),
    ):
        for content in (digest.hexdigest().encode(), digest.digest(), base64.b64encode(digest.digest())):
            yield variant(content, "hash-signed")
    if len(body) <= LARGEST_RECODED:
        yield from _encodings(body)
        yield from _recoded(body)


def _ends(body: bytes) -> Iterator[Message]:
    if body.endswith(b"\n"):
        yield variant(body[:-1], "trailing-newline", common=True)
    if body.endswith(b"\r\n"):
        yield variant(body[:-2], "trailing-crlf", common=True)
    yield variant(body + b"\n", "missing-newline", common=True)
    yield variant(body + b"\r\n", "missing-crlf")
    yield variant(body.strip(), "surrounding-blanks", common=True)
    if body.endswith(b"\0"):
        yield variant(body.rstrip(b"\0"), "nul-added")
    yield variant(body + b"\0", "trailing-nul")
    for blank in (b"\n", b" ", b"\r\n"):
        yield variant(blank + body, "leading-blank")
    yield variant(body + b"\n\n", "missing-newlines")


def _line_ends(body: bytes) -> Iterator[Message]:
    unix = body.replace(b"\r\n", b"\n")
    if unix != body:
        yield variant(unix, "crlf-to-lf", common=True)
    dos = unix.replace(b"\n", b"\r\n")
    if dos != body:
        yield variant(dos, "lf-to-crlf", common=True)
    if b"\n" in body:
        for mark in (b"", b" "):
            yield variant(unix.replace(b"\n", mark), "lines-joined")


def _cuts(body: bytes) -> Iterator[Message]:
    """Yield parts of the body, and the body twice."""
    if body:
        yield variant(body[:-1], "last-byte-unsigned")
    for size in _BUFFERS:
        if size < len(body):
            yield variant(body[:size], "body-cut", count=f"{size:,}")
            rest = len(body) % size or size
            yield variant(body[-rest:], "body-last-buffer", count=f"{rest:,}")
    if not body.isascii():
        count = len(body.decode("utf-8", "replace"))
        yield variant(body[:count], "body-characters", count=f"{count:,}")
    half, odd = divmod(len(body), 2)
    if not odd and body[:half] == body[half:]:
        yield variant(body[:half], "body-doubled")
    if len(body) <= LARGEST_RECODED:
        yield variant(body + body, "body-twice")


def _lost_ends(body: bytes) -> Iterator[Message]:
    """Yield the body with an end that may have been lost."""
    if len(body) > _LARGEST_CLOSED:
        return
    for byte in _LAST_BYTES:
        shown = chr(byte) if 0x20 < byte < 0x7F else f"0x{byte:02x}"
        yield variant(body + bytes((byte,)), "last-byte-lost", byte=shown)
    closing = _lost_closing(body)
    if closing:
        for end in (closing, closing + b"\n"):
            yield variant(body + end, "end-lost", text=closing.decode())


def _lost_closing(body: bytes) -> bytes:
    """Return the quote and brackets that would close the JSON that the body begins; empty when it is closed."""
    waiting: list[str] = []
    lexeme = ""
    for match in TOKEN.finditer(body.decode("latin-1")):
        lexeme = match[0]
        if lexeme in _CLOSING:
            waiting.append(_CLOSING[lexeme])
        elif lexeme in "}]" and (not waiting or waiting.pop() != lexeme):
            return b""
    quote_lost = '"' if lexeme.startswith('"') and not _STRING.fullmatch(lexeme) else ""
    return f"{quote_lost}{''.join(reversed(waiting))}".encode()


def _encodings(body: bytes) -> Iterator[Message]:
    yield variant(body.decode("utf-8", "replace").encode(), "utf8-replaced")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        yield from _from_other_encodings(body)
        return
    if not text.isascii():
        yield from _from_utf8(text)
    for name in ("utf-16-le", "utf-16-be", "utf-16"):
        yield variant(text.encode(name), "utf16")


def _from_utf8(text: str) -> Iterator[Message]:
    for spoken, name in (("Latin-1", "latin-1"), ("Windows-1252", "cp1252")):
        try:
            repaired = text.encode(name).decode("utf-8").encode()
        except UnicodeError:
            pass
        else:
            yield variant(repaired, "body-sent-encoded-twice", name=spoken)
        yield variant(text.encode().decode(name, "replace").encode(), "body-encoded-twice", name=spoken)
    yield variant(text.encode("latin-1", "replace"), "utf8-to-latin1")
    yield variant(text.encode("cp1252", "replace"), "utf8-to-cp1252")
    yield variant(text.encode("ascii", "replace"), "question-marks")
    yield variant(text.encode("utf-16-le").decode("utf-16-le").encode("ascii", "replace"), "question-marks")
    yield variant(text.encode("ascii", "ignore"), "non-ascii-dropped")
    for form in ("NFC", "NFD"):
        normal = unicodedata.normalize(form, text).encode()
        yield variant(normal, f"unicode-{form.lower()}")


def _from_other_encodings(body: bytes) -> Iterator[Message]:
    is_narrow = not any(0x80 <= byte <= 0x9F for byte in body)
    for name, encoding in (
        ("Latin-1" if is_narrow else "Windows-1252", "cp1252"),
        ("Latin-1", "latin-1"),
        ("UTF-16", "utf-16"),
    ):
        try:
            again = body.decode(encoding).encode()
        except UnicodeError:
            continue
        yield variant(again, "utf8-sent-otherwise", name=name)


def _recoded(body: bytes) -> Iterator[Message]:
    """Yield the body as a form, in base64, in hex, as a string."""
    quoted = quote(body, safe="")
    javascript = reduce(lambda text, mark: text.replace(quote(mark), mark), "!'()*", quoted)
    for coded in (quoted.replace("%20", "+"), quoted, quoted.replace("%2F", "/"), javascript):
        yield variant(coded.encode(), "form-encoded")
        for name in ("payload", "body", "data", "json"):
            yield variant(f"{name}={coded}".encode(), "form-encoded")
    yield variant(base64.b64encode(body), "body-base64")
    yield variant(base64.urlsafe_b64encode(body), "body-base64")
    yield variant(body.hex().encode(), "body-hex")
    yield variant(body.hex().upper().encode(), "body-hex")
    yield variant(repr(body).encode(), "python-bytes-text")
    yield variant(repr(bytearray(body)).encode(), "python-bytes-text")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return
    for escape in (
        lexemes.escape_utf8,
        lexemes.escape_ascii,
        lexemes.escape_php,
        lexemes.escape_go,
        lexemes.escape_dotnet,
        lexemes.escape_gson,
    ):
        yield variant(escape(text).encode("utf-8", "replace"), "json-string-signed")
    yield variant(b'"%b"' % base64.b64encode(body), "body-base64")
    for name in ("body", "payload", "data", "event", "message"):
        for comma in (":", ": "):
            wrapper = f'{{"{name}"{comma}{json.dumps(text, ensure_ascii=False)}}}'
            yield variant(wrapper.encode(), "wrapper-signed", name=name)
            yield variant(f'{{"{name}"{comma}{text}}}'.encode(), "wrapper-signed", name=name)
    for escaped in (html.escape(text), html.escape(text).replace("&#x27;", "&#039;"), html.escape(text, quote=False)):
        yield variant(escaped.encode(), "html-unescaped")
    if "%" in text or "+" in text:
        yield variant(unquote_plus(text).encode("utf-8", "replace"), "form-decoded")
