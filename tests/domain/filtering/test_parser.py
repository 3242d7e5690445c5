"""The language, read: terms, precedence, quotes, and every mistake at its place."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webhook_tui.domain.filtering.fields import FIELDS
from webhook_tui.domain.filtering.filter import EVERYTHING, FilterError, expanded, parse, quoted, quoted_path
from webhook_tui.domain.filtering.terms import (
    LARGEST,
    And,
    AnsweredIs,
    BareWord,
    BodyIs,
    CommentHas,
    Comparison,
    DepartsAt,
    EventIs,
    Flag,
    Flagged,
    HeaderIs,
    IdIs,
    JobIs,
    Measure,
    Measured,
    Not,
    NotAnswered,
    Operator,
    Or,
    Pattern,
    Source,
    SourceIs,
    StatusIs,
    Term,
    Text,
    VerdictIs,
)
from webhook_tui.domain.signature.verdict import Verdict

PIECES = [f"{name}:" for name in FIELDS] + [
    *("body.", "body.data.status=", "!", "or", " ", '"', "\\", "*", "=", "!=", ">", "<", "10k", "10m", "5xx", "123"),
    *("none", "marked", "valid", "x-foo", "image_", ".", "\ud800", "\0", "Ω", "你", ":", "//"),
]
near_filters = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)


def _term(text: str) -> Term | Not:
    match parse(text):
        case Or((And((term,)),)):
            return term
        case other:
            raise AssertionError(other)


def _exact(text: str) -> Pattern:
    return Pattern((text,), any_case=True)


def _failed(operator: Operator) -> Comparison:
    return Comparison(operator, _exact("failed"), "failed", None)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Job_7c", BareWord(Text(("job", "7c"), is_prefix=True))),
        ('"two words"', Text(("two", "words"), is_prefix=False)),
        ("https://cdn.x", BareWord(Text(("https", "cdn", "x"), is_prefix=True))),
        ("12:30", BareWord(Text(("12", "30"), is_prefix=True))),
        ('"event:x"', Text(("event", "x"), is_prefix=False)),
        ("event:Image_*", EventIs(Pattern(("image_", ""), any_case=True))),
        ('event:"a * b"', EventIs(_exact("a * b"))),
        ("VERDICT:Invalid", VerdictIs(Verdict.INVALID)),
        ("status:5xx", AnsweredIs(500, 599)),
        ("status:50X", AnsweredIs(500, 509)),
        ("status:503", AnsweredIs(503, 503)),
        ("status:>2xx", AnsweredIs(300, LARGEST)),
        ("status:>=400", AnsweredIs(400, LARGEST)),
        ("status:<3xx", AnsweredIs(0, 299)),
        ("status:<=399", AnsweredIs(0, 399)),
        ("status:none", NotAnswered()),
        ("status:NONE", NotAnswered()),
        ("answered:none", NotAnswered()),
        ("answered:5xx", AnsweredIs(500, 599)),
        ("status:Failed*", StatusIs(Pattern(("failed", ""), any_case=True))),
        ('status:"none"', StatusIs(_exact("none"))),
        ('status:"503"', StatusIs(_exact("503"))),
        ("is:marked", Flagged(Flag.MARKED)),
        ("is:Differs", Flagged(Flag.DIFFERS)),
        ("!is:replayed", Not(Flagged(Flag.REPLAYED))),
        ("is:retried", Measured(Measure.ATTEMPT, Operator.MORE, 1)),
        ("id:123", IdIs(Pattern(("123",), any_case=False))),
        ("job:Job_*", JobIs(Pattern(("Job_", ""), any_case=False))),
        ("job:ec53", JobIs(Pattern(("ec53",), any_case=False), is_prefix=True)),
        ('job:"job_1"', JobIs(Pattern(("job_1",), any_case=False))),
        ("header:X-Foo", HeaderIs("x-foo", None)),
        (
            'header:x-foo="Bar Baz"',
            HeaderIs("x-foo", Comparison(Operator.IS, _exact("bar baz"), "bar baz", None)),
        ),
        ("body.data.status=failed", BodyIs(("data", "status"), _failed(Operator.IS))),
        ("body.data.status!=FAILED", BodyIs(("data", "status"), _failed(Operator.IS_NOT))),
        ("body.n>-1.5e3", BodyIs(("n",), Comparison(Operator.MORE, _exact("-1.5e3"), "-1.5e3", -1500.0))),
        ("body.n=3", BodyIs(("n",), Comparison(Operator.IS, _exact("3"), "3", 3))),
        ('body.n="3"', BodyIs(("n",), Comparison(Operator.IS, _exact("3"), "3", None))),
        ('body.n=""', BodyIs(("n",), Comparison(Operator.IS, _exact(""), "", None))),
        ('body."a.b".c', BodyIs(("a.b", "c"), None)),
        ("has:data.output.url", BodyIs(("data", "output", "url"), None)),
        ("departs:data.score", DepartsAt(("data", "score"))),
        ('departs:data."a.b"', DepartsAt(("data", "a.b"))),
        ("departs:*", DepartsAt(())),
        ("size:>10k", Measured(Measure.SIZE, Operator.MORE, 10_000)),
        ("size:1.5MB", Measured(Measure.SIZE, Operator.IS, 1_500_000)),
        ("age:<10m", Measured(Measure.AGE, Operator.LESS, 600_000_000)),
        ("age:10m", Measured(Measure.AGE, Operator.LESS, 600_000_000)),
        ("age:>=999999999999999d", Measured(Measure.AGE, Operator.AT_LEAST, LARGEST)),
        ("attempt:>1", Measured(Measure.ATTEMPT, Operator.MORE, 1)),
        ("run:3", Measured(Measure.RUN, Operator.IS, 3)),
        ("comment:Later", CommentHas(Pattern(("", "later", ""), any_case=True))),
        ("source:sse", SourceIs(Source.SSE)),
        ("marked", Flagged(Flag.MARKED)),
        ('"marked"', Text(("marked",), is_prefix=False)),
        ("!marked", Not(Flagged(Flag.MARKED))),
        ("!!marked", Flagged(Flag.MARKED)),
        ('"!"marked', Text(("marked",), is_prefix=False)),
        ("!!!verdict:valid", Not(VerdictIs(Verdict.VALID))),
    ],
)
def test_a_term_is_read(text: str, term: Term | Not) -> None:
    """Each field, operator and kind of quote."""
    assert _term(text) == term


def test_or_binds_weaker_than_and() -> None:
    """`a b or c` is (a and b) or c, in any case; no blank means no `or`; quotes make it a word."""
    a, b, c = (BareWord(Text((word,), is_prefix=True)) for word in "abc")

    assert parse("a b or c") == parse(" a  b\tOR c ") == Or((And((a, b)), And((c,))))
    assert parse('a "or" b') == Or((And((a, Text(("or",), is_prefix=False), b)),))


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_nothing_lets_everything_through(text: str) -> None:
    """An empty input is no filter."""
    assert parse(text) == EVERYTHING


@pytest.mark.parametrize(
    ("text", "start", "end", "sentence"),
    [
        ("!verdict:valid event:image_* age:<10x", 29, 37, "age needs a number and a unit: <10m"),
        ("你 age:x", 3, 8, "age needs a number and a unit: <10m"),
        ("verdict:bad", 0, 11, "verdict is valid, older, invalid, missing, malformed or pending"),
        ("status:5x", 0, 9, "status needs a word like failed, a number like 503 or 5xx, or none"),
        ("status:", 0, 7, "status needs a word like failed, a number like 503 or 5xx, or none"),
        ("status:!=503", 0, 12, "status needs a word like failed, a number like 503 or 5xx, or none"),
        ("answered:failed", 0, 15, "answered needs a number like 503 or 5xx, or none"),
        ("is:good", 0, 7, "is takes marked, commented, differs, retried, replayed or imported"),
        ("size:big", 0, 8, "size needs a number, with k, M or G if need be"),
        ("attempt:", 0, 8, "attempt needs a number, as in attempt:>1"),
        ("run:x", 0, 5, "run needs a number, as in run:3"),
        ("source:mail", 0, 11, "source is webhook or sse"),
        ("event:", 0, 6, "event needs a name, as in event:image_*"),
        ("id:", 0, 3, "id needs the event's id, as in id:123"),
        ("job:", 0, 4, "job needs the job's id, as in job:job_7c1e90"),
        ("comment:", 0, 8, "comment needs some text, as in comment:later"),
        ("header:=x", 0, 9, "header needs a name, as in header:x-foo=bar"),
        ("header:x=", 0, 9, "a value is missing after ="),
        ("body.", 0, 5, "body needs a path, as in body.data.status=failed"),
        ("body:x", 0, 6, "body needs a path, as in body.data.status=failed"),
        ("body.a..b=1", 0, 11, "body needs a path, as in body.data.status=failed"),
        ("body.a:b", 0, 8, "body compares with =, !=, > or <, as in body.data.status=failed"),
        ("has:", 0, 4, "has needs a path, as in has:data.status"),
        ("departs:data.", 0, 13, "departs needs a path, as in departs:data.status, or *"),
        ("a !", 2, 3, "a term is missing after !"),
        ('""', 0, 2, "there is nothing between the quotes"),
        ('a "b c', 2, 6, "the quote is not closed"),
        ("a -> b", 2, 4, "text needs a letter or a digit to be looked for"),
        ("verdit:valid", 0, 12, "there is no field verdit: did you mean verdict?"),
        ("zzz:1", 0, 5, "there is no field zzz; quote it as text"),
        ("or a", 0, 2, 'or stands between two terms; "or" is the word'),
        ("a or", 2, 4, 'or stands between two terms; "or" is the word'),
        ("a or ", 2, 5, 'or stands between two terms; "or" is the word'),
        ("a or or b", 5, 7, 'or stands between two terms; "or" is the word'),
        ("a " * 101, 200, 202, "a filter has at most 100 terms"),
        ("a" * 2001, 2000, 2001, "the filter is longer than 2,000 characters"),
    ],
)
def test_a_mistake_is_shown_at_its_place(text: str, start: int, end: int, sentence: str) -> None:
    """In cells, so that carets stand below it; wide characters take two."""
    with pytest.raises(FilterError) as caught:
        parse(text)

    assert (caught.value.start, caught.value.end, str(caught.value)) == (start, end, sentence)
    assert len(sentence) <= 66


@pytest.mark.parametrize(("text", "part"), [("作業 foo:x b", "foo:x"), ("e\u0301 foo:x", "foo:x"), ("or", "or")])
def test_the_part_that_a_mistake_is_about(text: str, part: str) -> None:
    """Also behind characters that take two cells, or none."""
    with pytest.raises(FilterError) as caught:
        parse(text)

    assert caught.value.part == part


@given(near_filters | st.text())
@example("size:>" + "9" * 5000)
@example("body." + "a." * 600 + "b=1e999")
@example("!" * 1999 + "a")
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but FilterError comes out, with a place inside the text."""
    place = (0, 1)
    try:
        parse(text)
    except FilterError as error:
        place = (error.start, error.end)
    assert 0 <= place[0] < place[1] <= max(1, 2 * len(text))


