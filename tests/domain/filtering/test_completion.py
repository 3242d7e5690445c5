"""What the filter bar offers at the cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.filtering.completion import Kind, Known, Suggestion, suggestions
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.filtering.terms import EventIs, StatusIs

KNOWN = Known(
    {
        "verdict": [("valid", 8), ("older", 1), ("invalid", 1)],
        "event": [("image_done", 6), ("a b", 2), ("evil\x1b[2J", 1), ("", 1)],
        "status": [("completed", 7), ("failed", 1)],
        "job": [("job_ec536688", 9), ("468154a6", 1)],
        "answered": [("200", 13), ("503", 1)],
        "is": [("marked", 1), ("replayed", 0)],
    },
    {"broken": "!verdict:valid or status:failed", "new": "age:<1h"},
)


def _offered(text: str, known: Known = KNOWN) -> list[Suggestion]:
    return suggestions(text, len(text), known)


def _results(text: str) -> list[str]:
    return [text[: one.start] + one.text for one in _offered(text)]


@pytest.mark.parametrize(
    ("text", "results"),
    [
        ("ver", ["verdict:", "ver "]),
        ("a !si", ["a !size:", "a !si "]),
        ("bo", ["body.", "bo "]),
        ("!dep", ["!departs:", "!dep "]),
        ("MAR", ["is:marked ", "MAR "]),
        ("event:im", ["event:image_done ", "event:image_result "]),
        ("event:A", ['event:"a b" ']),
        ("event:ev", []),
        ("!verdict:m", ["!verdict:missing ", "!verdict:malformed "]),
        (
            "status:",
            ["status:completed ", "status:failed ", *(f"status:{one} " for one in ("2xx", "4xx", "5xx", "none"))],
        ),
        ("status:5", ["status:5xx "]),
        ("answered:5", ["answered:503 ", "answered:5xx "]),
        ("job:ec", ["job:job_ec536688 "]),
        ("job:job_e", ["job:job_ec536688 "]),
        ("age:", ["age:<10m ", "age:<1h ", "age:<1d ", "age:>1d "]),
        ("is:re", ["is:replayed ", "is:retried "]),
        ("source:", ["source:webhook ", "source:sse "]),
        ("header:x-webhook-s", ["header:x-webhook-signature"]),
        ("size:1", []),
        ("@", ["@broken ", "@new "]),
        ("x !@b", ["x !@broken "]),
        ("@new", []),
        ('"ver', []),
        ("inv", ["verdict:invalid ", "inv "]),
        ("fai", ["status:failed ", "fai "]),
        ("ec5", ["job:job_ec536688 ", "ec5 "]),
        ("503", ["answered:503 ", "503 "]),
        ("ping", ["event:ping ", "ping "]),
        ("->", []),
    ],
)
def test_what_the_word_at_the_cursor_can_become(text: str, results: list[str]) -> None:
    """Fields, values, named filters, text; what is invisible in a received name is never offered."""
    assert _results(text) == results


def test_without_a_word_every_field_is_offered_with_its_values() -> None:
    """So the language can be discovered: the fields that are used most, the named filters, all others."""
    offered = _offered("a ")
    lines = [(one.label, one.detail) for one in offered]

    assert {one.start for one in offered} == {2}
    assert lines[:9] == [
        ("verdict:", "valid 8 · older 1 · invalid 1"),
        ("event:", "image_done 6 · a b 2"),
        ("status:", "completed 7 · failed 1"),
        ("job:", "ec536688 9 · 468154a6 1"),
        ("answered:", "200 13 · 503 1"),
        ("age:", "<10m  <1h  <1d  >1d"),
        ("is:", "marked 1 · replayed 0 · commented 0 · differs 0 · retried 0 · imported 0"),
        ("@broken", "!verdict:valid or status:failed"),
        ("@new", "age:<1h"),
    ]
    assert lines[-1] == ("body.", "a value in the payload, as in body.data.status=failed")
    assert [label for label, _ in lines] == [one.label for one in _offered("a !")]
    assert all(one.detail for one in offered if one.label != "job:")


def test_before_anything_is_counted_the_values_are_offered_without_counts() -> None:
    """Of those whose values are known at all."""
    offered = {one.label: one for one in _offered("", Known())}

    assert offered["verdict:"].detail == "valid  older  invalid  missing  malformed  pending"
    assert offered["job:"].detail == ""
    assert {one.count for one in _offered("verdict:", Known())} == {None}


def test_each_value_has_its_count() -> None:
    """Of a verdict that no delivery has it is 0; of what is not counted there is none."""
    assert [(one.label, one.count) for one in _offered("verdict:")][:4] == [
        ("valid", 8),
        ("older", 1),
        ("invalid", 1),
        ("missing", 0),
    ]
    assert [(one.label, one.count) for one in _offered("event:i")] == [
        ("image_done", 6),
        ("image_result", None),
        ("identity_preprocessing", None),
    ]
    assert [(one.kind, one.detail, one.count) for one in _offered("inv")] == [
        (Kind.VALUE, "verdict", 1),
        (Kind.TEXT, "text anywhere in the delivery", None),
    ]


def test_only_what_stands_before_the_cursor_counts() -> None:
    """In the middle of a filter the rest stays."""
    (found,) = suggestions("verdict:in event:x", 10, KNOWN)

    assert (found.start, found.text) == (8, "invalid ")


@given(st.text(max_size=12), st.integers(0, 12))
def test_any_text_is_completed(text: str, cursor: int) -> None:
    """Whatever is typed, nothing is raised, and what is offered stands where the word stood."""
    assert all(0 <= one.start <= cursor for one in suggestions(text, cursor, KNOWN))


@given(st.lists(st.text(min_size=1), max_size=3))
def test_what_is_offered_can_be_read(names: list[str]) -> None:
    """Whatever events are called."""
    known = Known({"event": [(name, 1) for name in names], "job": [(name, 1) for name in names]})
    for text in ("event:", "job:"):
        for one in _offered(text, known):
            parse(text[: one.start] + one.text)


@given(st.lists(st.text(min_size=1) | st.sampled_from(["<b> x", "none", "5xx", "404", "3d", "²"]), max_size=3))
def test_what_is_offered_finds_the_value_that_it_shows(names: list[str]) -> None:
    """An operator or a number in a received value is a letter like any other."""
    known = Known({"event": [(name, 1) for name in names], "status": [(name, 1) for name in names]})
    for name in names:
        for field, finds in (("event", EventIs), ("status", StatusIs)):
            for one in _offered(f"{field}:", known):
                if one.label == name and one.count == 1:
                    (branch,) = parse(f"{field}:{one.text}").branches
                    (term,) = branch.terms
                    assert isinstance(term, finds)
                    assert term.pattern.fits(name)
