"""The texts about the waits: the rule if enough are known, their number, and when the next attempt is due."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.domain.test_attempts import START, attempts
from tests.ui.fake_session import FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import WIDE, stage
from webhook_tui.domain.attempts import fit, waits_of
from webhook_tui.ui.format.delivery.attempts import Sameness, attempts_text
from webhook_tui.ui.format.delivery.backoff import backoff_sentences, due_sentence

LIMITED = "Each wait is 2.0 times the one before: about 4.0 s, 8.0 s, 15 s, 15 s, and none is longer than about 15 s."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        ((31.0,), ["The first wait was 30 s. One more attempt of an event can tell how they go on.", "1 wait"]),
        ((30.0, 60.0), ["Two waits suggest that each is 2.0 times the one before: about 30 s, 60 s.", "2 waits"]),
        ((30.0, 30.2), ["Two waits suggest that each is the same, about 30 s.", "2 waits, at most 1 % off"]),
        (
            (30.0, 61.0, 119.0, 240.0),
            ["Each wait is 2.0 times the one before: about 30 s, 60 s, 120 s, 240 s.", "4 waits, at most 1 % off"],
        ),
        (
            (2.0, 4.0, 8.0, 15.0, 15.0),
            [
                LIMITED,
                "5 waits, at most 1 % off",
            ],
        ),
        (
            (10.0, 20.0, 30.0, 40.0, 50.0),
            ["Each wait is 10 s longer than the one before: about 20 s, 30 s, 40 s, 50 s.", "5 waits, at most 1 % off"],
        ),
        (
            (5.0, 200.0, 3.0, 90.0, 2.0),
            ["The waits follow no rule of those looked for: equal, growing by steps, growing by a factor.", "5 waits"],
        ),
    ],
)
def test_the_rule_and_what_it_rests_on(seconds: tuple[float, ...], words: list[str]) -> None:
    """Two waits suggest; more are a rule if they agree."""
    found = fit(waits_of(attempts("1", *seconds)))
    assert found is not None
    rule, evidence = backoff_sentences(found, of_run=False)

    count, _, off = words[1].partition(", ")
    assert rule == words[0]
    assert evidence == f"Measured: {count} of this event{', ' + off if off else ''}."


def test_when_the_next_one_is_due() -> None:
    """To come, overdue, or would have been; with its margin where the waits differ."""
    rows = attempts("1", 30.0, 60.0, 120.0)
    found = fit(waits_of(rows))
    assert found is not None
    at = rows[-1].received_at

    assert due_sentence(found, 4, at, at, is_accepted=False) == "The next is due about 14:10:28."
    late = at + timedelta(minutes=5)
    assert due_sentence(found, 4, at, late, is_accepted=False) == "The next was due about 14:10:28, and has not come."
    assert (
        due_sentence(found, 4, at, late, is_accepted=True)
        == "Had this one failed too, the next was due about 14:10:28."
    )
    tomorrow = at + timedelta(days=1)
    assert "23 Nov, 14:10" in due_sentence(found, 4, at, tomorrow, is_accepted=True)
    assert due_sentence(found, 10_000, at, at, is_accepted=False) == ""

    jittered = fit(waits_of(attempts("1", 30.0, 66.0, 114.0, 250.0)))
    assert jittered is not None
    words = due_sentence(jittered, 5, START, START, is_accepted=False)
    assert words.startswith("The next is due about 14:11:")
    assert ", between 14:10:" in words


def test_other_events_of_the_run_help_where_this_one_has_too_few() -> None:
    """And only then."""
    others = [row for event in "234" for row in attempts(event, 30.0, 60.0, 120.0)]
    rows = attempts("1", 31.0)
    same = [Sameness(None, None)] * 2
    text = attempts_text(rows, same, 78, START, others).plain

    assert "Each wait is 2.0 times the one before: about 30 s, 60 s, 120 s." in text
    assert "Measured: 10 waits of 4 events of this run, at most 3 % off." in text
    assert "The next is due about 14:04:" in text
    own = attempts("1", 5.0, 5.0, 5.0)
    text = attempts_text(own, [Sameness(None, None)] * 4, 78, START, others).plain
    assert "Each wait is the same, about 5.0 s." in text
    assert "Measured: 3 waits of this event" in text


async def test_the_attempts_tab_looks_at_the_run() -> None:
    """What other events of the same run waited is taken in; those of other runs are not."""
    session = FakeSession.running()
    for number, row in enumerate(attempts("77", 30.0, 60.0, 120.0), 13):
        stored = stored_delivery(
            number, event_id="77", event="batch_edit", at=row.received_at, attempt=row.attempt, answered=503
        )
        session.rows.add(stored)
    session.rows.refresh()
    async with stage(session, size=WIDE) as played:
        await played.press("g", "j", "j")
        await played.until(lambda: played.main.deliveries.detail.seq == 3)
        played.main.deliveries.detail.choose("Attempts")
        await played.until("Measured: 4 waits of 2 events of this run")
