"""Variants of the body as bytes: its ends, line ends, encodings, compression, forms, and what is not it at all."""

from __future__ import annotations

import base64
import binascii
import unicodedata
import zlib
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote_plus, unquote_plus

from webhook_tui.domain.diagnostics.causes import fitting
from webhook_tui.domain.diagnostics.message import Message

LARGEST_UNPACKED = 4_194_304
"""Bytes after which decompressing stops: a small body can unpack to gigabytes."""
_LARGEST_RECODED = 1_048_576
_BOM = b"\xef\xbb\xbf"
_BUFFERS = (1024, 2048, 4096, 8192, 16384, 32768, 65536)

SEND_SIGNED = "Send exactly the bytes that were signed."
SIGN_SENT = "Sign the bytes that are sent."
SIGN_ENCODED = "Sign after encoding, not before."
SIGN_BODY = "Sign the body's bytes, not a text made of them."
_BINARY = "Something translated line ends: send as binary."


def sizes(signed: int, arrived: int) -> str:
    """`693 bytes were signed and 694 arrived`."""
    return f"{signed:,} {'byte was' if signed == 1 else 'bytes were'} signed and {arrived:,} arrived"


def bodies(body: bytes) -> Iterator[Message]:
    """Every variant of the body but rewritten JSON, the likeliest first; some are equal to others."""
    yield from _ends(body)
    yield from _line_ends(body)
    yield from _nothing(body)
    yield from _byte_order_marks(body)
    if len(body) <= _LARGEST_RECODED:
        yield from _encodings(body)
    yield from _unpacked(body)
    if len(body) <= _LARGEST_RECODED:
        yield from _forms(body)
        yield from _texts(body)
    yield from _buffers(body)


def _ends(body: bytes) -> Iterator[Message]:
    arrived = len(body)
    if body.endswith(b"\n"):
        cut = fitting(
            "trailing-newline",
            "without the newline at the end of the body",
            "without the last newline",
            why="The signature fits the body without its last byte, a newline. "
            f"{sizes(arrived - 1, arrived)}: a client or a proxy added \\n.",
            change=f"{SEND_SIGNED} In curl use --data-binary.",
        )
        yield Message(body[:-1], (cut,), common=True)
    if body.endswith(b"\r\n"):
        cut = fitting(
            "trailing-crlf",
            "without the CR and LF at the end of the body",
            "without the last CR and LF",
            why="The signature fits the body without its last two bytes, CR and LF. "
            f"{sizes(arrived - 2, arrived)}: a client or a proxy added them.",
            change=f"{SEND_SIGNED} In curl use --data-binary.",
        )
        yield Message(body[:-2], (cut,), common=True)
    for ending, name, code in ((b"\n", "a newline", "missing-newline"), (b"\r\n", "CR and LF", "missing-crlf")):
        added = fitting(
            code,
            f"with {name} at the end of the body",
            f"with {name} at the end",
            why=f"The signature fits the body with {name} after it. "
            f"{sizes(arrived + len(ending), arrived)}: the end was cut off on the way.",
            change=f"{SEND_SIGNED} In curl use --data-binary.",
        )
        yield Message(body + ending, (added,), common=ending == b"\n")
    stripped = fitting(
        "surrounding-blanks",
        "without the blanks around the body",
        "without the blanks around",
        why="The signature fits the body without the white space before and after it.",
        change=SEND_SIGNED,
    )
    yield Message(body.strip(), (stripped,), common=True)
    terminated = fitting(
        "trailing-nul",
        "with a NUL byte at the end of the body",
        "with a NUL byte at the end",
        why="The signature fits the body and a NUL byte after it: the length counted a C string's end, too.",
        change="Sign as many bytes as are sent.",
    )
    yield Message(body + b"\0", (terminated,))


def _line_ends(body: bytes) -> Iterator[Message]:
    unix = body.replace(b"\r\n", b"\n")
    if unix != body:
        difference = fitting(
            "crlf-to-lf",
            "with LF for CRLF",
            "with LF for CRLF",
            why=f"Lines were signed with LF at their ends and arrived with CRLF: {sizes(len(unix), len(body))}.",
            change=_BINARY,
        )
        yield Message(unix, (difference,), common=True)
    dos = unix.replace(b"\n", b"\r\n")
    if dos != body:
        difference = fitting(
            "lf-to-crlf",
            "with CRLF for LF",
            "with CRLF for LF",
            why=f"Lines were signed with CRLF at their ends and arrived with LF: {sizes(len(dos), len(body))}.",
            change=_BINARY,
        )
        yield Message(dos, (difference,), common=True)


