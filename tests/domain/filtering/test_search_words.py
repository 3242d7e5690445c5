"""The words of a delivery: one definition for the index, the evaluator and the parser."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.filtering.evaluate import Content
from webhook_tui.domain.filtering.filter import FilterError, parse, quoted
from webhook_tui.domain.filtering.search_words import field_name, implied, searchable, words
from webhook_tui.domain.filtering.terms import BodyIs, HeaderIs, JobIs, StatusIs, Text
from webhook_tui.domain.jobs.job import USUAL_FIELDS, job_status


def test_words_are_what_a_person_sees() -> None:
    """Escapes of JSON are read, other texts are taken as they are; long words come in pieces."""
    assert searchable((), b'{"a": "caf\\u00e9\\nnext \\ud83d\\ude00\\ud835\\udc00 C:\\\\new"}') == "a café next 𝐀 c new"
    assert searchable((), b"path C:\\new") == "path c new"
    assert searchable(((b"X-\xe9", b"v"),), "Straße".encode()) == "x é v strasse"
    assert [len(word) for word in words("a" * 150 + " b")] == [64, 64, 22, 1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_body_may_have_any_encoding_of_json(encoding: str) -> None:
    assert searchable((), '{"a": "é"}'.encode(encoding)) == "a é"


def test_a_body_that_is_no_unicode_is_read_as_latin_1() -> None:
    assert searchable((), b"caf\xe9") == "café"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"two words"', Text(("two", "words"), is_prefix=False)),
        ("job:7c1e", Text(("7c1e",), is_prefix=True)),
        ("job:*7c1e", None),
        ("status:failed", Text(("failed",), is_prefix=False)),
        ("body.a=b*", Text(("b",), is_prefix=True)),
        ("body.a=b-*", Text(("b",), is_prefix=False)),
        ("body.a=7", None),
        ("body.a!=b", None),
        ("has:a", None),
        ("header:x-foo", Text(("x", "foo"), is_prefix=False)),
        ("header:x-foo=bar", Text(("x", "foo", "bar"), is_prefix=False)),
    ],
)
def test_words_of_a_term(text: str, words: Text | None) -> None:
    """A number may be written in other ways, and the name of a field is no word of its value."""
    term = parse(text).branches[0].terms[0]

    assert isinstance(term, Text | JobIs | StatusIs | BodyIs | HeaderIs)
    assert implied(term) == words


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("has:data.image_index", Text(("image", "index"), is_prefix=False)),
        ("body.a.0>1", Text(("a",), is_prefix=False)),
        ("body.a.-!=b", Text(("a",), is_prefix=False)),
        ("has:0", None),
    ],
)
def test_a_path_leads_nowhere_without_its_last_name(path: str, words: Text | None) -> None:
    """Not where it is a number: in a list that counts."""
    term = parse(path).branches[0].terms[0]

    assert isinstance(term, BodyIs)
    assert field_name(term.path) == words


@given(st.text(min_size=1, max_size=8), st.sampled_from(["utf-8", "utf-16", "utf-32"]), st.booleans())
def test_the_name_of_a_field_stands_in_the_words(name: str, encoding: str, is_ascii: bool) -> None:
    """The index of words leads to every payload with the field, whatever its name."""
    text = json.dumps({"data": [{name: 1}]}, ensure_ascii=is_ascii)
    content = Content((), text.encode(encoding, "surrogatepass"), USUAL_FIELDS)
    path = ("data", name)
    words_of_it = field_name(path)

    assert words_of_it is None or content.holds(words_of_it) or not content.holds(BodyIs(path, None))


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


@pytest.mark.parametrize("status", ["w" * 100, "text " * 30, 1.5e6, "12 of 100"])
def test_a_status_is_found_as_it_is_shown(status: object) -> None:
    """It is cut to 80 characters, and a number is written in its shortest form; the body has all of it."""
    body = json.dumps({"data": {"status": status}}).encode()
    shown = job_status({"status": status}, USUAL_FIELDS)
    (term,) = parse(f'status:"{shown}"').branches[0].terms
    assert isinstance(term, StatusIs)
    content = Content((), body, USUAL_FIELDS)

    assert content.holds(term)
    assert (found := implied(term)) is None or content.holds(found)
