"""The sandbox's notifications: numbered, kept for a while, and sent to every stream that wants them."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.harness import Clock
from webhook_tui.sandbox.events import Notifications


def notifications(clock: Clock) -> Notifications:
    """Notifications that are kept for a minute."""
    return Notifications(first_id=7, kept_seconds=60, now=clock.now)


def test_an_event_has_the_documented_shape() -> None:
    clock = Clock()
    event = notifications(clock).make("ping", {"a": 1})

    assert json.loads(event.body()) == {
        "id": 7,
        "name": "ping",
        "data": {"a": 1},
        "timestamp": clock.now().timestamp(),
    }


def test_events_are_kept_until_consumed_or_too_old() -> None:
    clock = Clock()
    made = notifications(clock)
    first, second, third = (made.make("ping", {}) for _ in range(3))
    made.publish(first)
    made.publish(second)

    assert made.consume(first.id)
    assert not made.consume(first.id)
    assert made.kept() == (second,)
    clock.move(61)
    made.publish(third)
    assert [event.id for event in made.kept()] == []


async def test_a_stream_gets_its_backfill_and_then_what_it_wants() -> None:
    """No event is in both or in neither; one that ended gets nothing more."""
    made = notifications(Clock())
    before, ping, other = made.make("ping", {}), made.make("ping", {}), made.make("batch_edit", {})
    made.publish(before)

    stream, backfill = made.subscribe(lambda event: event.name == "ping")
    made.publish(other)
    made.publish(ping)
    assert backfill == [before]
    assert await stream.following(5) == ping
    with pytest.raises(TimeoutError):
        await stream.following(0)

    made.close()
    assert await stream.following(5) is None
    made.unsubscribe(stream)
    assert made.streams == 0
