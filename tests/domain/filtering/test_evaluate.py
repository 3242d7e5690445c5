"""The meaning of the language on single deliveries."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.factories import INVALID, NOW, delivery, row
from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.filtering.evaluate import Content
from webhook_tui.domain.filtering.filter import matches, parse
from webhook_tui.domain.filtering.terms import BodyIs, HeaderIs, JobIs, StatusIs, Text
from webhook_tui.domain.jobs.job import USUAL_FIELDS, JobFields

BODY = (
    b'{"id": "a-b", "name": "image_result", "data": {"job_id": "Job_7c1", "status": "Failed", "progress": 12.5, '
    b'"images": [{"url": "https://cdn/1.png"}, {"url": "u2", "ok": true}], "error": null, "at": "2026-11-23", '
    b'"n": "7"}}'
)
HEADERS: Headers = ((b"X-Foo", b"Bar Baz"), (b"x-foo", b"second"), (b"Content-Length", b"120"))
SAMPLE = StoredDelivery(
    replace(
        row(
            event="image_result",
            event_id='"a-b"',
            verification=INVALID,
            attempt=3,
            answered=503,
            size=12_000,
            run=2,
            received_at=NOW - timedelta(minutes=5),
        ),
        comment="Look LATER",
    ),
    delivery(BODY, headers=HEADERS),
)


@pytest.mark.parametrize(
    "text",
    [
        *("failed", "fail", '"failed"', "job_7", "https://cdn", "x-foo", "baz", "bar second", ""),
        *("invalid", "inv", "INVALID", "503", "image_result", "image_*", "invalid failed job_7 503"),
        *(
            "event:image_*",
            "event:*RESULT",
            "event:*e*r*",
            "verdict:invalid",
            "status:5xx",
            "status:503",
            "status:>499",
        ),
        *(
            "id:a-b",
            "id:a*",
            "job:Job_7c1",
            "job:Job_7",
            "job:Job*",
            "header:x-foo",
            "header:X-FOO=second",
            'header:x-foo="bar baz"',
        ),
        *(
            "header:x-foo=bar*",
            "header:x-foo!=third",
            "header:content-length>100",
            "body.data",
            "body.data.job_id",
            "has:data.images.url",
            "!has:data.seed",
        ),
        *("body.data.status=failed", "body.data.status!=done", "body.data.progress>12", "body.data.progress=12.5"),
        *(
            "body.data.progress=1.25e1",
            "body.data.images.1.url=u2",
            "body.data.images.url=u2",
            "body.data.images.ok=true",
        ),
        *("body.data.error=null", "body.data.at>2026-11-01", "body.data.n>=7", 'body.data.n="7"', "body.data.n=7"),
        *("size:>10k", "size:12k", "size:<=12000", "age:<10m", "age:>4m", "attempt:>1", "attempt:3", "run:2"),
        *("comment:later", "comment:look*later", "source:webhook", "!marked", "failed event:image_*"),
        *("nothing or failed", "nothing failed or !nothing", "!verdict:valid !marked or nothing"),
    ],
)
def test_what_passes(text: str) -> None:
    """Each kind of term; `!` in front of it makes it fail."""
    assert matches(parse(text), SAMPLE, NOW)
    if text and " " not in text:
        assert not matches(parse(f"!{text}"), SAMPLE, NOW)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "aile",
            '"fail"',
            '"failed job"',
            "valid",
            "50",
            '"invalid"',
            '"503"',
            "event:image",
            "event:result*",
            "verdict:valid",
            "status:2xx",
            "status:none",
        ),
        *("id:A-B", "id:b", "job:job_7c1", 'job:"Job_7"', "header:x-bar", "header:x-foo=bar", "header:x-foo!=second"),
        *(
            "header:x-bar!=x",
            "body.data.nothing",
            "body.data.nothing!=1",
            "body.data.status>g",
            "body.data.progress=12",
        ),
        *("body.data.images.2.url", "body.data.images.7", "body.data=x", "body.data.images=u2", "body.data.status>5"),
        *("size:>12k", "age:<5m", "age:>1h", "attempt:<3", "run:1", "comment:never", "source:sse", "marked"),
        "failed marked or verdict:valid",
    ],
)
def test_what_does_not_pass(text: str) -> None:
    """Words begin with what is written and do not merely contain it; ids and jobs are distinguished by case."""
    assert not matches(parse(text), SAMPLE, NOW)


def test_sources_are_the_channels_by_which_an_event_came() -> None:
    """Every delivery arrived as a webhook; of some the event stream brought the event, too."""
    both = StoredDelivery(replace(row(), on_stream=True), delivery(b"{}"))
    assert matches(parse("source:sse source:webhook"), both, NOW)
    assert not matches(parse("!source:sse"), both, NOW)


def test_departures_are_reported_by_the_deliveries_before() -> None:
    """At a path or below it, or anywhere; without them there are none."""
    found = [Departure(("data", "output", "url"), JsonType.STRING, None, 20, 20)]

    def passes(text: str) -> bool:
        return matches(parse(text), SAMPLE, NOW, departures=lambda _: found)

    assert passes("departs:data.output.url")
    assert passes("departs:data.output failed")
    assert passes("departs:*")
    assert not passes("!departs:data")
    assert not passes("departs:data.out")
    assert not passes("departs:data.output.url.more")
    assert not matches(parse("departs:*"), SAMPLE, NOW)


def test_a_body_that_is_no_json_has_no_paths() -> None:
    """Neither broken, nor deeply nested, nor empty ones; words are found."""
    for body in (b'{"a": failed', b"[" * 100_000, b"", b"\xff\xfe\x00"):
        stored = StoredDelivery(row(answered=None), delivery(body + b" failed"))
        assert not matches(parse("body.a or body.0 or job:*"), stored, NOW)
        assert matches(parse("status:none failed"), stored, NOW) == (b"\xff" not in body)


def test_the_job_fields_are_a_setting() -> None:
    """`data` is free-form: which of its fields name a job is up to the user."""
    assert matches(parse("job:12.5 or job:2026-11-23"), SAMPLE, NOW, job_fields=JobFields(ids=["at"]))
    assert not matches(parse("job:Job_7c1"), SAMPLE, NOW, job_fields=JobFields(ids=["at"]))


CONTENT = Content(
    ((b"X-A", b"caf\xe9"), (b"x-a", b"2")),
    b'{"s": "Text", "n": 7, "t": "7", "b": true, "z": null, "o": {"k": 1}, "l": [1, 2], "data": {"job_id": "job_1"}}',
    USUAL_FIELDS,
)


def holds(text: str, content: Content = CONTENT) -> bool:
    """Whether the one term of a filter is true."""
    term = parse(text).branches[0].terms[0]
    assert isinstance(term, Text | JobIs | StatusIs | HeaderIs | BodyIs)
    return content.holds(term)


@pytest.mark.parametrize(
    ("text", "is_true"),
    [
        ("body.s=text", True),
        ("body.s>q", True),
        ("body.s>u", False),
        ("body.n=7.0", True),
        ("body.n>6", True),
        ("body.n>a", False),
        ("body.t>6", True),
        ('body.n="7"', False),
        ("body.b=true", True),
        ("body.b>0", False),
        ("body.z=null", True),
        ("body.o=1", False),
        ("body.o.k=1", True),
        ("body.l.1=2", True),
        ("body.n!=8", True),
        ("body.gone!=8", False),
        ("header:x-a=café", True),
        ("header:x-a!=2", False),
        ("job:1", True),
    ],
)
def test_a_comparison(text: str, is_true: bool) -> None:
    """Text in any case, numbers by size, true and null by their word; a missing value matches no comparison."""
    assert holds(text) is is_true


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff", b"7", b'{"data": 7}'])
def test_any_body_can_be_asked(body: bytes) -> None:
    content = Content((), body, USUAL_FIELDS)

    assert not any(holds(text, content) for text in ("has:a", "job:1", "status:failed", '"nothing"'))


def test_nothing_is_left_for_the_garbage_collector() -> None:
    """It runs seldom in `listen`: the bodies of hundreds of deliveries would stay in memory."""
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        matches(parse("!verdict:valid body.data.n=7 bar or departs:*"), SAMPLE, NOW)
        gc.collect()
        left = [each for each in gc.garbage if str(getattr(each, "__module__", "")).startswith("webhook_tui.")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()

    assert left == []
