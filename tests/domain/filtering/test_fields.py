"""The fields of the language by name: each reads its value, or refuses it in a sentence."""

from __future__ import annotations

import pytest

from webhook_tui.domain.filtering.fields import FIELDS, STATES, MistakeError, pattern
from webhook_tui.domain.filtering.terms import Flag, Flagged, Measure, Measured, Operator, Pattern
from webhook_tui.domain.filtering.tokens import QUOTED, Value


def plain(text: str) -> Value:
    """A value without quotes."""
    return Value(text, text, was_quoted=False)


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_refuses_a_value_that_is_not_there(name: str) -> None:
    """In a sentence that names the field, with an example or all that it takes."""
    with pytest.raises(MistakeError, match=f"^{name}"):
        FIELDS[name](plain(""))


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_read(state: str) -> None:
    expected = Measured(Measure.ATTEMPT, Operator.MORE, 1) if state == "retried" else Flagged(Flag(state))

    assert FIELDS["is"](plain(state.upper())) == expected


def test_a_star_that_was_quoted_is_text() -> None:
    assert pattern(Value("A*b*", f"A{QUOTED}b*", was_quoted=True), any_case=True) == Pattern(("a*b", ""), any_case=True)
