"""Variants of the body as bytes: its ends, line ends, encodings, forms, buffers."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote_plus

from webhook_tui.domain.diagnostics import lexemes
from webhook_tui.domain.diagnostics.causes import Message, difference
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
        yield Message(b"", (difference("empty-body"),), common=True)
    if body.startswith(_BOM):
        yield Message(body.removeprefix(_BOM), (difference("bom-added"),), common=True)
    else:
        yield Message(_BOM + body, (difference("bom-cut"),))
    yield from _cuts(body)
    yield from _lost_ends(body)
    for digest in (
        hashlib.sha256(body),
        hashlib.md5(body, usedforsecurity=False),
        hashlib.sha1(body, usedforsecurity=False),
    ):
        for content in (digest.hexdigest().encode(), digest.digest(), base64.b64encode(digest.digest())):
            yield Message(content, (difference("hash-signed"),))
    if len(body) <= LARGEST_RECODED:
        yield from _encodings(body)
        yield from _recoded(body)


def _ends(body: bytes) -> Iterator[Message]:
    if body.endswith(b"\n"):
        yield Message(body[:-1], (difference("trailing-newline"),), common=True)
    if body.endswith(b"\r\n"):
        yield Message(body[:-2], (difference("trailing-crlf"),), common=True)
    yield Message(body + b"\n", (difference("missing-newline"),), common=True)
    yield Message(body + b"\r\n", (difference("missing-crlf"),))
    yield Message(body.strip(), (difference("surrounding-blanks"),), common=True)
    if body.endswith(b"\0"):
        yield Message(body.rstrip(b"\0"), (difference("nul-added"),))
    yield Message(body + b"\0", (difference("trailing-nul"),))
    for blank in (b"\n", b" ", b"\r\n"):
        yield Message(blank + body, (difference("leading-blank"),))
    yield Message(body + b"\n\n", (difference("missing-newlines"),))


def _line_ends(body: bytes) -> Iterator[Message]:
    unix = body.replace(b"\r\n", b"\n")
    if unix != body:
        yield Message(unix, (difference("crlf-to-lf"),), common=True)
    dos = unix.replace(b"\n", b"\r\n")
    if dos != body:
        yield Message(dos, (difference("lf-to-crlf"),), common=True)
    if b"\n" in body:
        for mark in (b"", b" "):
            yield Message(unix.replace(b"\n", mark), (difference("lines-joined"),))


def _cuts(body: bytes) -> Iterator[Message]:
    """Yield parts of the body, and the body twice."""
    if body:
        yield Message(body[:-1], (difference("last-byte-unsigned"),))
    for size in _BUFFERS:
        if size < len(body):
            yield Message(body[:size], (difference("body-cut", count=f"{size:,}"),))
            rest = len(body) % size or size
            yield Message(body[-rest:], (difference("body-last-buffer", count=f"{rest:,}"),))
    if not body.isascii():
        count = len(body.decode("utf-8", "replace"))
        yield Message(body[:count], (difference("body-characters", count=f"{count:,}"),))
    half, odd = divmod(len(body), 2)
    if not odd and body[:half] == body[half:]:
        yield Message(body[:half], (difference("body-doubled"),))
    if len(body) <= LARGEST_RECODED:
        yield Message(body + body, (difference("body-twice"),))


def _lost_ends(body: bytes) -> Iterator[Message]:
    """Yield the body with an end that may have been lost."""
    if len(body) > _LARGEST_CLOSED:
        return
    for byte in _LAST_BYTES:
        shown = chr(byte) if 0x20 < byte < 0x7F else f"0x{byte:02x}"
        yield Message(body + bytes((byte,)), (difference("last-byte-lost", byte=shown),))
    closing = _lost_closing(body)
    if closing:
        for end in (closing, closing + b"\n"):
            yield Message(body + end, (difference("end-lost", text=closing.decode()),))


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
    yield Message(body.decode("utf-8", "replace").encode(), (difference("utf8-replaced"),))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        yield from _from_other_encodings(body)
        return
    if not text.isascii():
        yield from _from_utf8(text)
    for name in ("utf-16-le", "utf-16-be", "utf-16"):
        yield Message(text.encode(name), (difference("utf16"),))


def _from_utf8(text: str) -> Iterator[Message]:
    for spoken, name in (("Latin-1", "latin-1"), ("Windows-1252", "cp1252")):
        try:
            repaired = text.encode(name).decode("utf-8").encode()
        except UnicodeError:
            pass
        else:
            yield Message(repaired, (difference("body-sent-encoded-twice", name=spoken),))
        yield Message(text.encode().decode(name, "replace").encode(), (difference("body-encoded-twice", name=spoken),))
    yield Message(text.encode("latin-1", "replace"), (difference("utf8-to-latin1"),))
    yield Message(text.encode("cp1252", "replace"), (difference("utf8-to-cp1252"),))
    yield Message(text.encode("ascii", "replace"), (difference("question-marks"),))
    yield Message(
        text.encode("utf-16-le").decode("utf-16-le").encode("ascii", "replace"), (difference("question-marks"),)
    )
    yield Message(text.encode("ascii", "ignore"), (difference("non-ascii-dropped"),))
    for form in ("NFC", "NFD"):
        normal = unicodedata.normalize(form, text).encode()
        yield Message(normal, (difference(f"unicode-{form.lower()}"),))


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
        yield Message(again, (difference("utf8-sent-otherwise", name=name),))


def _recoded(body: bytes) -> Iterator[Message]:
    """Yield the body as a form, in base64, in hex, as a string."""
    for coded in (quote_plus(body), quote(body, safe=""), quote(body), quote(body, safe="!'()*-._~")):
        yield Message(coded.encode(), (difference("form-encoded"),))
        for name in ("payload", "body", "data", "json"):
            yield Message(f"{name}={coded}".encode(), (difference("form-encoded"),))
    yield Message(base64.b64encode(body), (difference("body-base64"),))
    yield Message(base64.urlsafe_b64encode(body), (difference("body-base64"),))
    yield Message(body.hex().encode(), (difference("body-hex"),))
    yield Message(body.hex().upper().encode(), (difference("body-hex"),))
    yield Message(repr(body).encode(), (difference("python-bytes-text"),))
    yield Message(repr(bytearray(body)).encode(), (difference("python-bytes-text"),))
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
        yield Message(escape(text).encode("utf-8", "replace"), (difference("json-string-signed"),))
    yield Message(b'"%b"' % base64.b64encode(body), (difference("body-base64"),))
    for name in ("body", "payload", "data", "event", "message"):
        for comma in (":", ": "):
            wrapper = f'{{"{name}"{comma}{json.dumps(text, ensure_ascii=False)}}}'
            yield Message(wrapper.encode(), (difference("wrapper-signed", name=name),))
            yield Message(f'{{"{name}"{comma}{text}}}'.encode(), (difference("wrapper-signed", name=name),))
    for escaped in (html.escape(text), html.escape(text).replace("&#x27;", "&#039;"), html.escape(text, quote=False)):
        yield Message(escaped.encode(), (difference("html-unescaped"),))
    if "%" in text or "+" in text:
        yield Message(unquote_plus(text).encode("utf-8", "replace"), (difference("form-decoded"),))
