"""The attempts of an event in time, and the rule fitted to the waits between them."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ui.memory_rows import stored_delivery
from webhook_tui.domain.answer_rules.answer import is_success
from webhook_tui.domain.attempts import SHORTEST, Backoff, Confidence, Shape, Wait, fit, refusals, timeline, waits_of
from webhook_tui.domain.delivery.delivery import DeliveryRow

START = datetime(2026, 11, 23, 14, 2, 58, tzinfo=UTC)
SAME_EVERY_TIME = settings(derandomize=True, deadline=None)
SEEDS = st.integers(0, 2**32)
BASES = st.floats(0.05, 600)
GROWING = st.sampled_from([(Shape.EXPONENTIAL, 2.0), (Shape.EXPONENTIAL, 3.0)])


def schedule(
    shape: Shape, base: float, growth: float, count: int, *, events: int = 1, jitter: float = 0.0, seed: int = 0
) -> list[Wait]:
    """The waits of so many events by a rule, each off by up to a part of it; a linear `growth` is one of the base."""
    chance = random.Random(seed)
    rules: dict[Shape, Callable[[int], float]] = {
        Shape.CONSTANT: lambda _: base,
        Shape.LINEAR: lambda number: base * (1 + growth * (number - 1)),
        Shape.EXPONENTIAL: lambda number: base * growth ** (number - 1),
    }
    return [
        Wait(number, rules[shape](number) * (1 + chance.uniform(-jitter, jitter)), str(event))
        for event in range(events)
        for number in range(1, count + 1)
    ]


def found(waits: list[Wait]) -> Backoff:
    """The rule."""
    rule = fit(waits)
    assert rule is not None
    return rule


@SAME_EVERY_TIME
@given(st.lists(st.tuples(st.integers(1, 10_000), st.floats(SHORTEST, 1e8)), min_size=1, max_size=30))
@example([(199, 0.01), (200, 1.0)])
@example([(50, 0.001), (51, 100_000.0)])
@example([(1, 0.001), (2, 1e8), (9_999, 1e8), (10_000, 1e8)])
def test_any_waits_have_a_rule(waits: list[tuple[int, float]]) -> None:
    """Also those of late attempts alone, when the earlier ones were accepted."""
    rule = found([Wait(number, seconds, "1") for number, seconds in waits])

    assert rule.spread is None or rule.spread >= 0
    assert all((rule.wait(number) or 0.0) >= 0 for number, _ in waits)


@SAME_EVERY_TIME
@given(BASES, st.floats(1.6, 4), st.integers(4, 8), st.floats(0, 0.05), SEEDS)
def test_a_factor_is_found(base: float, factor: float, count: int, jitter: float, seed: int) -> None:
    """With a jitter of up to 5 %, from four waits on; what it foretells is as near as the jitter."""
    rule = found(schedule(Shape.EXPONENTIAL, base, factor, count, jitter=jitter, seed=seed))

    assert rule.shape is Shape.EXPONENTIAL
    assert rule.growth == pytest.approx(factor, rel=2 * jitter + 1e-6)
    assert rule.base == pytest.approx(base, rel=2 * jitter + 1e-6)
    assert rule.wait(count + 1) == pytest.approx(base * factor**count, rel=4 * jitter + 1e-6)
    assert rule.spread is not None
    assert rule.spread <= 2 * jitter + 1e-6


@SAME_EVERY_TIME
@given(BASES, st.floats(0.8, 3), st.integers(5, 8), st.floats(0, 0.03), SEEDS)
def test_steps_are_found(base: float, growth: float, count: int, jitter: float, seed: int) -> None:
    """Each longer than the one before by the same."""
    rule = found(schedule(Shape.LINEAR, base, growth, count, jitter=jitter, seed=seed))

    assert rule.shape is Shape.LINEAR
    assert rule.growth == pytest.approx(growth * base, rel=8 * jitter + 1e-6)
    assert rule.wait(count + 1) == pytest.approx(base * (1 + growth * count), rel=6 * jitter + 1e-6)


@SAME_EVERY_TIME
@given(BASES, st.integers(3, 8), st.floats(0, 0.05), SEEDS)
def test_equal_waits_are_found(base: float, count: int, jitter: float, seed: int) -> None:
    """A little more or less is no growth."""
    rule = found(schedule(Shape.CONSTANT, base, 0, count, jitter=jitter, seed=seed))

    assert rule.shape is Shape.CONSTANT
    assert jitter > 0.01 or rule.sureness is Confidence.MEASURED
    assert rule.wait(99) == rule.base == pytest.approx(base, rel=jitter + 1e-6)


@SAME_EVERY_TIME
@given(BASES, st.sampled_from([1.6, 2.0, 3.0]), st.integers(3, 5), st.integers(2, 4))
def test_a_cap_is_found(base: float, factor: float, free: int, capped: int) -> None:
    """Where two waits before it and two at it were seen."""
    cap = base * factor ** (free - 1) * 1.2
    grown = schedule(Shape.EXPONENTIAL, base, factor, free)
    rule = found([*grown, *(Wait(free + 1 + at, cap, "0") for at in range(capped))])

    assert rule.shape is Shape.EXPONENTIAL
    assert rule.growth == pytest.approx(factor)
    assert rule.cap == pytest.approx(cap)
    assert rule.wait(free + capped + 5) == pytest.approx(cap)


@SAME_EVERY_TIME
@given(GROWING, st.integers(1, 6), st.integers(4, 30), SEEDS)
def test_jitter_goes_with_many_events(grows: tuple[Shape, float], waits: int, events: int, seed: int) -> None:
    """±30 % is recognised from four waits of eight events; the first wait alone is not enough."""
    shape, factor = grows
    rule = found(schedule(shape, 30, factor, waits, events=events, jitter=0.3, seed=seed))

    if waits == 1:
        assert rule.sureness is Confidence.SINGLE
        assert rule.wait(2) is None
    elif waits == 2:
        assert rule.sureness is Confidence.SUGGESTED
    elif waits >= 4 and events >= 8:
        assert rule.shape is shape
        assert rule.growth == pytest.approx(factor, rel=0.3)
    assert (rule.waits, rule.events, rule.first, rule.last) == (waits * events, events, 1, waits)


@SAME_EVERY_TIME
@given(st.lists(st.tuples(st.integers(1, 2), st.floats(0.001, 1e6)), min_size=1, max_size=20))
def test_one_or_two_numbers_are_never_called_measured(pairs: list[tuple[int, float]]) -> None:
    """Whatever they are, and however many events."""
    rule = found([Wait(number, seconds, str(at)) for at, (number, seconds) in enumerate(pairs)])

    assert rule.sureness is not Confidence.MEASURED


@SAME_EVERY_TIME
@given(st.lists(st.floats(0.001, 1e7), min_size=1, max_size=12), st.floats(0.01, 100), SEEDS)
def test_neither_units_nor_order_matter(seconds: list[float], unit: float, seed: int) -> None:
    """Any waits at all give some rule, the same in minutes, and in any order."""
    waits = [Wait(number, one, "a") for number, one in enumerate(seconds, 1)]
    rule = found(waits)
    other = [Wait(wait.number, wait.seconds * unit, "a") for wait in waits]
    random.Random(seed).shuffle(other)
    again = found(other)

    assert (again.sureness, again.waits, again.last) == (rule.sureness, rule.waits, rule.last)
    if again.shape is rule.shape:
        assert again.base == pytest.approx(rule.base * unit, rel=0.02)


def test_wrong_rules_are_seldom_called_measured() -> None:
    """Of 3,000 schedules with ±10 % jitter and three to six waits, at most one in a hundred."""
    wrong = 0
    rules = [(Shape.CONSTANT, 0.0), (Shape.LINEAR, 0.5), (Shape.LINEAR, 1.0), (Shape.EXPONENTIAL, 1.5)]
    for seed in range(750):
        for shape, growth in rules:
            rule = found(schedule(shape, 30, growth, 3 + seed % 4, jitter=0.1, seed=seed))
            wrong += rule.sureness is Confidence.MEASURED and rule.shape is not shape
    assert wrong <= 30


def test_waits_without_a_rule_are_called_so() -> None:
    """And foretell nothing."""
    rule = found([Wait(number, seconds, "a") for number, seconds in enumerate((5, 200, 3, 90, 2), 1)])

    assert (rule.shape, rule.wait(6)) == (Shape.NONE, None)
    assert fit([]) is None


def attempts(event: str, *seconds: float, answers: tuple[int | None, ...] = (), first: int = 1) -> list[DeliveryRow]:
    """Attempts of an event with these waits between them."""
    at, rows = START, []
    for number, wait in enumerate((0.0, *seconds)):
        at += timedelta(seconds=wait)
        answered = answers[number] if answers else 503
        stored = stored_delivery(number + 1, at=at, attempt=first + number, answered=answered, event_id=event)
        rows.append(stored.row)
    return rows


def test_which_waits_count() -> None:
    """Those after a refusal, between attempts that follow one another; several events, in any order of rows."""
    rows = attempts("1", 30, 60, 5, answers=(503, 500, 200, 200))
    rows += attempts("2", 29, first=3)
    rows += [row for row in attempts("3", 1, 1) if row.attempt != 2]
    rows += attempts("4", 0.0)
    rows.append(stored_delivery(9, event_id=None).row)

    assert waits_of(reversed(rows)) == [Wait(3, 29, "2"), Wait(1, 30, "1"), Wait(2, 60, "1")]


def test_waits_after_no_answer_count_only_alone() -> None:
    """The sender's time-out is in them."""
    silent = attempts("1", 40, 70, answers=(None, 0, None))

    assert waits_of(silent) == [Wait(1, 40, "1"), Wait(2, 70, "1")]
    assert waits_of([*silent, *attempts("2", 30)]) == [Wait(1, 30, "2")]


