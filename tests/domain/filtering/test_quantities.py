"""Numbers as people write them in a filter."""

from __future__ import annotations

import pytest

from webhook_tui.domain.filtering.quantities import age, compared, count, number, size, statuses
from webhook_tui.domain.filtering.terms import LARGEST, Operator


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [("10", 10), ("10k", 10_000), ("1.5MB", 1_500_000), ("2G", 2_000_000_000), ("1.000001k", 1000), ("k", None)],
)
def test_sizes_in_powers_of_1000(text: str, bytes_: int | None) -> None:
    assert size(text) == bytes_


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [("90s", 90_000_000), ("1.5h", 5_400_000_000), ("7D", 604_800_000_000), ("9" * 15 + "d", LARGEST), ("10", None)],
)
def test_ages_with_their_unit(text: str, microseconds: int | None) -> None:
    """An age that no database could hold is cut."""
    assert age(text) == microseconds


@pytest.mark.parametrize(
    ("text", "range_"),
    [("503", (503, 503)), ("50x", (500, 509)), ("5XX", (500, 599)), ("x03", None), ("5x3", None), ("42", None)],
)
def test_a_status_is_a_range(text: str, range_: tuple[int, int] | None) -> None:
    assert statuses(text) == range_


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("-1.5e3", -1500.0), ("1e999", float("inf")), ("+3", None), ("٣", None), ("0x3", None)],
)
def test_numbers_as_json_writes_them(text: str, value: float | None) -> None:
    assert number(text) == value


def test_a_count_has_at_most_15_digits() -> None:
    assert (count("9" * 15), count("9" * 16), count("-1"), count("٣")) == (10**15 - 1, None, None, None)


@pytest.mark.parametrize(
    ("text", "operator", "rest"),
    [
        (">=10", Operator.AT_LEAST, "10"),
        ("!=1", Operator.IS_NOT, "1"),
        ("10", Operator.IS, "10"),
        ("", Operator.IS, ""),
    ],
)
def test_an_operator_stands_in_front(text: str, operator: Operator, rest: str) -> None:
    assert compared(text, Operator.IS) == (operator, rest)
