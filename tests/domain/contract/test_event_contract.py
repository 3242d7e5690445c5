"""What is counted while payloads are read, and that it stays small."""

from __future__ import annotations

import json

import msgspec

from tests.domain.contract.events import START, contract_of, event
from webhook_tui.domain.contract.event_contract import (
    DEEPEST,
    MOST_EVENTS,
    MOST_FIELDS,
    MOST_NAMES,
    MOST_VALUES,
    PARTS,
    Contract,
    EventContract,
    Timeline,
)
from webhook_tui.domain.contract.field import MOST_DISTINCT, Field
from webhook_tui.domain.contract.json_types import JsonType

_SECOND = 1_000_000


def _at(contract: EventContract, path: str) -> Field:
    found = contract.field_at(tuple(path.split(".")))
    assert found is not None
    return found


def test_types_presence_and_values_are_counted() -> None:
    """In deliveries, and for the elements of arrays in values."""
    contract = contract_of(
        [
            {"score": 1, "items": [{"url": "https://x.example/1"}, {"url": "https://x.example/2"}]},
            {"score": 0.5, "items": []},
            {"score": None, "note": "a"},
        ]
    )

    score, note, items = (_at(contract, f"data.{name}") for name in ("score", "note", "items"))
    assert {kind: typed.deliveries for kind, typed in score.types.items()} == {
        JsonType.INTEGER: 1,
        JsonType.NUMBER: 1,
        JsonType.NULL: 1,
    }
    assert (score.lowest, score.highest, len(score.distinct)) == (0.5, 1.0, 3)
    assert (note.present.deliveries, note.absent.deliveries) == (1, 2)
    assert (items.present.deliveries, items.absent.deliveries, items.fewest_items, items.most_items) == (2, 1, 0, 2)
    url = _at(contract, "data.items.url")
    assert (url.present.deliveries, url.present.values, url.formats) == (1, 2, ("uri",))


def test_a_format_is_that_of_all_strings() -> None:
    """One that has it not is enough."""
    contract = contract_of([{"at": "2026-11-28T10:00:00Z"}, {"at": "later"}, {"at": "2026-11-28T10:00:00Z"}])

    assert _at(contract, "data.at").formats == ()


def test_few_values_are_listed_with_their_counts() -> None:
    """Many are only counted, as far as they are distinguished."""
    contract = contract_of([{"status": "completed" if seq else "failed", "id": f"job_{seq}"} for seq in range(1000)])

    status, job = (_at(contract, f"data.{name}") for name in ("status", "id"))
    assert status.types[JsonType.STRING].listed == {"failed": 1, "completed": 999}
    assert job.types[JsonType.STRING].listed is None
    assert len(job.distinct) == MOST_DISTINCT


def test_true_and_one_are_two_values() -> None:
    """As in JSON."""
    assert len(_at(contract_of([{"a": True}, {"a": 1}, {"a": "1"}]), "data.a").distinct) == 3


def test_it_can_be_kept_and_read_on() -> None:
    """Reading goes on after it was written to a file and read back."""
    data = [{"status": f"s{seq % 3}", "big": 10**30, "nested": {"a": [None, "\ud800", 1e308]}} for seq in range(30)]
    whole, half = Contract(), Contract()
    for seq, one in enumerate(data[:15], 1):
        half.add(event(one, seq), (seq, START + seq))
    half = msgspec.msgpack.decode(msgspec.msgpack.encode(half), type=Contract)
    for seq, one in enumerate(data[15:], 16):
        half.add(event(one, seq), (seq, START + seq))
    for seq, one in enumerate(data, 1):
        whole.add(event(one, seq), (seq, START + seq))

    assert half == whole


def test_hostile_payloads_cost_a_limited_amount() -> None:
    """Deep, wide, many names, many values; each is read in part, and the result names it."""
    deep: object = 1
    for _ in range(400):
        deep = {"a": [deep]}
    hostile = [
        deep,
        {f"name{number}": number for number in range(10 * MOST_NAMES)},
        [[0] * 200] * 200,
        {f"{number}": {f"{below}": 1 for below in range(100)} for number in range(100)},
        {"n" * 1000: 1},
        {"number": float("inf"), "other": float("nan"), "digits": 10**4000},
    ]
    contract = contract_of(hostile * 3)

    levels, place = 0, contract.root
    while below := (*place.children.values(), *([place.items] if place.items else [])):
        place, levels = max(below, key=lambda field: bool(field.children or field.items)), levels + 1
    assert levels <= DEEPEST + 1
    assert contract.fields <= MOST_FIELDS
    assert len(_at(contract, "data").children) <= MOST_NAMES
    assert _at(contract, "data").other_names > 0
    assert contract.partly_read >= 6
    assert len(msgspec.msgpack.encode(contract)) < 300_000


def test_a_payload_is_read_to_a_number_of_values() -> None:
    """A body of a million small values is read within the deadline."""
    contract = contract_of([[[0]] * 100_000])

    assert _at(contract, "data").items is not None
    assert (
        contract.root.present.values
        + sum(field.present.values for field in (_at(contract, "data"), contract.field_at(("data",))) if field)
        <= MOST_VALUES
    )


def test_event_names_are_limited() -> None:
    """Those beyond the limit, and what is no event, are counted together."""
    contract = Contract()
    for seq in range(1, MOST_EVENTS + 11):
        contract.add(event({}, seq, f"e{seq}"), (seq, START))
    no_events: list[object] = [None, [], "text", {"name": 1}, {}]
    for body in no_events:
        contract.add(body, (1000, START))

    assert len(contract.events) == MOST_EVENTS
    assert contract.others == 15
    json.dumps([one.name for one in contract.ordered()])


def test_parts_grow_with_the_time_that_they_cover() -> None:
    """The sums stay, and the number of parts is bounded."""
    timeline = Timeline()
    for second in (0, 1, 47, 48, 10_000, 10_001):
        timeline.add(5_000 + second * _SECOND)

    assert sum(timeline.counts) == 6
    assert len(timeline.counts) <= PARTS
    assert timeline.width == 256 * _SECOND
    assert (timeline.counts[0], timeline.counts[-1]) == (4, 2)


def test_a_clock_that_goes_back_is_counted_first() -> None:
    """Rather than before the start."""
    timeline = Timeline()
    timeline.add(10 * _SECOND)
    timeline.add(0)

    assert timeline.counts == [2]
