"""What becomes of observations of one event on two channels: states, reasons, lag, equality, and bounded memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.domain.comparison.compared_event import ComparedEvent, DifferingDelivery, Interval, Reason, Seen
from webhook_tui.domain.comparison.event_comparison import EventComparison, Limits, Observation

START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """So long after the start."""
    return START + timedelta(seconds=seconds)


def body(status: str = "completed", *, happened: float = 0.0) -> bytes:
    """An event's JSON."""
    event = {"id": 7, "name": "image_result", "data": {"status": status}, "timestamp": at(happened).timestamp()}
    return json.dumps(event).encode()


def webhook(seconds: float, content: bytes = body(), seq: int = 1) -> Observation:
    """A delivery."""
    return Observation(at(seconds), content, "image_result", seq)


def live(seconds: float, content: bytes = body()) -> Observation:
    """A live event."""
    return Observation(at(seconds), content, "image_result", happened_at=at(seconds))


def backfilled(seconds: float, happened: float) -> Observation:
    """An event from before the connection."""
    return Observation(at(seconds), body(), "image_result", backfilled=True, happened_at=at(happened))


def ready() -> EventComparison:
    """Registered, tunnel up, stream live, from the start."""
    made = EventComparison(Limits(overdue_seconds=5))
    made.stream(at(0), is_live=True)
    made.registration(at(0), is_registered=True)
    return made


def only(made: EventComparison) -> ComparedEvent:
    """Its one event."""
    (event,) = made.events()
    return event


def test_seen_by_both_is_settled_at_once_with_its_lag() -> None:
    """The other side needs no waiting for once it is there."""
    made = ready()
    made.sse("7", live(10))
    assert made.settle(at(10)) == []
    made.webhook("7", webhook(10.9))
    (event,) = made.settle(at(10.9))

    assert event.seen is Seen.BOTH
    assert event.lag_seconds == pytest.approx(0.9)
    assert event.equal is True
    assert event.reason is None
    assert made.counts == {Seen.BOTH: 1, Seen.SSE: 0, Seen.WEBHOOK: 0}
    assert made.settle(at(60)) == []


def test_different_contents_and_unexplained_losses_are_counted() -> None:
    """An outage that is known of explains an event that arrived by SSE only: it is not lost."""
    made = ready()
    made.sse("7", live(10))
    made.webhook("7", webhook(11, body("failed")))
    made.sse("8", live(12))
    made.settle(at(30))
    assert (made.lost, made.differing) == (1, 1)

    made.tunnel(at(12), is_down=True)
    assert (made.lost, made.differing) == (0, 1)


def test_deliveries_that_differ_are_listed_with_the_first_path() -> None:
    """Until their event is forgotten; what is not JSON differs as a whole."""
    made = EventComparison(Limits(ids=2))
    made.stream(at(0), is_live=True)
    first, second = DifferingDelivery(7, "$.data.status", 2), DifferingDelivery(8, "$", 1)
    for seq, content, differing in [
        (7, b'{"data": {"status": "failed", "more": 1}}', (first,)),
        (8, b"{", (first, second)),
        (9, b'{"data": {}}', (second,)),
    ]:
        made.sse(str(seq), live(10, b'{"data": {}}'))
        made.webhook(str(seq), webhook(11, content, seq))
        made.settle(at(30))
        assert made.differing_deliveries == differing


def test_only_by_sse_is_settled_when_overdue_and_again_when_it_comes() -> None:
    """Five seconds, and not a moment before."""
    made = ready()
    made.sse("7", live(10))
    assert made.settle(at(14.9)) == []
    assert (only(made).seen, only(made).reason) == (None, Reason.WAITING)
    assert made.next_due == at(15)
    (overdue,) = made.settle(at(15))
    assert (overdue.seen, overdue.reason) == (Seen.SSE, Reason.LOST)
    assert made.lost == 1
    made.webhook("7", webhook(40))
    (late,) = made.settle(at(40))
    assert (late.seen, late.lag_seconds) == (Seen.BOTH, 30)
    assert (made.lost, made.differing) == (0, 0)
    assert made.counts == {Seen.BOTH: 1, Seen.SSE: 0, Seen.WEBHOOK: 0}