def _nothing(body: bytes) -> Iterator[Message]:
    if body:
        difference = fitting(
            "empty-body",
            "an empty body",
            "an empty body",
            why=f"The signature is that of no bytes at all, and {len(body):,} arrived: "
            "the stream was at its end already when it was signed.",
            change="The body was read before it was signed: keep it.",
        )
        yield Message(b"", (difference,), common=True)


def _byte_order_marks(body: bytes) -> Iterator[Message]:
    if body.startswith(_BOM):
        difference = fitting(
            "bom-added",
            "without the byte order mark in front",
            "without the byte order mark",
            why="The body begins with a byte order mark (EF BB BF) that was not signed.",
            change="Write UTF-8 without a byte order mark.",
        )
        yield Message(body.removeprefix(_BOM), (difference,), common=True)
    else:
        difference = fitting(
            "bom-cut",
            "with a byte order mark in front",
            "with a byte order mark",
            why="A byte order mark (EF BB BF) was signed with the body and did not arrive.",
            change="Write UTF-8 without a byte order mark.",
        )
        yield Message(_BOM + body, (difference,))


def _encodings(body: bytes) -> Iterator[Message]:
    replaced = fitting(
        "utf8-replaced",
        "the body with U+FFFD for what is not UTF-8",
        "with U+FFFD for bad bytes",
        why="The body is not UTF-8 throughout; it was decoded with replacement characters before signing.",
        change=SIGN_BODY,
    )
    yield Message(body.decode("utf-8", "replace").encode(), (replaced,))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        yield from _from_other_encodings(body)
        return
    if not text.isascii():
        yield from _from_utf8(text)
    wide = fitting(
        "utf16",
        "the body as UTF-16",
        "the body as UTF-16",
        why="The text was signed as UTF-16, two bytes to a character, and sent as UTF-8.",
        change=SIGN_ENCODED,
    )
    for name in ("utf-16-le", "utf-16"):
        yield Message(text.encode(name), (wide,))


def _from_utf8(text: str) -> Iterator[Message]:
    try:
        repaired = text.encode("latin-1").decode("utf-8").encode()
    except UnicodeError:
        pass
    else:
        twice = fitting(
            "body-sent-encoded-twice",
            "before it was encoded as UTF-8 twice",
            "before encoding it twice",
            why="The body was UTF-8 when it was signed; then it was taken for Latin-1 and encoded once more.",
            change=SIGN_ENCODED,
        )
        yield Message(repaired, (twice,))
    doubled = fitting(
        "body-encoded-twice",
        "the body encoded as UTF-8 twice",
        "the body encoded twice",
        why="Each byte above 127 was taken for a Latin-1 letter and written as two bytes before signing.",
        change=SIGN_ENCODED,
    )
    for name in ("latin-1", "cp1252"):
        yield Message(text.encode().decode(name, "replace").encode(), (doubled,))
    narrow = fitting(
        "utf8-to-latin1",
        "the body as Latin-1",
        "the body as Latin-1",
        why="The text was signed as Latin-1, one byte to a letter, and sent as UTF-8.",
        change=SIGN_ENCODED,
    )
    marks = fitting(
        "question-marks",
        "with ? for what is not ASCII",
        "with ? for non-ASCII",
        why="Characters outside ASCII were turned into question marks before signing.",
        change=SIGN_ENCODED,
    )
    dropped = fitting(
        "non-ascii-dropped",
        "without the characters that are not ASCII",
        "without non-ASCII",
        why="Characters outside ASCII were left out before signing.",
        change=SIGN_ENCODED,
    )
    yield Message(text.encode("latin-1", "replace"), (narrow,))
    yield Message(text.encode("cp1252", "replace"), (narrow,))
    yield Message(text.encode("ascii", "replace"), (marks,))
    yield Message(text.encode("ascii", "ignore"), (dropped,))
    for form in ("NFC", "NFD"):
        normal = fitting(
            f"unicode-{form.lower()}",
            f"with its letters composed as {form} says",
            f"in the normal form {form}",
            why=f"The text was signed in Unicode's normal form {form} and arrived in another one.",
            change=SIGN_SENT,
        )
        yield Message(unicodedata.normalize(form, text).encode(), (normal,))


