"""Deliveries as curl and HTTPie commands for bash, dash, zsh and fish: received text is neither run nor changed."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator

from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.headers import Headers, values
from webhook_tui.domain.delivery.text import is_harmless
from webhook_tui.export.destination import Destination, sent_headers

_LONGEST_TEXT = 65_536
"""Bytes; Linux takes at most 131,072 in one argument."""
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_/.:-]*")
_ESCAPED = re.compile(r"((?:'|\\(?=['\\]|\Z)|(?<=\\)\\)+)")
r"""Quotes, and the backslashes that fish takes for an escape inside quotes: those before `\`, `'` or the end."""


def word(content: bytes) -> str:
    """One word of a command line; bytes that no terminal should see are written as octal escapes for printf.

    `content` holds no NUL and does not end in a newline.
    """
    text = _harmless(content)
    if text is not None:
        return _quoted(text)
    # A dash is escaped, too: in front it would make the text an option of printf's.
    escaped = "".join(chr(byte) if _is_plain(byte) else f"\\{byte:03o}" for byte in content)
    return f"\"$(printf '{escaped.replace('%', '%%')}')\""


def _is_plain(byte: int) -> bool:
    return 0x20 <= byte < 0x7F and byte not in b"\\'!-"


def text_body(body: bytes) -> str | None:
    """The body as a quoted word if it is text that can be pasted, else None."""
    if len(body) > _LONGEST_TEXT:
        return None
    lines = [_harmless(line) for line in body.split(b"\n")]
    texts = [line for line in lines if line is not None]
    return _quoted("\n".join(texts)) if len(texts) == len(lines) else None


def from_base64(body: bytes, command: str) -> str:
    """`command` with exactly the body's bytes on its standard input; no here-document, which fish does not have."""
    lines = base64.encodebytes(body).decode("ascii")
    return f"printf %s '{lines}' | base64 -d | {command}\n"


def note(text: str) -> str:
    """A line that does nothing; no comment, which zsh runs where it is typed in."""
    return f": {_quoted(text)}\n"


def command_line(program: str, words: list[str]) -> str:
    """One argument (or option with its value) a line."""
    return " \\\n  ".join([program, *words])


def _quoted(text: str) -> str:
    """Quoted, with what fish reads in its own way inside quotes escaped outside of them."""
    if _NEEDS_NO_QUOTES.fullmatch(text):
        return text
    pieces = _ESCAPED.split(text)
    return (
        "".join(
            re.sub(r"(.)", r"\\\1", piece) if number % 2 else f"'{piece}'"
            for number, piece in enumerate(pieces)
            if piece
        )
        or "''"
    )


def _harmless(content: bytes) -> str | None:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if text.isascii():
        return text if text.isprintable() else None
    return text if all(is_harmless(character) for character in text) else None


_ADDED_BY_CURL = (b"Accept", b"User-Agent", b"Content-Type")
"""What curl adds by default."""
_WAITS_FROM = 1024
"""Bytes from which some versions of curl ask the server before they send a body."""


def write_curl(deliveries: Iterable[StoredDelivery], destination: Destination) -> Iterator[bytes]:
    """A curl command for each delivery, with an empty line between two; it sends the same bytes and reads no file."""
    return _commands(_curl_command, deliveries, destination)


def _commands(
    command: Callable[[Delivery, Destination], str], deliveries: Iterable[StoredDelivery], destination: Destination
) -> Iterator[bytes]:
    for number, stored in enumerate(deliveries):
        yield (("\n" if number else "") + command(stored.delivery, destination)).encode("utf-8")


def _curl_command(delivery: Delivery, destination: Destination) -> str:
    words = [f"--request {word(delivery.method.encode('latin-1'))}"]
    words += [f"--header {option}" for option in _curl_headers(delivery)]
    address = destination.address(delivery)
    if address.target is not None:
        words.append(f"--request-target {word(address.target.encode('ascii'))}")
    if any(mark in address.url for mark in "[]{}"):
        words.append("--globoff")
    url = word(address.url.encode("utf-8"))
    text = text_body(delivery.body)
    if text is None:
        return from_base64(delivery.body, command_line("curl", [*words, "--data-binary @-", url]))
    return command_line("curl", [*words, f"--data-raw {text}", url]) + "\n"


def _curl_headers(delivery: Delivery) -> Iterator[str]:
    for name, value in sent_headers(delivery):
        # An empty value would take the header away; curl's sign for an empty header is a semicolon.
        yield word(name + b": " + value if value else name + b";")
    for name in _ADDED_BY_CURL:
        if not values(delivery.headers, name):
            yield word(name + b":")
    if len(delivery.body) >= _WAITS_FROM:
        yield word(b"Expect:")


_ADDED_BY_HTTPIE = (b"Accept", b"Accept-Encoding", b"User-Agent", b"Content-Type")
"""What HTTPie adds by default."""
_MEANT_OTHERWISE = re.compile(rb"\\[:;=@]")


def write_httpie(deliveries: Iterable[StoredDelivery], destination: Destination) -> Iterator[bytes]:
    """An HTTPie command for each delivery, with an empty line between two.

    HTTPie's own signs in a header's value (`@` reads a file) are escaped. It sends header values as UTF-8 text only and
    gives some backslashes a meaning that it offers no escape for: a header that it cannot send unchanged is left out,
    and a note names it. Its libraries normalise unusual targets.
    """
    return _commands(_httpie_command, deliveries, destination)


def _httpie_command(delivery: Delivery, destination: Destination) -> str:
    headers = sent_headers(delivery)
    items = list(_httpie_items(headers))
    left_out = [name.decode("ascii") for name, value in headers if not _can_send(value)]
    said = note(f"left out, HTTPie cannot send it as it was: {', '.join(left_out)}") if left_out else ""
    address = destination.address(delivery)
    url = address.url if address.target is None else address.url + address.target.removeprefix("/")
    request = ["--", word(delivery.method.encode("latin-1")), word(url.encode("utf-8"))]
    text = text_body(delivery.body)
    if text is None:
        return said + from_base64(delivery.body, command_line("http --path-as-is", [*request, *items]))
    return said + command_line("http --ignore-stdin --path-as-is", [f"--raw={text}", *request, *items]) + "\n"


def _httpie_items(headers: Headers) -> Iterator[str]:
    for name, value in headers:
        if not value:
            yield word(name + b";")
        elif _can_send(value):
            yield word(name + b":" + (b"\\" if value[:1] in (b"=", b"@") else b"") + value)
    for name in _ADDED_BY_HTTPIE:
        if not values(headers, name):
            yield word(name + b":")


def _can_send(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return _MEANT_OTHERWISE.search(value) is None
