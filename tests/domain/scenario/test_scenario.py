"""Scenario files: what was written is read again, what is none is refused with the place where it departs."""

from __future__ import annotations

import pytest

from webhook_tui.domain.scenario import (
    Fault,
    Scenario,
    ScenarioError,
    ScenarioStep,
    read_scenario,
    write_scenario,
)

SCENARIO = Scenario(
    steps=(
        ScenarioStep(after_seconds=0.0, event=1, attempt=1, name="ping", data={}),
        ScenarioStep(after_seconds=2.5, event=2, attempt=2, name="x", data={"a": [1.5]}, fault=Fault.NEWLINE),
    ),
    skipped=(7,),
)


def test_a_scenario_is_read_as_it_was_written() -> None:
    """Steps, faults and what was skipped."""
    assert read_scenario(write_scenario(SCENARIO)) == SCENARIO


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "truncated"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"steps": [{"after_seconds": "1"}]}', r"Expected `float`, got `str` - at `\$.steps\[0\].after_seconds`"),
        (write_scenario(SCENARIO).replace(b'"newline"', b'"rain"'), "Invalid enum value 'rain'"),
        (write_scenario(SCENARIO).replace(b'"version": 1', b'"version": 2'), "version 2, not"),
        (write_scenario(SCENARIO).replace(b"2.5", b"-2.5"), "negative"),
    ],
)
def test_what_is_no_scenario_is_refused(content: bytes, reason: str) -> None:
    """With the place and what was expected there."""
    with pytest.raises(ScenarioError, match=reason):
        read_scenario(content)