FIRST_AT = datetime(2026, 11, 23, 14, 2, 58, 114_000, tzinfo=UTC)


def rows(*gaps: float, answers: tuple[int | None, ...] = ()) -> list[DeliveryRow]:
    """Attempts with these seconds between them."""
    at, made = FIRST_AT, []
    for number, gap in enumerate((0.0, *gaps), 1):
        at += timedelta(seconds=gap)
        answered = answers[number - 1] if answers else 503
        made.append(stored_delivery(number, at=at, attempt=number, answered=answered, event_id="7").row)
    return made


def test_gaps_and_factors() -> None:
    """Those of the mock-up: doubled waits."""
    line = timeline(rows(30.907, 61.623, 122.258))

    assert [entry.gap_seconds for entry in line] == [None, *map(pytest.approx, (30.907, 61.623, 122.258))]
    assert [entry.factor for entry in line] == [
        None,
        None,
        pytest.approx(1.994, abs=0.001),
        pytest.approx(1.984, abs=0.001),
    ]


def test_attempts_at_the_same_moment_have_no_factor() -> None:
    """Nothing is divided by nothing."""
    line = timeline(rows(0.0, 10.0))

    assert line[2].factor is None


def test_refusals_are_counted_before_the_last_attempt() -> None:
    """No answer is a refusal, too."""
    assert refusals(rows(1, 2, 3, answers=(503, None, 503, 200))) == 3
    assert [is_success(status) for status in (200, 204, 302, 503, None)] == [True, True, False, False, False]
