"""A scenario: recorded deliveries as a file that can be shared and played again, in order and with their pauses.

It holds the data of events and the faults of their deliveries; never a signature, a header, an address or a secret.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

FORMAT = "webhook-tui-scenario"


class Fault(StrEnum):
    """What goes wrong with a delivery. The value is its name in scenario files and in the sandbox's control API."""

    FORGED = "forged"
    """Signed with an unknown secret."""
    NO_SIGNATURE = "no_signature"
    """Without X-Webhook-Signature."""
    OLDER = "older"
    """Signed with the secret of the previous registration; without one, signed correctly."""
    UPPER_CASE = "upper_case"
    """The right digest in upper-case hex."""
    NO_PREFIX = "no_prefix"
    """The right digest without `sha256=`."""
    NEWLINE = "newline"
    """A newline is added to the body after signing."""
    RESERIALISED = "reserialised"
    """The body is serialised again, compact, after signing."""
    LOSE = "lose"
    """Never delivered; only the event stream has it."""
    DELAY = "delay"
    """The first attempt waits."""
    DUPLICATE = "duplicate"
    """Delivered once more as soon as it was accepted."""
    ANSWER_LOST = "answer_lost"
    """The first answer counts as not received: retried, as after a cut connection."""
    ALTER = "alter"
    """The delivery's `data` differs from the event stream's in one path; signed correctly."""


class ScenarioStep(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery."""

    after_seconds: float
    """Pause since the step before."""
    event: int
    """Number of the event in this scenario, from 1: attempts of one event share it."""
    attempt: int
    name: str
    data: dict[str, Any]
    fault: Fault | None = None


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file."""

    format: str = FORMAT
    version: int = 1
    steps: tuple[ScenarioStep, ...]
    skipped: tuple[int, ...] = ()
    """Numbers of recorded deliveries without an event in their body, which cannot be played."""


class ScenarioError(ValueError):
    """The file is not a scenario; the message says where it departs from one."""


def read_scenario(content: bytes) -> Scenario:
    """Return the scenario in a file. Raises ScenarioError."""
    try:
        scenario = msgspec.json.decode(content, type=Scenario)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ScenarioError(str(error)) from error
    if scenario.format != FORMAT or scenario.version != 1:
        raise ScenarioError(f"it is {scenario.format} version {scenario.version}, not {FORMAT} version 1")
    if any(step.after_seconds < 0 for step in scenario.steps):
        raise ScenarioError("after_seconds is negative")
    return scenario


def write_scenario(scenario: Scenario) -> bytes:
    """Return the scenario as indented JSON with a final newline."""
    return msgspec.json.format(msgspec.json.encode(scenario), indent=2) + b"\n"