def test_only_by_webhook_is_settled_while_the_stream_is_live() -> None:
    """A stream that is down is not overdue; its backfill may still bring the event."""
    made = ready()
    made.stream(at(5), is_live=False)
    made.webhook("7", webhook(10))
    assert made.settle(at(100)) == []
    made.stream(at(100), is_live=True)
    assert made.settle(at(104)) == []
    (event,) = made.settle(at(105))
    assert (event.seen, event.reason, event.spell) == (Seen.WEBHOOK, Reason.STREAM_DOWN, Interval(at(5), at(100)))
    made.sse("7", backfilled(106, 10))
    (found,) = made.settle(at(106))
    assert (found.seen, found.lag_seconds) == (Seen.BOTH, None)


Tell = Callable[[EventComparison], None]


def _during_an_outage(made: EventComparison) -> None:
    made.tunnel(at(8), is_down=True)
    made.sse("7", live(10))
    made.tunnel(at(12), is_down=False)


def _after_deleting(made: EventComparison) -> None:
    made.registration(at(5), is_registered=False)
    made.sse("7", live(10))


_EXPLAINED: list[tuple[str, Tell, Reason]] = [
    ("nothing explains it", lambda made: made.sse("7", live(10)), Reason.LOST),
    (
        "the tunnel was down",
        _during_an_outage,
        Reason.TUNNEL_DOWN,
    ),
    (
        "it happened before registering",
        lambda made: made.sse("7", backfilled(1, happened=-30)),
        Reason.NOT_REGISTERED,
    ),
    (
        "the webhook was deleted before",
        _after_deleting,
        Reason.NOT_REGISTERED,
    ),
    (
        "backfilled, and after registering",
        lambda made: made.sse("7", backfilled(20, happened=10)),
        Reason.LOST,
    ),
    ("the stream has not shown it", lambda made: made.webhook("7", webhook(10)), Reason.NOT_SHOWN),
    (
        "it happened long before the stream was there",
        lambda made: made.webhook("7", webhook(10, body(happened=-700))),
        Reason.OLD,
    ),
]


@pytest.mark.parametrize(("tell", "reason"), [case[1:] for case in _EXPLAINED], ids=[case[0] for case in _EXPLAINED])
def test_why_only_one_side_has_it(tell: Tell, reason: Reason) -> None:
    """Each reason from what is known of tunnel, registration and stream."""
    made = ready()
    tell(made)
    (event,) = made.settle(at(60))

    assert event.reason is reason
    assert event.seen is (Seen.WEBHOOK if event.sse_at is None else Seen.SSE)


def test_the_ping_of_a_registration_is_not_from_before_it() -> None:
    """PiktID sends it before it answers the PUT."""
    made = EventComparison()
    made.stream(at(0), is_live=True)
    made.sse("7", Observation(at(1), body(), "ping"))
    made.sse("8", Observation(at(1), body(), "image_result"))
    made.registration(at(1.5), is_registered=True)
    made.settle(at(60))

    assert [event.reason for event in made.events()] == [Reason.LOST, Reason.NOT_REGISTERED]


def test_an_attempt_under_way_is_waited_for() -> None:
    """It was here, could not be stored and was answered 503: it comes again, until its retries are over."""
    made = ready()
    made.sse("7", live(10))
    made.refused("7", at(11))
    assert made.settle(at(600)) == []
    assert only(made).reason is Reason.RETRYING
    (given_up,) = made.settle(at(611))
    assert (given_up.seen, given_up.reason) == (Seen.SSE, Reason.LOST)


