"""What single terms mean, apart from how they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.answer_rules.answer import RESET
from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.filtering.terms import BareWord, DepartsAt, JobIs, Pattern, Text, names_departures
from webhook_tui.domain.signature.verdict import Verdict


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


def test_words_follow_each_other() -> None:
    """Whole words, except that the last one may go on where it is a prefix."""
    words = "one two three"

    assert Text(("two", "three"), is_prefix=False).stands_in(words)
    assert Text(("two", "thr"), is_prefix=True).stands_in(words)
    assert not Text(("two", "thr"), is_prefix=False).stands_in(words)
    assert not Text(("one", "three"), is_prefix=True).stands_in(words)
    assert not Text(("wo",), is_prefix=True).stands_in(words)


@pytest.mark.parametrize(
    ("word", "verdicts", "answers"),
    [
        ("invalid", [Verdict.INVALID], []),
        ("m", [Verdict.MISSING, Verdict.MALFORMED], []),
        ("503", [], [503]),
        ("50", [], []),
        ("reset", [], [RESET]),
    ],
)
def test_a_bare_word_may_be_a_verdict_or_an_answer(word: str, verdicts: list[Verdict], answers: list[int]) -> None:
    """A verdict may be begun, an answer is written whole."""
    term = BareWord(Text((word,), is_prefix=True))

    assert (term.verdicts, term.answers) == (verdicts, answers)


@pytest.mark.parametrize(
    ("parts", "is_prefix", "jobs"),
    [
        (("7c",), True, ["job_7c1", "7c1"]),
        (("job_7c",), True, ["job_7c1"]),
        (("job_7c1",), False, ["job_7c1"]),
        (("7c", ""), False, ["job_7c1", "7c1"]),
    ],
)
def test_the_prefix_of_a_job_may_be_left_out(parts: tuple[str, ...], is_prefix: bool, jobs: list[str]) -> None:
    term = JobIs(Pattern(parts, any_case=False), is_prefix)

    assert [job for job in ("job_7c1", "7c1", "7C1") if term.fits(job)] == jobs


def test_departures_at_a_path_or_below_it() -> None:
    departure = Departure(("data", "url"), JsonType.STRING, None, 20, 20)

    assert [DepartsAt(path).includes(departure) for path in ((), ("data",), ("data", "url"), ("data", "u"))] == [
        *(True, True, True, False),
    ]


def test_a_filter_names_departures_also_negated() -> None:
    assert names_departures(parse("a or !departs:*"))
    assert not names_departures(parse("a or !b"))
