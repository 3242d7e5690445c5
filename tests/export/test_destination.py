"""Where an exported request goes, and which of its headers travel."""

from __future__ import annotations

import pytest

from tests.factories import delivery
from webhook_tui.export.destination import Address, Destination, carried, sent_headers


@pytest.mark.parametrize(
    ("base", "target", "address"),
    [
        ("http://a", "/h?x=1", Address("http://a/h?x=1")),
        ("http://a/", "/h", Address("http://a/h")),
        ("http://a/api", "/h", Address("http://a/api")),
        ("http://a?x", "/h", Address("http://a?x")),
        ("http://a#x", "/h", Address("http://a/h")),
        ("http://a", "//evil.example/", Address("http://a/", "//evil.example/")),
        ("http://a", "/a/../b", Address("http://a/", "/a/../b")),
        ("http://a", "/%zz", Address("http://a/", "/%zz")),
        ("http://a", "/caf\xe9 ", Address("http://a/", "/caf%E9%20")),
    ],
)
def test_the_target_never_chooses_the_host(base: str, target: str, address: Address) -> None:
    """One that clients would normalise is named apart from the URL."""
    assert Destination(base).address(delivery(target=target)) == address


def test_headers_of_one_connection_do_not_travel() -> None:
    kept = ((b"X-A", b"1"), (b"x-a", b"caf\xe9"))
    headers = (*kept, (b"Host", b"a"), (b"Content-Length", b"1"), (b"Connection", b"close"), (b"Expect", b"x"))

    assert sent_headers(delivery(headers=headers)) == kept


def test_what_would_end_a_line_is_not_carried() -> None:
    assert carried(((b"X-A", b"1\r\nX-B: 2"), (b"X C", b"1"), (b"X-D", b"\x00"), (b"X-E", b"\t"))) == ((b"X-E", b"\t"),)
