"""Notes about a delivery that is not as those before it."""

from __future__ import annotations

import pytest

from tests.domain.contract.events import contract_of, event
from webhook_tui.domain.contract.departures import MOST_DEPARTURES, departures

_USUAL = {"score": 0.5, "output": {"url": "https://x.example/1"}, "error": None, "tags": [{"a": 1}]}
CONTRACT = contract_of([_USUAL] * 205)


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        (_USUAL, []),
        (_USUAL | {"score": "high"}, ["data.score: a number in 205 deliveries, text here"]),
        (_USUAL | {"score": 1}, []),
        (_USUAL | {"error": "no face"}, []),
        (_USUAL | {"seed": 7}, ["data.seed: new: absent in 205 deliveries"]),
        (_USUAL | {"output": {}}, ["data.output.url: present in 205 deliveries, absent here"]),
        (_USUAL | {"output": []}, ["data.output: an object in 205 deliveries, a list here"]),
        (_USUAL | {"tags": [{"a": "x"}, {"a": "y"}]}, ["data.tags.a: a whole number in 205 deliveries, text here"]),
        ("text", ["data: an object in 205 deliveries, text here"]),
    ],
)
def test_what_departs(data: object, notes: list[str]) -> None:
    """One note a field, in words."""
    found = departures(CONTRACT, event(data), 206)

    assert [f"{'.'.join(one.path)}: {one.sentence}" for one in found] == notes


def test_only_what_was_usual_before_counts() -> None:
    """Delivery 5 had four before it."""
    assert departures(CONTRACT, event(_USUAL | {"score": "high"}), 5) == []


def test_the_notes_agree_with_what_was_counted() -> None:
    """The notes are the same for a delivery that was already counted."""
    data = [{"score": 1.5}] * 25 + [{"score": "high"}] * 30
    contract = contract_of(data)
    field = contract.field_at(("data", "score"))

    reported = [seq for seq, one in enumerate(data, 1) if departures(contract, event(one), seq)]

    assert field is not None
    assert reported == field.departing


@pytest.mark.parametrize("body", [None, [], "text", {}])
def test_what_is_no_event_departs_in_nothing_or_all(body: object) -> None:
    """And never raises."""
    assert len(departures(CONTRACT, body, 206)) <= 4


def test_notes_are_few_and_their_count_does_not_grow_with_the_body() -> None:
    """A hostile body of many new names."""
    wide = _USUAL | {f"name{number}": number for number in range(5000)}

    assert len(departures(CONTRACT, event(wide), 206)) == MOST_DEPARTURES
