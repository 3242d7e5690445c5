"""The comparison of two deliveries: what only one of them has, in signature, headers and payload."""

from __future__ import annotations

from msgspec.structs import replace

from tests.factories import INVALID, delivery, row
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.ui.format.comparison.deliveries import comparison, payload_comparison

HEADERS = ((b"X-A", b"1"), (b"X-Webhook-Signature", b"sha256=0"))
ONE = StoredDelivery(row(1), delivery(b'{"a": 1, "b": [1]}', headers=HEADERS))


def blocks(before: StoredDelivery, after: StoredDelivery) -> list[list[str]]:
    """The lines of each part."""
    return [block.split("\n") for block in comparison(before, after).plain.split("\n\n")]


def test_equal_deliveries() -> None:
    assert blocks(ONE, replace(ONE, row=row(2))) == [
        ["- #1   + #2"],
        ["Signature", "- valid: Signed by PiktID.", "+ valid: Signed by PiktID.", "The same signature."],
        ["Headers", "The same, besides the signature."],
        ["Payload", "The same 18 bytes."],
    ]


def test_what_differs() -> None:
    """Headers by name in any case, paths of JSON, and lines with sorted keys; nothing received is raw."""
    headers = ((b"x-a", b"1"), (b"X-B", b"\x1b"), (b"X-Webhook-Signature", b"sha256=1"))
    other = StoredDelivery(row(2, verification=INVALID), delivery(b'{"b": [1, 2], "a": "\x7f"}', headers=headers))
    _, signature, found, payload, lines = blocks(ONE, other)

    assert signature[-2:] == ["- sha256=0", "+ sha256=1"]
    assert found == ["Headers", "+ X-B: ␛"]
    assert payload == ["Payload", "≠ $.a", "  - 1", '  + "␡"', "+ $.b[1]  2"]
    assert lines[0] == "Lines, keys sorted"


def test_bodies_that_cannot_be_compared_by_paths() -> None:
    assert "Not JSON, or too large to be compared by paths." in payload_comparison(b"a", b"b").plain
    assert "The same JSON in other bytes." in payload_comparison(b'{"a":1}', b'{"a": 1}').plain
