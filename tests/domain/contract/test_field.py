"""What is usual, and what departs from it."""

from __future__ import annotations

import pytest

from tests.domain.contract.events import contract_of
from webhook_tui.domain.contract.field import ENOUGH, RECENT, Field


def _field(values: list[object], name: str = "a") -> Field:
    """The field of deliveries 1, 2, ...; a value of ... means that it is absent."""
    found = contract_of([{} if value is ... else {name: value} for value in values]).field_at(("data", name))
    assert found is not None
    return found


def test_a_type_departs_until_it_is_usual_itself() -> None:
    """Text after numbers: the first twenty depart."""
    field = _field([1.5] * ENOUGH + ["high"] * (ENOUGH + 5))

    assert field.departing == list(range(ENOUGH + 1, 2 * ENOUGH + 1))
    assert field.is_changed


@pytest.mark.parametrize(
    ("values", "is_changed"),
    [
        ([1.5] * 19 + ["high"], False),
        ([1.5] * 20 + ["high"], True),
        ([1.5] * 20 + [2], False),
        ([2] * 20 + [1.5], True),
        ([None] * 30 + ["text"], False),
        (["text"] * 20 + [None], True),
        ([[1]] * 20 + [{}], True),
        ([True] * 20 + [1], True),
    ],
)
def test_which_types_depart(values: list[object], is_changed: bool) -> None:
    """Few deliveries make nothing usual, an integer is a number, and null says nothing of what will come."""
    assert _field(values).is_changed is is_changed


def test_a_new_field_departs() -> None:
    """After enough deliveries without it."""
    late, early = _field([..., *[...] * 19, 1, 1]), _field([..., 1, 1])

    assert (late.is_new, late.departing) == (True, [21, 22])
    assert (early.is_new, early.departing) == (False, [])


def test_an_absent_field_departs_and_is_gone_in_the_end() -> None:
    """One that was usual; gone means not seen in the last fifty deliveries."""
    missing, gone = _field([1] * 20 + [..., 1]), _field([1] * 20 + [...] * RECENT)

    assert (missing.departing, missing.is_gone) == ([21], False)
    assert (gone.departing, gone.is_gone) == (list(range(21, 41)), True)


def test_the_newest_samples_are_kept() -> None:
    """Also those without the field."""
    field = _field([1, 2, 3, "x", 4, ...])

    assert [(sample.seq, sample.value, sample.is_absent) for sample in field.samples] == [
        (2, 2, False),
        (3, 3, False),
        (4, "x", False),
        (5, 4, False),
        (6, None, True),
    ]
