"""A delivery as a curl command that sends the same bytes and, whatever they are, reads no file and runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.headers import values
from webhook_tui.export.destination import Destination, sent_headers
from webhook_tui.export.snippets.shell import command_line, from_base64, text_body, word

_ADDED = (b"Accept", b"User-Agent", b"Content-Type")
"""What curl adds by default."""
_WAITS_FROM = 1024
"""Bytes from which some versions of curl ask the server before they send a body."""


def write_curl(deliveries: Iterable[StoredDelivery], destination: Destination) -> Iterator[bytes]:
    """One command for each delivery, with an empty line between two."""
    between = ""
    for stored in deliveries:
        yield (between + _command(stored.delivery, destination)).encode("utf-8")
        between = "\n"


def _command(delivery: Delivery, destination: Destination) -> str:
    words = [f"--request {word(delivery.method.encode('latin-1'))}"]
    words += [f"--header {option}" for option in _headers(delivery)]
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


def _headers(delivery: Delivery) -> Iterator[str]:
    for name, value in sent_headers(delivery):
        # An empty value would take the header away; curl's sign for an empty header is a semicolon.
        yield word(name + b": " + value if value else name + b";")
    for name in _ADDED:
        if not values(delivery.headers, name):
            yield word(name + b":")
    if len(delivery.body) >= _WAITS_FROM:
        yield word(b"Expect:")
