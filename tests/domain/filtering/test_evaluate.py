"""The meaning of the language on single deliveries, and what a term says about the words of its matches."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.factories import INVALID, NOW, delivery, row
from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.filtering.evaluate import Content
from webhook_tui.domain.filtering.filter import FilterError, matches, parse, quoted
from webhook_tui.domain.filtering.search_words import implied, searchable, words
from webhook_tui.domain.filtering.terms import BodyIs, HeaderIs, JobIs, Pattern, Text
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
    """Neither broken, nor deeply nested, nor empty ones; words are found all the same."""
    for body in (b'{"a": failed', b"[" * 100_000, b"", b"\xff\xfe\x00"):
        stored = StoredDelivery(row(answered=None), delivery(body + b" failed"))
        assert not matches(parse("body.a or body.0 or job:*"), stored, NOW)
        assert matches(parse("status:none failed"), stored, NOW) == (b"\xff" not in body)


def test_the_job_fields_are_a_setting() -> None:
    """`data` is free-form: which of its fields name a job is up to the user."""
    assert matches(parse("job:12.5 or job:2026-11-23"), SAMPLE, NOW, job_fields=JobFields(ids=["at"]))
    assert not matches(parse("job:Job_7c1"), SAMPLE, NOW, job_fields=JobFields(ids=["at"]))


def test_words_are_what_a_person_sees() -> None:
    """Escapes of JSON are read, other texts are taken as they are; long words come in pieces."""
    assert searchable((), b'{"a": "caf\\u00e9\\nnext \\ud83d\\ude00\\ud835\\udc00 C:\\\\new"}') == "a café next 𝐀 c new"
    assert searchable((), b"path C:\\new") == "path c new"
    assert searchable(((b"X-\xe9", b"v"),), "Straße".encode()) == "x é v strasse"
    assert [len(word) for word in words("a" * 150 + " b")] == [64, 64, 22, 1]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "job_id", "a"]), inner),
    max_leaves=8,
)


@given(json_values, st.sampled_from(["utf-8", "utf-16", "utf-32"]), st.booleans(), st.data())
def test_what_a_term_implies_stands_in_the_words(
    value: object, encoding: str, is_ascii: bool, data: st.DataObject
) -> None:
    """The index of words leads to every match of a term about jobs, paths or headers, whatever the values."""
    text = json.dumps({"data": {"job_id": value, "a": value}}, ensure_ascii=is_ascii)
    sent = data.draw(st.binary(max_size=6))
    content = Content(((b"X-Foo", sent),), text.encode(encoding, "surrogatepass"), USUAL_FIELDS)
    written = value if isinstance(value, str) else json.dumps(value)
    cut = data.draw(st.integers(0, len(written)))
    for tail in (quoted(written), f"{quoted(written[:cut])}*" if written[:cut] else "*"):
        for filter_text in (f"job:{tail}", f"body.data.a={tail}", f"header:x-foo={tail}"):
            try:
                term = parse(filter_text).branches[0].terms[0]
            except FilterError:
                continue
            assert isinstance(term, JobIs | BodyIs | HeaderIs)
            words_of_it = implied(term)
            if words_of_it is not None and content.holds(term):
                assert content.holds(words_of_it), filter_text


@given(st.text(alphabet="ab*", max_size=6), st.text(alphabet="ab", max_size=8))
def test_stars_stand_for_anything(pattern: str, text: str) -> None:
    """As in a regular expression with .* for each star."""
    parts = tuple(pattern.split("*"))

    assert Pattern(parts, any_case=False).fits(text) == _fits_slowly(pattern, text)


def _fits_slowly(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_fits_slowly(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return text[:1] == pattern[0] and _fits_slowly(pattern[1:], text[1:])


def test_text_is_implied_by_itself() -> None:
    """So its driver is exact."""
    term = Text(("a",), is_prefix=True)

    assert implied(term) is term
