"""Deliveries out of an HTTP archive: ours whole, others' as far as they are deliveries."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from tests.export.receiving import EVERYTHING, stored, written
from webhook_tui.export.har_reader import read_har
from webhook_tui.export.json_lines import Imported, Skipped

ENTRY: dict[str, Any] = json.loads(written("har", [stored()]))["log"]["entries"][0]


def read(entry: object) -> Imported | Skipped:
    """The one entry of an archive."""
    found = read_har(json.dumps({"log": {"entries": [entry]}}).encode())
    assert found is not None
    (one,) = found
    return one


def test_our_own_archive_is_read_back_whole() -> None:
    """Every body and header; a target without a fragment, which no URL carries to a server."""
    sent = [one for one in EVERYTHING if one.delivery.target.isascii() and "#" not in one.delivery.target]

    found = read_har(written("har", sent))

    assert found is not None
    assert [one.delivery for one in found if isinstance(one, Imported)] == [
        replace(one.delivery, client="") for one in sent
    ]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"log": {}}', b'{"log": {"entries": 1}}'])
def test_what_is_no_archive(content: bytes) -> None:
    assert read_har(content) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (None, "not an entry of a HAR"),
        ({**ENTRY, "request": None}, "not an entry of a HAR"),
        ({**ENTRY, "startedDateTime": "2026-11-23T14:20:02"}, "its startedDateTime has no time zone"),
        (
            {**ENTRY, "request": {**ENTRY["request"], "postData": {"params": [{"name": "a"}]}}},
            "its body is not in the file, only its form fields",
        ),
        ({**ENTRY, "request": {**ENTRY["request"], "bodySize": 9}}, "its body is not whole: 68 of 9 bytes"),
    ],
)
def test_why_an_entry_is_skipped(changed: object, reason: str) -> None:
    assert read(changed) == Skipped("entry 1", reason)


def test_an_entry_of_another_program_has_to_be_a_delivery() -> None:
    """By a header of PiktID's, or by an event as its body; pseudo-headers of HTTP/2 are no headers."""
    foreign = {key: value for key, value in ENTRY.items() if key != "_webhookTui"}
    request = {**ENTRY["request"], "headers": [{"name": ":method", "value": "POST"}]}
    page = {**request, "postData": {"text": "<p>"}, "bodySize": 3}

    found = read({**foreign, "request": request, "response": {"status": 0}})
    assert isinstance(found, Imported)
    assert (found.delivery.headers, found.answered) == ((), None)
    assert read({**foreign, "request": page}) == Skipped("entry 1", "not a webhook delivery")
