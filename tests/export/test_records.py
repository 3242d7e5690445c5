"""The forms that programs read: HAR, JSON lines, raw requests, CSV, the payload."""

from __future__ import annotations

import asyncio
import base64
import codecs
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.export.receiving import BODIES, HEADERS, TARGETS, expected, receiving, stored
from tests.factories import delivery, row
from tests.patience import PATIENCE_SECONDS
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.export.destination import Destination
from webhook_tui.export.formats import FORMATS
from webhook_tui.export.json_lines import as_line, decoded_json, delivery_line, delivery_record
from webhook_tui.headless.signing.verify import read_delivery

EVERYTHING = [
    *(stored(body, seq=number) for number, body in enumerate(BODIES.values(), start=100)),
    *(stored(headers=headers, seq=number) for number, headers in enumerate(HEADERS.values(), start=200)),
    *(stored(target=target, seq=number) for number, target in enumerate(TARGETS, start=300)),
]


def written(form: str, deliveries: list[StoredDelivery]) -> bytes:
    """The whole file."""
    return b"".join(FORMATS[form].write(deliveries, Destination()))


@pytest.mark.parametrize("form", FORMATS)
def test_a_form_is_deterministic_and_takes_none(form: str) -> None:
    """Two exports of the same deliveries can be compared; none give a file that is still one of its kind."""
    assert written(form, EVERYTHING) == written(form, EVERYTHING)
    written(form, [])


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_named_by_our_number(form: str) -> None:
    """Nothing received is in a file's name."""
    name = FORMATS[form].file_name(8)

    assert Path(name).name == name
    assert Path(name).stem.replace("_", "-").endswith("delivery-8")


def test_the_payload_is_the_body() -> None:
    """Nothing added, nothing decoded."""
    for body in BODIES.values():
        assert written("payload", [stored(body)]) == body
    assert FORMATS["payload"].file_name(8) == "delivery-8.json"


def test_verify_reads_a_json_line(tmp_path: Path) -> None:
    """What is read back is what was received."""
    for one in EVERYTHING:
        file = tmp_path / "one.jsonl"
        file.write_bytes(written("jsonl", [one]))

        assert read_delivery(file) == replace(one.delivery, client="")


def test_json_lines_are_lines_of_ascii() -> None:
    """One delivery a line, whatever is in it."""
    lines = written("jsonl", EVERYTHING)

    assert lines.isascii()
    assert [json.loads(line)["seq"] for line in lines.splitlines()] == [one.row.seq for one in EVERYTHING]


def test_the_line_of_a_delivery_is_that_of_its_object() -> None:
    """Whichever encoder made it; an event's id keeps its type."""
    named = [replace(row(8), event_id=event_id) for event_id in (None, "90412", '"a-b"', '"\\ud800"')]
    for one in [*EVERYTHING, *(StoredDelivery(each, delivery()) for each in named)]:
        record = delivery_record(one.row, one.delivery)

        assert delivery_line(one.row, one.delivery) == as_line(record)
        assert base64.b64decode(str(record["body_b64"])) == one.delivery.body


@pytest.mark.parametrize(
    ("body", "is_embedded"),
    [
        (b'{"a": 1e3, "a": 12345678901234567890123}', True),
        (b'{"a": "\\ud800"}', False),
        (b'{"a": [1.50, 1E400]}', False),
        (b'{"a":\n1}', False),
        (b'{"a": NaN}', False),
        (b'"\xc3\xa9"', False),
        (b"[" * 501 + b"]" * 501, False),
        (b"{", False),
        (b"", False),
    ],
)
def test_a_body_in_one_line_of_ascii_is_embedded_unchanged(body: bytes, is_embedded: bool) -> None:
    """Every other one as it is decoded; each line stays one of printable ASCII, and holds the same value."""
    line = delivery_line(row(1), delivery(body))

    assert line.isascii()
    assert line[:-1].isprintable()
    assert json.loads(line)["json"] == decoded_json(body)
    assert (b'"json":' + body + b',"event"' in line.encode()) is is_embedded


