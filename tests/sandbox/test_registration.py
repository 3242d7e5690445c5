"""The sandbox's one webhook: its id, its secrets, and what the last delivery was answered."""

from __future__ import annotations

import itertools

from tests.sandbox.harness import FORMER, Clock
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.sandbox.registration import Registry


def registry(clock: Clock) -> Registry:
    """A registry whose secrets are numbered."""
    numbers = itertools.count(1)
    return Registry(now=clock.now, new_secret=lambda: f"secret-{next(numbers)}", former=FORMER)


def test_putting_again_keeps_the_id_and_rotates_the_secret() -> None:
    clock = Clock()
    made = registry(clock)
    first = made.put("http://a/")
    assert made.former == FORMER
    clock.move(5)
    second = made.put("http://b/")

    assert (second.id, second.url, second.secret) == (first.id, "http://b/", Secret("secret-2"))
    assert (second.created_at, second.updated_at) == (first.created_at, clock.now())
    assert made.former == first.secret


def test_after_a_deletion_the_next_webhook_has_another_id() -> None:
    made = registry(Clock())
    first = made.put("http://a/")

    assert made.delete()
    assert not made.delete()
    assert made.former == first.secret
    assert made.put("http://a/").id == first.id + 1


def test_only_the_answer_to_a_put_shows_the_secret() -> None:
    registration = registry(Clock()).put("http://a/")

    assert registration.fields()["secret"] is None
    assert registration.fields(with_secret=True)["secret"] == "secret-1"


def test_a_response_is_recorded_for_the_webhook_that_it_concerns() -> None:
    clock = Clock()
    made = registry(clock)
    registration = made.put("http://a/")
    made.note_response(registration.id + 1, 200)
    assert made.current == registration

    made.note_response(registration.id, 503)
    assert made.current is not None
    assert made.current.fields()["last_response_status"] == 503
    assert made.current.fields()["last_response_at"] == "2026-11-23T14:20:00.000Z"