def test_an_attempt_that_comes_after_it_was_overdue_changes_the_reason_only() -> None:
    """It stays reported, with the reason that an attempt has come."""
    made = ready()
    made.sse("7", live(10))
    assert len(made.settle(at(15))) == 1
    made.refused("7", at(16))
    assert made.settle(at(16)) == []
    assert (only(made).seen, only(made).reason) == (Seen.SSE, Reason.RETRYING)


def test_a_repeated_backfill_changes_nothing() -> None:
    """Every reconnection repeats it."""
    made = ready()
    made.sse("7", live(10))
    made.webhook("7", webhook(11))
    made.settle(at(11))
    version = made.version
    made.sse("7", backfilled(30, 10))
    assert made.settle(at(60)) == []
    assert made.version == version


def test_the_first_attempt_counts() -> None:
    """Its time, its number, its content."""
    made = ready()
    made.sse("7", live(10))
    made.webhook("7", webhook(11, seq=4))
    made.webhook("7", webhook(50, body("altered"), seq=5))
    made.settle(at(50))

    assert (only(made).seq, only(made).webhook_at, only(made).equal) == (4, at(11), True)


def test_unequal_contents_are_counted_in_paths() -> None:
    """And the stream's side is kept for the comparison on the screen."""
    made = ready()
    made.webhook("7", webhook(11, body("altered")))
    made.sse("7", live(10))
    (event,) = made.settle(at(11))

    assert (event.differing, event.equal) == (1, False)
    assert made.raw("7") == body()


def test_memory_is_bounded_by_ids_and_bytes() -> None:
    """The newest ids stay; an event whose contents were dropped is not compared."""
    made = EventComparison(Limits(ids=3, content_bytes=250))
    made.stream(at(0), is_live=True)
    for number in range(10):
        made.sse(str(number), live(number))
        made.settle(at(number))
    assert [event.event_id for event in made.events()] == ["7", "8", "9"]
    assert made.raw("7") is None
    assert made.raw("9") == body()
    made.webhook("7", webhook(10))
    made.settle(at(10))
    assert made.events()[0].seen is Seen.BOTH
    assert made.events()[0].equal is None
    made.sse('"' + "x" * 200 + '"', live(11))
    assert len(made.events()) == 3


_TELLINGS = st.lists(
    st.tuples(
        st.sampled_from(["webhook", "sse", "backfill", "refused"]),
        st.integers(0, 40),
        st.sampled_from(["1", "2", '"2"']),
        st.sampled_from(["completed", "altered"]),
    ),
    max_size=12,
)


def _tell(made: EventComparison, reported: tuple[str, int, str, str]) -> None:
    kind, seconds, event_id, status = reported
    if kind == "webhook":
        # Two deliveries at one moment have different numbers, and one number is one content.
        made.webhook(event_id, webhook(seconds, body(status), seq=1 + (status == "altered")))
    elif kind == "sse":
        made.sse(event_id, live(seconds))
    elif kind == "backfill":
        made.sse(event_id, backfilled(seconds, happened=seconds - 5))
    else:
        made.refused(event_id, at(seconds))


@given(st.data(), _TELLINGS)
def test_any_order_of_the_same_observations_ends_the_same(
    data: st.DataObject, reported: list[tuple[str, int, str, str]]
) -> None:
    """However the two channels interleave, and whenever it is read in between."""
    one, other = ready(), ready()
    for telling in reported:
        _tell(one, telling)
    for telling in data.draw(st.permutations(reported)):
        _tell(other, telling)
        if data.draw(st.booleans()):
            other.settle(at(data.draw(st.integers(0, 50))))
    one.settle(at(10_000))
    other.settle(at(10_000))

    def in_any_order(made: EventComparison) -> dict[str, ComparedEvent]:
        return {event.event_id: event for event in made.events()}

    assert in_any_order(one) == in_any_order(other)
    assert one.counts == other.counts
    assert sum(one.counts.values()) == len(one.events())
    assert one.next_due is None
