"""One delivery a line of ASCII, which is read back as it was received."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.export.odd_deliveries import EVERYTHING, stored, written
from tests.factories import delivery, row
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.event import parse_event
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.export.json_lines import (
    Imported,
    Skipped,
    as_line,
    decoded_json,
    delivery_line,
    delivery_record,
    encode_delivery,
    read_jsonl,
)
from webhook_tui.headless.signing.verify import read_delivery

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text(), below),
    max_leaves=8,
)
_BODIES = st.binary() | st.builds(
    lambda value, in_ascii, indent: json.dumps(value, ensure_ascii=in_ascii, indent=indent).encode(
        "utf-8", "surrogatepass"
    ),
    _VALUES,
    st.booleans(),
    st.sampled_from([None, 1]),
)
_HEADERS = st.lists(st.tuples(st.binary(), st.binary()), max_size=3).map(tuple)


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


@given(_BODIES, _HEADERS, st.text(), st.sampled_from([None, "7", '"a"', '"\\ud800"', '"\xe9"']), st.characters())
def test_a_line_holds_the_delivery_whatever_is_in_it(
    body: bytes, headers: Headers, event: str, event_id: str | None, sign: str
) -> None:
    """It is the line of its object, and of nothing but ASCII, after the ones before."""
    one, changed = delivery(body, headers=headers), replace(row(8, event=event, event_id=event_id), reason=sign)
    encoded = bytearray(b"before\n")
    encode_delivery(changed, one, encoded)
    before, line = encoded.decode("ascii").split("\n", 1)
    record = json.loads(line)
    as_received = bytearray()
    encode_delivery(changed, one, as_received, is_strict=parse_event(body).is_strict)

    assert before == "before"
    assert line == as_line(delivery_record(changed, one)) == as_received.decode("ascii")
    assert line.count("\n") == 1
    assert base64.b64decode(record["body_b64"]) == body
    assert record["headers"] == [[name.decode("latin-1"), value.decode("latin-1")] for name, value in headers]
    assert record["json"] == decoded_json(body)
    assert (record["event"], record["reason"]) == (event, sign)
    assert record["event_id"] == (None if event_id is None else json.loads(event_id))


def test_headers_that_are_alike_keep_their_own_line() -> None:
    """Also when more of them arrived than are kept."""
    pairs = [(b"a", b"%d" % number) for number in range(1_000)] + [(b"a", b"1"), (b"a1", b""), (b"", b"a1")]
    lines = [json.loads(delivery_line(row(1), delivery(headers=(pair,)))) for pair in pairs]

    assert [line["headers"] for line in lines] == [[[name.decode(), value.decode()]] for name, value in pairs]


@pytest.mark.parametrize(
    ("body", "is_embedded"),
    [
        (b'{"a": 1e3, "a": 12345678901234567890123}', True),
        (b'{"a": "\\ud800"}', False),
        (b'{"a": [1.50, 1E400]}', False),
        (b'{"a":\n1}', False),
        (b'{"a":\r1}', False),
        (b'{"a":\t1}', False),
        (b'{"a":\x0b1}', False),
        (b'{"a":"\x1b[1m"}', False),
        (b'{"a": NaN}', False),
        (b'"\xc3\xa9"', False),
        (b"[" * 501 + b"]" * 501, False),
        (b"{", False),
        (b"", False),
    ],
)
def test_a_body_in_one_line_of_ascii_is_embedded_unchanged(body: bytes, is_embedded: bool) -> None:
    """Every other one as it is decoded; each line stays one of printable ASCII, and holds the same value."""
    line, as_received = delivery_line(row(1), delivery(body)), bytearray()
    encode_delivery(row(1), delivery(body), as_received, is_strict=parse_event(body).is_strict)

    assert line == as_received.decode("ascii")
    assert line.isascii()
    assert line[:-1].isprintable()
    assert json.loads(line)["json"] == decoded_json(body)
    assert (b'"json":' + body + b',"event"' in line.encode()) is is_embedded


def test_lines_that_are_no_delivery_are_skipped_with_a_reason() -> None:
    """Empty ones and a byte order mark are passed over."""
    good = json.loads(written("jsonl", [stored()]))
    lines = [
        b"\xef\xbb\xbf" + json.dumps(good).encode(),
        b" \n",
        b"{",
        b"[]",
        b'{"type": "ready"}',
        json.dumps({**good, "body_b64": "!"}).encode(),
        json.dumps({key: value for key, value in good.items() if key != "path"}).encode(),
        json.dumps({**good, "headers": [1]}).encode(),
        json.dumps({**good, "headers": [["a"]]}).encode(),
        json.dumps({**good, "headers": [["a", "b", "c"]]}).encode(),
        json.dumps({**good, "received_at": "2026-11-23T14:20:02"}).encode(),
        json.dumps({**good, "path": "/\ud800"}).encode(),
        json.dumps({**good, "path": "/\u20ac"}).encode(),
        json.dumps({**good, "method": "\u20ac"}).encode(),
        json.dumps({**good, "received_at": "9999-12-31T23:59:59Z"}).encode(),
    ]
    first, *others = read_jsonl(lines)

    assert isinstance(first, Imported)
    assert (first.place, first.delivery, first.answered) == ("line 1", replace(stored().delivery, client=""), 200)
    assert [(one.place, one.reason) for one in others if isinstance(one, Skipped)][:3] == [
        ("line 3", "not JSON"),
        ("line 4", "not a line of webhook-tui"),
        ("line 5", "not a delivery"),
    ]
    assert [one.reason for one in others[4:] if isinstance(one, Skipped)] == [
        "path is missing",
        *["its headers are no pairs"] * 3,
        "its received_at has no time zone",
        *["it cannot be read"] * 4,
    ]


@pytest.mark.parametrize("answered", [None, True, -1, 10**30, "200"])
def test_an_answer_that_is_no_status_is_left_out(answered: object) -> None:
    line = {**json.loads(written("jsonl", [stored()])), "answered": answered}
    (only,) = read_jsonl([json.dumps(line).encode()])

    assert isinstance(only, Imported)
    assert only.answered is None