@given(st.text(min_size=1).filter(lambda text: "\ud800" not in text))
def test_a_quoted_value_is_read_back_as_it_is(value: str) -> None:
    """Whatever is in a name, `event:` + quoted(name) means that name, stars included."""
    if len(value) < 500:
        assert _term(f"!event:{quoted(value)}") == Not(EventIs(_exact(value.casefold())))


@given(st.lists(st.text(min_size=1).filter(lambda text: "\ud800" not in text), min_size=1, max_size=3))
def test_a_quoted_path_is_read_back_as_it_is(path: list[str]) -> None:
    """Whatever the names of fields are."""
    if sum(map(len, path)) < 500:
        assert _term(f"has:{quoted_path(path)}") == BodyIs(tuple(path), None)
        assert _term(f"departs:{quoted_path(path)}") == DepartsAt(tuple(path))


def test_plain_values_need_no_quotes() -> None:
    """What a click writes into the filter bar reads like what a person would type."""
    assert [quoted(text) for text in ("image_result", "a b", 'say "x"', "a*", "")] == [
        *("image_result", '"a b"', r'"say \"x\""', '"a*"', '""'),
    ]


@pytest.mark.parametrize(
    ("text", "is_finished"),
    [
        *(("verdict:", False), ("verdict:inv", False), ("!", False), ("age:10 event:x", True), ("verdict: ", True)),
        *(
            ("a or", False),
            ("a or ", False),
            ("or a", True),
            ('a "b c', False),
            ("nope:夏", False),
            ("nope:夏 b", True),
        ),
    ],
)
def test_what_reaches_the_end_may_still_become_right(text: str, is_finished: bool) -> None:
    """A blank after a term finishes it, and so does another term; an open quote goes to the end, as does an `or`."""
    with pytest.raises(FilterError) as error:
        parse(text)

    assert error.value.is_finished_in(text) is is_finished