def _from_other_encodings(body: bytes) -> Iterator[Message]:
    for name, encoding in (("Latin-1", "cp1252"), ("Latin-1", "latin-1"), ("UTF-16", "utf-16")):
        try:
            again = body.decode(encoding).encode()
        except UnicodeError:
            continue
        difference = fitting(
            "utf8-sent-otherwise",
            f"the body as UTF-8; it came as {name}",
            "the body as UTF-8",
            why=f"The text was signed as UTF-8 and sent as {name}.",
            change=SIGN_ENCODED,
        )
        yield Message(again, (difference,))


def _unpacked(body: bytes) -> Iterator[Message]:
    for packing, bits in (("gzip", 31), ("deflate", 15), ("deflate", -15)):
        unpacked = _unpack(body, bits)
        if unpacked is None:
            continue
        difference = fitting(
            "decompressed",
            "the decompressed body",
            "the decompressed body",
            why=f"{sizes(len(unpacked), len(body))}: the body was signed before {packing} made it smaller.",
            change="Sign what is sent, after compressing.",
        )
        yield Message(unpacked, (difference,), common=True)


def _unpack(body: bytes, bits: int) -> bytes | None:
    """The whole content, or None when it is not packed like that or is larger than the bound."""
    packer = zlib.decompressobj(bits)
    try:
        unpacked = packer.decompress(body, LARGEST_UNPACKED)
    except zlib.error:
        return None
    return unpacked if packer.eof and not packer.unconsumed_tail else None


def _forms(body: bytes) -> Iterator[Message]:
    text = body.decode("latin-1")
    decoded = fitting(
        "form-decoded",
        "the body with its form coding taken off",
        "the form-decoded body",
        why="The body arrived coded as a form (%7B for a brace) and was signed without that coding.",
        change="Send it as application/json, as it was signed.",
    )
    if "%" in text or "+" in text:
        yield Message(unquote_plus(text, "latin-1").encode("latin-1", "replace"), (decoded,))
    field = fitting(
        "form-field",
        "one field of the form that arrived",
        "one field of the form",
        why="The body arrived as a form, and the value of one of its fields was signed.",
        change="Send it as application/json, as it was signed.",
    )
    try:
        fields = parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=50)
    except ValueError:
        fields = []
    for _, value in fields[:8]:
        yield Message(value.encode("latin-1", "replace"), (field,))
    coded = fitting(
        "form-encoded",
        "the body coded as a form",
        "the form-encoded body",
        why="The body was signed coded as a form (%7B for a brace) and arrived without that coding.",
        change=SIGN_SENT,
    )
    yield Message(quote_plus(body).encode(), (coded,))


def _texts(body: bytes) -> Iterator[Message]:
    packed = fitting(
        "body-base64",
        "the body in base64",
        "the body in base64",
        why="The body was signed in base64, as API gateways hand it over, and arrived as it is.",
        change="Decode the body before signing it.",
    )
    yield Message(base64.b64encode(body), (packed,))
    try:
        plain = base64.b64decode(body.strip(), validate=True)
    except (binascii.Error, ValueError):
        pass
    else:
        unpacked = fitting(
            "body-from-base64",
            "the body taken out of base64",
            "the body out of base64",
            why="The body arrived in base64, and what it holds was signed.",
            change=SIGN_SENT,
        )
        yield Message(plain, (unpacked,))
    shown = fitting(
        "python-bytes-text",
        "the body written as Python's b'...'",
        "the body as b'...'",
        why="str() of a bytes object was signed: it writes b'...' around the body.",
        change="Give the bytes to hmac, not str() of them.",
    )
    yield Message(repr(body).encode(), (shown,))
    for word, language in (
        (b"[object Object]", "JavaScript"),
        (b"undefined", "JavaScript"),
        (b"null", "JavaScript"),
        (b"None", "Python"),
        (b"Array", "PHP"),
    ):
        name = word.decode()
        instead = fitting(
            "word-for-body",
            f"the text {name} in place of the body",
            f"the text {name}",
            why=f"{language} made the text {name} of a value that is not a text, and that was signed.",
            change="Sign the raw body, before anything parses it.",
        )
        yield Message(word, (instead,))


def _buffers(body: bytes) -> Iterator[Message]:
    for size in _BUFFERS:
        if size < len(body):
            difference = fitting(
                "body-cut",
                f"the first {size:,} bytes of the body",
                f"the first {size:,} bytes",
                why=f"{sizes(size, len(body))}: only one buffer of the body was signed.",
                change="Read the body to its end before signing it.",
            )
            yield Message(body[:size], (difference,))
