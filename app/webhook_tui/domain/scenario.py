"""A scenario: recorded deliveries as a file that can be shared and played again, in order and with their pauses.

It holds the data of events, under pseudonyms, and the faults of their deliveries; never a signature, a header, an
address or a secret.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import count, repeat
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import msgspec

from webhook_tui.domain.contract.samples import storable
from webhook_tui.domain.payload.json_decoder import DEEPEST, indented, is_too_deep

FORMAT = "webhook-tui-scenario"
LINKS_URL = "https://cdn.example.com"
"""The beginning of the pseudonyms of links, which lead nowhere (example.com is reserved, RFC 2606)."""
DEEPEST_EVENT = DEEPEST - 2
"""Levels of an event whose data can stand in a scenario, which has two more around them."""


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

    def data_with_links(self, url: str) -> dict[str, Any]:
        """Return `data`, where the pseudonyms of links begin with `url`; other links are unchanged."""
        return {key: _with_links(value, url) for key, value in self.data.items()}


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
    if is_too_deep(content):
        raise ScenarioError(f"it is nested deeper than {DEEPEST} levels")
    try:
        scenario = msgspec.json.decode(content, type=Scenario)
    except (msgspec.MsgspecError, ValueError) as error:
        raise ScenarioError(str(error)) from error
    if scenario.format != FORMAT or scenario.version != 1:
        raise ScenarioError(f"it is {scenario.format} version {scenario.version}, not {FORMAT} version 1")
    if any(step.after_seconds < 0 for step in scenario.steps):
        raise ScenarioError("after_seconds is negative")
    return scenario


def write_scenario(scenario: Scenario) -> bytes:
    """Return the scenario as JSON, indented unless that is too large, with a final newline."""
    return indented(msgspec.json.encode(scenario)) + b"\n"


def _with_links(value: object, url: str) -> object:
    # `map`, since a comprehension is a call of its own before Python 3.12: too many for the deepest documents.
    if isinstance(value, dict):
        return dict(zip(value, map(_with_links, value.values(), repeat(url)), strict=True))
    if isinstance(value, list):
        return list(map(_with_links, value, repeat(url)))
    if isinstance(value, str) and value.startswith(f"{LINKS_URL}/"):
        return url + value.removeprefix(LINKS_URL)
    return value


_KEPT_KEYS = frozenset({"status", "type", "format", "model", "version", "message", "msg"})
"""Last words of keys whose text describes a state, not a person or a file."""
_ID = re.compile(r"(?:^|_)ids?(?:_|$)|^job$", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PREFIX = re.compile(r"[a-z]{1,12}_(?=[0-9A-Za-z-]*[0-9])")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$")


class Pseudonyms:
    """Gives each identifying value of one recording a pseudonym, and equal values the same one."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._numbers: dict[int, int] = {}
        self._counter = count(1)

    def replace(self, value: object, key: str = "") -> object:
        """Return the decoded JSON `value` with pseudonyms; `key` is the name under which it stands.

        Numbers are kept unless the key names an id; text is kept where the key names a state, or where it is a time.
        """
        if isinstance(value, dict):
            return dict(zip(map(storable, value), map(self.replace, value.values(), value), strict=True))
        if isinstance(value, list):
            return list(map(self.replace, value, repeat(key)))
        if isinstance(value, str):
            return self._text(value, key)
        if isinstance(value, int) and not isinstance(value, bool) and _ID.search(_CAMEL.sub("_", key)):
            if value not in self._numbers:
                self._numbers[value] = next(self._counter)
            return self._numbers[value]
        return value

    def _text(self, value: str, key: str) -> str:
        is_kept = not value or key.lower().rpartition("_")[2] in _KEPT_KEYS or _TIME.match(value)
        if is_kept and "://" not in value:
            return storable(value)
        if value not in self._texts:
            self._texts[value] = _pseudonym(value, next(self._counter))
        return self._texts[value]


def _pseudonym(value: str, number: int) -> str:
    """A text of the same kind as `value`: a link, an id with its prefix, a file name with its ending, other text."""
    if "://" in value:
        ending = _ENDING.search(PurePosixPath(urlsplit(value).path).name) if _is_url(value) else None
        return f"{LINKS_URL}/{number}{ending[0] if ending else ''}"
    if " " not in value and (ending := _ENDING.search(value)):
        return f"file-{number}{ending[0]}"
    if prefix := _PREFIX.match(value):
        return prefix[0] + str(number).zfill(len(value) - prefix.end())
    return f"text-{number}" if " " in value else str(number).zfill(min(len(value), 64))


def _is_url(value: str) -> bool:
    try:
        return bool(urlsplit(value).path)
    except ValueError:  # an IPv6 address that is not one
        return False
