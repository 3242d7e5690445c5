"""A contract as lines."""

from __future__ import annotations

import pytest

from tests.domain.contract.events import START, contract_of
from webhook_tui.domain.contract.outline import changes, outline, percent, since


def test_each_field_is_a_line() -> None:
    """`data` first; the event's name is not among them."""
    data = [
        {"status": "completed", "output": {"url": "https://x.example/1"}, "score": 0.41, "error": None, "n": [1, 2]},
        {"status": "completed", "output": {"url": "https://x.example/2"}, "score": 1, "error": None, "n": [1]},
        {"status": "failed", "error": "no face", "n": []},
    ]

    lines = [(line.depth, line.name, line.types, line.percent, line.values) for line in outline(contract_of(data))]

    assert lines == [
        (0, "data", "object", "100 %", ""),
        (1, "status", "string", "100 %", "completed 2 · failed 1"),
        (1, "output", "object", "67 %", ""),
        (2, "url", "string uri", "67 %", "https://x.example/1 1 · https://x.example/2 1"),
        (1, "score", "number", "67 %", "0.41 to 1"),
        (1, "error", "null | string", "100 %", 'null 2 · "no face" 1'),
        (1, "n", "array", "100 %", "0 to 2 items"),
        (2, "[ ]", "integer", "67 %", "1 to 2"),
        (0, "id", "integer", "100 %", "90001 to 90003"),
        (0, "timestamp", "number", "100 %", "1795443602"),
    ]


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "0 %"),
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 1000, "<1 %"),
        (999, 1000, "99.9 %"),
        (995, 1000, "99.5 %"),
        (205, 214, "96 %"),
        (99_999, 100_000, "99.9 %"),
        (1, 3, "33 %"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part: int, whole: int, text: str) -> None:
    """100 % is all, 0 % is none."""
    assert percent(part, whole) == text


def test_marks_say_what_changed_and_since_when() -> None:
    """A type that changed, a new field, a missing one."""
    contract = contract_of([*[{"a": 1, "gone": 1}] * 30, *[{"a": "x"}] * 60, {"a": 1, "came": 1}])

    marks = {line.name: line.mark for line in outline(contract) if line.mark}

    assert marks == {"a": "≠", "gone": "-", "came": "+"}
    assert changes(contract) == (3, START + 31 * 1_000_000)
    arrived = contract.field_at(("data", "came"))
    assert arrived is not None
    assert since(arrived) == START + 91 * 1_000_000


def test_many_values_are_counted_with_one_of_them() -> None:
    """The last."""
    (_, line, *_) = outline(contract_of([{"job": f"job_{number}"} for number in range(93)]))

    assert line.values == "93 values  job_92"
