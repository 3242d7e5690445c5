"""A delivery as an HTTPie command; HTTPie's own signs in a header's value (`@` reads a file) are escaped.

HTTPie sends header values as UTF-8 text only and gives some backslashes a meaning that it offers no escape for: a
header that it cannot send unchanged is left out, and a note names it. Its libraries normalise unusual targets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.headers import Headers, values
from webhook_tui.export.destination import Destination, sent_headers
from webhook_tui.export.snippets.shell import command_line, from_base64, note, text_body, word

_ADDED = (b"Accept", b"Accept-Encoding", b"User-Agent", b"Content-Type")
"""What HTTPie adds by default."""
_MEANT_OTHERWISE = re.compile(rb"\\[:;=@]")


def write_httpie(deliveries: Iterable[StoredDelivery], destination: Destination) -> Iterator[bytes]:
    """One command for each delivery, with an empty line between two."""
    between = ""
    for stored in deliveries:
        yield (between + _command(stored.delivery, destination)).encode("utf-8")
        between = "\n"


def _command(delivery: Delivery, destination: Destination) -> str:
    headers = sent_headers(delivery)
    items = list(_items(headers))
    left_out = [name.decode("ascii") for name, value in headers if not _can_send(value)]
    said = note(f"left out, HTTPie cannot send it as it was: {', '.join(left_out)}") if left_out else ""
    address = destination.address(delivery)
    url = address.url if address.target is None else address.url + address.target.removeprefix("/")
    request = ["--", word(delivery.method.encode("latin-1")), word(url.encode("utf-8"))]
    text = text_body(delivery.body)
    if text is None:
        return said + from_base64(delivery.body, command_line("http --path-as-is", [*request, *items]))
    return said + command_line("http --ignore-stdin --path-as-is", [f"--raw={text}", *request, *items]) + "\n"


def _items(headers: Headers) -> Iterator[str]:
    for name, value in headers:
        if not value:
            yield word(name + b";")
        elif _can_send(value):
            yield word(name + b":" + (b"\\" if value[:1] in (b"=", b"@") else b"") + value)
    for name in _ADDED:
        if not values(headers, name):
            yield word(name + b":")


def _can_send(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return _MEANT_OTHERWISE.search(value) is None
