"""The event in a body: what is not there, or is not what is documented, is None."""

from __future__ import annotations

import pytest

from webhook_tui.domain.delivery.event import MOST_VALUES, Event, event_name, has_too_many_values, parse_event


def test_the_documented_event() -> None:
    assert parse_event(b'{"id": 7, "name": "ping", "data": {"a": 1}, "timestamp": 1795443602.5}') == Event(
        "7", "ping", {"a": 1}, 1795443602.5, is_json=True, is_strict=True
    )


@pytest.mark.parametrize(
    ("value", "event_id"),
    [("7", "7"), ('"7"', '"7"'), ("7.5", "7.5"), ("true", None), ("null", None), ("{}", None), ("1e400", None)],
)
def test_an_id_keeps_its_type(value: str, event_id: str | None) -> None:
    """As JSON text, so that 7 and "7" are two ids; what JSON cannot write again is none."""
    assert parse_event(f'{{"id": {value}}}'.encode()).event_id == event_id


@pytest.mark.parametrize("value", ["true", '"1795443602"', "-1", "1795443602418", "1e400"])
def test_a_timestamp_that_is_no_time_in_seconds_is_none(value: str) -> None:
    assert parse_event(f'{{"timestamp": {value}}}'.encode()).timestamp is None


@pytest.mark.parametrize(("body", "is_json"), [(b"", False), (b"{", False), (b"\xff", False), (b"[1]", True)])
def test_a_body_without_an_object_has_no_fields(body: bytes, is_json: bool) -> None:
    assert parse_event(body) == Event(is_json=is_json, is_strict=is_json)


def test_a_body_with_too_many_values_is_not_decoded() -> None:
    body = b"[" + b"1," * MOST_VALUES + b"1]"

    assert has_too_many_values(body)
    assert not parse_event(body).is_json
    assert not has_too_many_values(b'"' + b"x" * MOST_VALUES + b'"')


def test_the_header_names_the_event_before_the_body_does() -> None:
    event = Event(name="ping")

    assert event_name(((b"x-webhook-event", b"batch_\xff"),), event) == "batch_\ufffd"
    assert event_name((), event) == "ping"
    assert event_name((), Event()) == ""
