"""Notes on a delivery: each oddity is reported in a few words, and a documented delivery has none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import row
from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.signature.lint import field_paths, lint

NOW = datetime(2026, 11, 23, 14, 20, 2, tzinfo=UTC)
AT = NOW.timestamp()
JSON: Headers = ((b"Content-Type", b"application/json"), (b"X-Webhook-Event", b"ping"))


def body(fields: str = "", *, at: str = f"{AT - 2}", name: str = "ping") -> bytes:
    """A documented event with more fields in `data`."""
    return f'{{"id": 1, "name": "{name}", "data": {{{fields}}}, "timestamp": {at}}}'.encode()


def notes(content: bytes, headers: Headers = JSON) -> tuple[str, ...]:
    """The notes without anything to compare with."""
    return lint(Delivery(NOW, "POST", "/h", headers, content))


def test_a_documented_delivery_has_no_notes() -> None:
    """What PiktID documents is not odd."""
    assert notes(body('"a": 0.914, "b": [1, 2.5e3, -0, 9007199254740992], "c": "\\ud83d\\ude00"')) == ()
    assert notes(body(), ((b"content-type", b'application/json; charset="UTF-8"'), JSON[1])) == ()


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"", "the body is empty"),
        (b"{", "the body is not JSON"),
        (b"[" * 100_000, "the JSON is nested too deeply to be read"),
        (b"[]", "the body is not a JSON object"),
        (body(name="batch_edit"), "header says ping, body says batch_edit"),
        (body(at="1795443602418"), "timestamp is not in seconds"),
        (body(at=f"{AT - 720}"), "the event was 12 min old when it came"),
        (body(at=f"{AT + 120}"), "the event lies 2 min in the future"),
        (body(at='"soon"'), "timestamp is not a number"),
        (b'{"name": "ping", "data": {}, "timestamp": 1}', "no field id"),
        (body().replace(b"{}", b"[]"), "data is not an object"),
        (body('"a": 1, "a": 2'), "duplicate key a"),
        (body('"a": NaN'), "NaN is not JSON"),
        (body('"a": -Infinity'), "-Infinity is not JSON"),
        (body('"a": 9007199254740993'), "number beyond double: 9007199254740993"),
        (body('"a": 1e999'), "number beyond double: 1e999"),
        (body('"a": 1e-999'), "number beyond double: 1e-999"),
        (body('"a": 1e99999999999999999999'), "number beyond double: 1e99999999999999999999"),
        (body('"a": 3.14159265358979323846'), "number beyond double: 3.14159265358979323846"),
        (body(f'"a": {"9" * 5000}'), f"number beyond double: {'9' * 39}…"),
        (b"\xef\xbb\xbf" + body(), "byte order mark in front of the body"),
        (body().decode().encode("utf-16"), "the body is UTF-16, not UTF-8"),
        (body('"a": "\xe9"').decode().encode("latin-1"), "the body is not UTF-8"),
        (body('"a": "\\ud800"'), "half of a surrogate pair in a text"),
        (body('"\\udc00": 1'), "half of a surrogate pair in a text"),
    ],
)
def test_tells_what_is_odd_about_the_body(content: bytes, note: str) -> None:
    """Each oddity of the body has its note."""
    assert note in notes(content)


@pytest.mark.parametrize(
    ("headers", "note"),
    [
        ((JSON[1],), "no Content-Type header"),
        (((b"Content-Type", b"text/plain"), JSON[1]), "Content-Type is text/plain, not application/json"),
        (((b"Content-Type", b"application/json; charset=utf-16"), JSON[1]), "Content-Type says charset utf-16"),
        ((JSON[0],), "no X-Webhook-Event header"),
    ],
)
def test_tells_what_is_odd_about_the_headers(headers: Headers, note: str) -> None:
    """Each oddity of the headers has its note."""
    assert notes(body(), headers) == (note,)


def test_an_unknown_event_is_named_harmlessly() -> None:
    """What could move the cursor is shown instead."""
    found = notes(body(name="new\\u001b"), ((b"Content-Type", b"application/json"), (b"X-Webhook-Event", b"new\x1b")))

    assert found == ("unknown event new␛",)


def test_other_fields_than_before_are_named() -> None:
    """Only the outermost of new fields are reported, at most three."""
    before = field_paths(body('"job_id": "j", "status": "s", "inputs": [{"a": 1}]'))
    sent = Delivery(NOW, "POST", "/h", JSON, body('"job_id": "j", "quality_score": 1, "output": {"full_size": "u"}'))

    assert lint(sent, known_fields=before) == (
        "new field output",
        "new field quality_score",
    )
    many = Delivery(NOW, "POST", "/h", JSON, body('"a": 1, "b": 2, "c": 3, "d": 4, "e": 5'))
    assert lint(many, known_fields=before)[-1] == "new field: 2 more"


def test_an_id_that_came_before_is_reported_unless_it_is_a_retry() -> None:
    """A retry after a refusal with the same body is what PiktID documents."""
    sent = Delivery(NOW, "POST", "/h", JSON, body())

    other = Delivery(NOW, "POST", "/h", JSON, body(name="pong"))

    def again(answered: int | None, before: Delivery = sent) -> tuple[str, ...]:
        return lint(sent, earlier=StoredDelivery(row(7, answered=answered), before))

    assert again(503) == ()
    assert again(None) == ()
    assert again(200) == ("id 1 came before and was answered 200, as #7",)
    assert again(503, other) == ("id 1 came before with another body, as #7",)


def test_paths_are_those_of_values() -> None:
    """Lists count once, whatever they hold; neither size nor depth is a trouble."""
    assert field_paths(b'{"id": 1, "data": {"r": [{"a": 1}, {"b": [[]]}]}}') == {
        "id",
        "data",
        "data.r",
        "data.r[].a",
        "data.r[].b",
    }
    assert field_paths(b"[]") == frozenset()
    assert field_paths(b'{"a": "' + b"x" * 1_048_576 + b'"}') == frozenset()
    deep = b'{"' + b'k":{"'.join([b""] + [b"long" * 50] * 300) + b'k": 1' + b"}" * 301
    assert sum(map(len, field_paths(deep))) < 10_000


@settings(derandomize=True)
@given(content=st.binary(max_size=200) | st.text().map(body), header=st.binary(max_size=20))
def test_never_raises(content: bytes, header: bytes) -> None:
    """Whatever was sent, there are notes."""
    for note in notes(content, ((b"Content-Type", header), (b"X-Webhook-Event", header))):
        assert visible(note) == note