NAMED = {
    "bad": "!verdict:valid or id:1",
    "new": "age:<1h",
    "both": "@bad event:ping",
    "loop": "x @loop",
    "wrong": "age:1",
    "empty": " ",
    "long": " or ".join("abcdefghijk"),
}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("@new", "age:<1h"),
        ("@bad", "!verdict:valid or id:1"),
        ("event:ping @bad x", "event:ping !verdict:valid x or event:ping id:1 x"),
        ("@both or a", "!verdict:valid event:ping or id:1 event:ping or a"),
        ("!@new", "!age:<1h"),
        ("!@bad", "verdict:valid !id:1"),
        ("!!@new", "age:<1h"),
        (
            "!@both",
            "verdict:valid !id:1 or verdict:valid !event:ping or !event:ping !id:1 or !event:ping !event:ping",
        ),
        ('"@new" a@new', '"@new" a@new'),
    ],
)
def test_a_name_is_replaced_by_its_filter(text: str, same: str) -> None:
    """As if it stood in brackets; without names the text says the same."""
    assert parse(text, NAMED) == parse(same)
    assert parse(expanded(text, NAMED)) == parse(same)


def test_what_a_filter_expands_to_can_be_read() -> None:
    """Where it has too many terms, that is a mistake of the filter with the names."""
    named = {"five": "a b c d e"}
    parse("!@five !@five", named)

    with pytest.raises(FilterError, match="too long with the named filters in it"):
        expanded("x x !@five !@five", named)


@pytest.mark.parametrize(
    ("text", "start", "end", "sentence"),
    [
        ("a @bda", 2, 6, "No filter @bda. Nearest: @bad."),
        ("@", 0, 1, "a name is missing after @"),
        ("@loop", 0, 5, "in @loop: @loop stands for itself"),
        ("a @wrong", 2, 8, "in @wrong: age needs a number and a unit: <10m"),
        ("!@empty", 0, 7, "@empty is empty"),
        ("@long @long", 6, 11, "the named filters together are too long"),
    ],
)
def test_a_mistake_with_names_is_shown_at_the_name(text: str, start: int, end: int, sentence: str) -> None:
    """Also where the mistake is in the named filter."""
    with pytest.raises(FilterError) as caught:
        parse(text, NAMED)

    assert (caught.value.start, caught.value.end, str(caught.value)) == (start, end, sentence)


def test_no_filter_has_a_name_yet() -> None:
    """Then none is the nearest."""
    with pytest.raises(FilterError, match=r"No filter @bad\. None has a name yet\."):
        parse("@bad")
