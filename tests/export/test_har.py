"""Deliveries as an HTTP archive: its shape, its URLs, and every byte of a body."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from msgspec.structs import replace

from tests.export.odd_deliveries import EVERYTHING, stored, written
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.export.har import read_har
from webhook_tui.export.json_lines import Imported, Skipped


def _log(deliveries: list[StoredDelivery]) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(written("har", deliveries))["log"]
    return log


def _entries(deliveries: list[StoredDelivery]) -> list[dict[str, Any]]:
    archive = written("har", deliveries)
    assert archive.isascii()
    log = json.loads(archive)["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "webhook-tui")
    entries: list[dict[str, Any]] = log["entries"]
    return entries


def test_an_archive_has_the_shape_of_har() -> None:
    """Every member that HAR 1.2 demands, of the kind that it demands."""
    assert _entries([]) == []
    for one, entry in zip(EVERYTHING, _entries(EVERYTHING), strict=True):
        assert entry["startedDateTime"] == "2026-11-23T14:20:02.418Z"
        assert entry["time"] == sum(entry["timings"].values()) == 0
        assert set(entry["timings"]) == {"send", "wait", "receive"}
        assert (entry["cache"], entry["pageref"]) == ({}, "deliveries")
        request, response = entry["request"], entry["response"]
        for message in (request, response):
            assert isinstance(message["headersSize"], int)
            assert isinstance(message["bodySize"], int)
            assert message["httpVersion"] == "HTTP/1.1"
            assert message["cookies"] == []
        assert [(h["name"].encode("latin-1"), h["value"].encode("latin-1")) for h in request["headers"]] == list(
            one.delivery.headers
        )
        assert request["method"] == "POST"
        assert request["url"].endswith(one.delivery.target)
        assert all(set(pair) == {"name", "value"} for pair in request["queryString"])
        assert set(request["postData"]) - {"encoding"} == {"mimeType", "params", "text"}
        assert (response["status"], response["statusText"], response["redirectURL"]) == (200, "OK", "")
        assert set(response["content"]) == {"size", "mimeType"}


def test_an_archive_has_a_page_for_its_entries() -> None:
    """Firefox reads the timings of each entry's page; it begins with the first delivery."""
    (page,) = _log(EVERYTHING)["pages"]

    assert page["id"] == "deliveries"
    assert page["startedDateTime"] == "2026-11-23T14:20:02.418Z"
    assert page["pageTimings"] == {}
    assert _log([])["pages"] == []


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("http://hooks.example:8080/h/abc?a=1", "http://hooks.example:8080/h/abc?a=1"),
        ("HTTPS://hooks.example/h", "HTTPS://hooks.example/h"),
        ("*", "http://evil.example/"),
        ("hooks.example:443", "http://evil.example/"),
        ("//odd", "http://evil.example//odd"),
    ],
)
def test_an_archive_resolves_every_form_of_a_target(target: str, url: str) -> None:
    """An absolute one is the URL itself; `*` and a host alone have no path."""
    assert _log([stored(target=target)])["entries"][0]["request"]["url"] == url


def test_an_archive_holds_the_bytes_of_every_body() -> None:
    """As text where it is UTF-8, else in base64."""
    for one, entry in zip(EVERYTHING, _entries(EVERYTHING), strict=True):
        content = entry["request"]["postData"]
        text = content["text"]
        body = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
        assert body == one.delivery.body


def test_an_archive_names_the_senders_url() -> None:
    """The tunnel's host where the request names it; an invalid host is not used."""
    headers = ((b"Host", b"abc.lhr.life"), (b"X-Forwarded-Proto", b"https"))

    assert _entries([stored(headers=headers)])[0]["request"]["url"] == "https://abc.lhr.life/h/abc"
    assert _entries([stored(headers=((b"Host", b"a/b@c"),))])[0]["request"]["url"] == "http://127.0.0.1:9876/h/abc"


def test_a_delivery_without_an_answer_has_status_0() -> None:
    """As browsers archive a request that was never answered."""
    silent = stored()
    silent = StoredDelivery(replace(silent.row, answered=None), silent.delivery)

    assert _entries([silent])[0]["response"]["status"] == 0


def test_a_request_of_http_1_0_stays_one() -> None:
    """In the archive and on the wire."""
    one = stored(headers=())
    old = StoredDelivery(one.row, replace(one.delivery, http_version="1.0"))

    assert _entries([old])[0]["request"]["httpVersion"] == "HTTP/1.0"
    assert written("raw", [old]).startswith(b"POST /h/abc HTTP/1.0\r\nContent-Length: ")


ENTRY: dict[str, Any] = json.loads(written("har", [stored()]))["log"]["entries"][0]


def read(entry: object) -> Imported | Skipped:
    """The one entry of an archive."""
    found = read_har(json.dumps({"log": {"entries": [entry]}}).encode())
    assert found is not None
    (one,) = found
    return one


def test_our_own_archive_is_read_back_whole() -> None:
    """Every body, header and target."""
    sent = [*EVERYTHING, *(stored(target=target) for target in ("/h?a=1#b", "/h?", "/h#", "//h", "/\xe9"))]

    found = read_har(written("har", sent))

    assert found is not None
    assert [one.delivery for one in found if isinstance(one, Imported)] == [
        replace(one.delivery, client="") for one in sent
    ]


def test_a_fragment_in_an_entry_of_another_program_was_not_sent() -> None:
    """HAR 1.2 leaves it out of a URL; some programs do not."""
    others = {name: value for name, value in ENTRY.items() if name != "_webhookTui"}
    others["request"] = {**ENTRY["request"], "url": "https://hooks.example/h?a=1#b"}
    found = read(others)
    assert isinstance(found, Imported)
    assert found.delivery.target == "/h?a=1"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"log": {}}', b'{"log": {"entries": 1}}'])
def test_what_is_no_archive(content: bytes) -> None:
    assert read_har(content) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (None, "not an entry of a HAR"),
        ({**ENTRY, "request": None}, "not an entry of a HAR"),
        ({**ENTRY, "startedDateTime": "2026-11-23T14:20:02"}, "its startedDateTime has no time zone"),
        ({**ENTRY, "startedDateTime": "0001-01-01T00:00:00+14:00"}, "date value out of range"),
        ({**ENTRY, "startedDateTime": "0001-01-01T00:00:00Z"}, "date value out of range"),
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