async def test_raw_requests_can_be_sent_as_they_are() -> None:
    """Over a socket, they arrive as they were received; a target that is not ASCII cannot have been."""
    sendable = [
        one for one in EVERYTHING if one.delivery.headers == HEADERS["as PiktID's"] and one.delivery.target.isascii()
    ]
    async with receiving() as handler:
        _, port = handler.url.removeprefix("http://").split(":")
        for one in sendable:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
            writer.write(written("raw", [one]))
            answer = await asyncio.wait_for(reader.readline(), PATIENCE_SECONDS)
            writer.close()
            await writer.wait_closed()
            assert answer.startswith(b"HTTP/1.1 200"), one

    for one, request in zip(sendable, handler.arrived, strict=True):
        assert (request.body, request.target) == (one.delivery.body, one.delivery.target.encode("latin-1"))
        assert request.travelling == expected(one.delivery.headers)


def test_a_raw_request_has_its_true_length() -> None:
    """A body that arrived in chunks, and a length that was another's, make no request that is smuggled in."""
    chunked = written("raw", [stored(b"abc", headers=HEADERS["of one connection"])])
    wrong = written("raw", [stored(b"abc", headers=((b"content-LENGTH", b"1"), (b"X-A", b"1\r\nX-B: 2")))])

    assert chunked.endswith(b"\r\nContent-Length: 3\r\n\r\nabc")
    assert b"ransfer" not in chunked
    assert wrong == b"POST /h/abc HTTP/1.1\r\ncontent-LENGTH: 3\r\n\r\nabc"


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


def test_a_request_of_http_1_0_stays_one() -> None:
    """In the archive and on the wire."""
    one = stored(headers=())
    old = StoredDelivery(one.row, replace(one.delivery, http_version="1.0"))

    assert _entries([old])[0]["request"]["httpVersion"] == "HTTP/1.0"
    assert written("raw", [old]).startswith(b"POST /h/abc HTTP/1.0\r\nContent-Length: ")


def test_an_archive_holds_the_bytes_of_every_body() -> None:
    """As text where it is UTF-8, else in base64."""
    for one, entry in zip(EVERYTHING, _entries(EVERYTHING), strict=True):
        content = entry["request"]["postData"]
        text = content["text"]
        body = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
        assert body == one.delivery.body


def test_an_archive_names_the_senders_url() -> None:
    """The tunnel's host where the request tells it; a host that is none is not believed."""
    headers = ((b"Host", b"abc.lhr.life"), (b"X-Forwarded-Proto", b"https"))

    assert _entries([stored(headers=headers)])[0]["request"]["url"] == "https://abc.lhr.life/h/abc"
    assert _entries([stored(headers=((b"Host", b"a/b@c"),))])[0]["request"]["url"] == "http://127.0.0.1:9876/h/abc"


def test_a_delivery_without_an_answer_has_status_0() -> None:
    """As browsers archive a request that was never answered."""
    silent = stored()
    silent = StoredDelivery(replace(silent.row, answered=None), silent.delivery)

    assert _entries([silent])[0]["response"]["status"] == 0


@pytest.mark.parametrize(
    "received",
    ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1", '";=1', "a,b;=1\x1b[31m"],
)
def test_no_cell_is_a_formula(received: str) -> None:
    """Text that a spreadsheet would compute has an apostrophe in front, and no control character is left."""
    one = stored()
    one = StoredDelivery(replace(one.row, event=received, summary=Summary(received), event_id=received), one.delivery)
    table = written("csv", [one]).decode("utf-8-sig")
    header, cells = csv.reader(io.StringIO(table, newline=""))

    assert table.count("\r\n") == 2
    assert table.replace("\r\n", "").isprintable()
    for column in ("event", "about", "event_id"):
        cell = cells[header.index(column)]
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))
        assert cell.removeprefix("'")[-2:] == received[-2:].replace("\n", "␊")


def test_the_table_has_a_line_a_delivery() -> None:
    """Every cell quoted, so that a spreadsheet that splits at semicolons splits none of ours; Excel knows UTF-8 by its
    byte order mark.
    """
    table = written("csv", EVERYTHING)
    lines = table.decode("utf-8-sig").split("\r\n")

    assert table.startswith(codecs.BOM_UTF8)
    assert table.count(codecs.BOM_UTF8) == 1
    assert len(lines) == len(EVERYTHING) + 2
    assert lines[0].startswith('"seq","run","received_at","event"')
    assert lines[1].startswith('"100","1","2026-11-23T14:20:02.418Z","ping","90412","1","valid","Signed by PiktID."')
