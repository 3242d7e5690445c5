"""The attempts of one event in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.ui.memory_rows import stored_delivery
from webhook_tui.domain.answer_rules.answer import is_success
from webhook_tui.domain.attempts import refusals, timeline
from webhook_tui.domain.delivery.delivery import DeliveryRow

START = datetime(2026, 11, 23, 14, 2, 58, 114_000, tzinfo=UTC)


def rows(*gaps: float, answers: tuple[int | None, ...] = ()) -> list[DeliveryRow]:
    """Attempts with these seconds between them."""
    at, made = START, []
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
