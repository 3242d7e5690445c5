"""What could be written next in a filter, and how a value is written so that it is read back as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto
from typing import TypeAlias

from msgspec import Struct, field

from webhook_tui.domain.delivery.event import KNOWN_EVENTS
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.filtering.fields import FIELDS, STATES
from webhook_tui.domain.filtering.search_words import words
from webhook_tui.domain.filtering.terms import Source
from webhook_tui.domain.filtering.tokens import Token, tokens
from webhook_tui.domain.signature.verdict import Verdict

EXAMPLE = "verdict:invalid  event:image_*  status:failed  or any words"
"""Shown while the filter is empty."""

_FIXED: Mapping[str, Sequence[str]] = {
    "verdict": [verdict.value for verdict in Verdict],
    "event": KNOWN_EVENTS,
    "status": ["2xx", "4xx", "5xx", "none"],
    "answered": ["2xx", "4xx", "5xx", "none"],
    "age": ["<10m", "<1h", "<1d", ">1d"],
    "is": STATES,
    "source": [source.value for source in Source],
    "header": ["x-webhook-event", "x-webhook-signature", "content-type", "user-agent"],
    "size": [">10k", ">1M"],
    "attempt": [">1"],
}
"""Values that are offered whatever the history holds."""
_FIRST = ("verdict", "event", "status", "job", "answered", "age", "is")
"""The fields that are listed before the named filters; all others follow."""
_EXAMPLES = {
    "id": "the event's id, as in id:123",
    "run": "a run of the program, as in run:3",
    "comment": "words of a comment, as in comment:later",
    "has": "a path that is there, as in has:data.status",
    "departs": "a path that is not as usual, as in departs:data.status",
    "body.": "a value in the payload, as in body.data.status=failed",
}
_MEANINGS = {"verdict": "verdict", "event": "event", "status": "status of the job", "job": "job", "answered": "answer"}
"""The fields whose values a bare word may mean."""
_ANYWHERE = "text anywhere in the delivery"
_PREFIX = "job_"
_CONTINUED = frozenset({"header", "size", "attempt"})
"""Fields whose offered values may go on."""
_COMPARED = frozenset({"age", "size", "attempt"})
"""Fields whose offered values begin with an operator."""

_NAME = re.compile(r"[\w/-]+")
_PLAIN = re.compile(r"[\w./-]+")
_SPECIAL = re.compile(r'(["\\])')
_FIELD = re.compile(r"([A-Za-z]+):")

Count: TypeAlias = int | None
"""How many deliveries; None: not counted."""


class Known(Struct, frozen=True):
    """What the deliveries of a history hold, and which filters have a name."""

    values: Mapping[str, Sequence[tuple[str, Count]]] = field(default_factory=dict)
    """By field, most frequent first; raw, as received."""
    named: Mapping[str, str] = field(default_factory=dict)


class Kind(Enum):
    """What a suggestion is."""

    FIELD = auto()
    VALUE = auto()
    NAMED = auto()
    TEXT = auto()


class Suggestion(Struct, frozen=True):
    """Something that could be written at the cursor."""

    kind: Kind
    start: int
    """From this character up to the cursor it takes the place of what is typed."""
    text: str
    """What is written then."""
    label: str
    """What the list shows."""
    detail: str = ""
    count: Count = None
    name: str = ""
    """Of a named filter."""


def quoted(value: str) -> str:
    """A field's value, in quotes where it needs them: `event:` + quoted(name) finds that name and no other."""
    if _PLAIN.fullmatch(value):
        return value
    return f'"{_escaped(value)}"'


def _escaped(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", value)


def quoted_path(path: Sequence[str]) -> str:
    """A path as `has:` and `departs:` take it."""
    return ".".join(f'"{_escaped(name)}"' if not _NAME.fullmatch(name) else name for name in path)


def suggestions(text: str, cursor: int, known: Known) -> list[Suggestion]:
    """Return what may take the place of the word at the cursor, best first.

    Without a word: all fields with their values, and the named filters. A word may begin a field, one of its values, or
    be text. Received values that hold anything invisible are left out.
    """
    before = text[:cursor]
    token = _last(before)
    if token is None:
        return list(_everything(len(before), known))
    typed, start = token.value.text, token.start
    denials = len(token.value.masked) - len(token.value.masked.lstrip("!"))
    typed, start = typed[denials:], start + denials
    if typed.startswith("@"):
        return [one for one in _named(start, known) if one.label.startswith(typed) and one.label != typed]
    if (found := _FIELD.match(typed)) is not None:
        return list(_values(start + found.end(), found[1].lower(), typed[found.end() :], known))
    if '"' in before[start:]:
        return []
    if not typed:
        return list(_everything(start, known))
    return list(_meanings(start, typed, known))


def _last(before: str) -> Token | None:
    """The piece that the cursor stands at the end of, or None when it stands after a blank."""
    found = tokens(before)
    return found[-1] if found and found[-1].end == len(before) else None


def _everything(start: int, known: Known) -> Iterator[Suggestion]:
    yield from _fields(start, _FIRST, known)
    yield from _named(start, known)
    yield from _fields(start, [name for name in (*FIELDS, "body.") if name not in _FIRST], known)


def _fields(start: int, names: Iterable[str], known: Known) -> Iterator[Suggestion]:
    for name in names:
        label = name if name.endswith(".") else f"{name}:"
        yield Suggestion(Kind.FIELD, start, label, label, _summary(name, known))


def _summary(name: str, known: Known) -> str:
    """Its values with their counts, as in `valid 8 · older 1`; else values or an example."""
    counted = [(value, count) for value, count in _of_field(name, known) if count is not None]
    if counted and (name == "is" or any(count for _, count in counted)):
        return " · ".join(f"{_shown(name, value)} {count:,}" for value, count in counted if count or name == "is")
    return _EXAMPLES.get(name) or "  ".join(_shown(name, value) for value, _ in _of_field(name, known))


def _named(start: int, known: Known) -> Iterator[Suggestion]:
    for name, text in known.named.items():
        yield Suggestion(Kind.NAMED, start, f"@{name} ", f"@{name}", visible(text), name=name)


def _values(start: int, name: str, typed: str, known: Known) -> Iterator[Suggestion]:
    folded = typed.casefold()
    for value, count in _of_field(name, known):
        if value.casefold() != folded and _begins(name, value, folded):
            blank = "" if name in _CONTINUED else " "
            yield Suggestion(
                Kind.VALUE, start, f"{_written(name, value, known)}{blank}", _shown(name, value), count=count
            )


def _meanings(start: int, typed: str, known: Known) -> Iterator[Suggestion]:
    """What a bare word can mean: a field that it begins, a value, text."""
    folded = typed.casefold()
    names = [name for name in (*FIELDS, "body.") if name.startswith(folded)]
    yield from _fields(start, names, known)
    for name, meaning in _MEANINGS.items():
        for value, count in _of_field(name, known):
            if count != 0 and _begins(name, value, folded):
                written = f"{name}:{_written(name, value, known)} "
                yield Suggestion(Kind.VALUE, start, written, _shown(name, value), meaning, count)
    for state in STATES:
        if state.startswith(folded):
            yield Suggestion(Kind.VALUE, start, f"is:{state} ", state, "is", dict(_of_field("is", known)).get(state))
    if words(typed):
        yield Suggestion(Kind.TEXT, start, f"{typed} ", visible(typed), _ANYWHERE)


def _written(name: str, value: str, known: Known) -> str:
    """A value as it stands behind `name:`; in quotes also the status of a job that would be read as an answer."""
    if name in _COMPARED:
        return value
    is_of_job = name == "status" and value in dict(known.values.get(name, ()))
    if is_of_job and (value[:1].isdigit() or value.lower() == "none"):
        return f'"{_escaped(value)}"'
    return quoted(value)


def _begins(name: str, value: str, folded: str) -> bool:
    return value.casefold().startswith(folded) or (name == "job" and _shown(name, value).casefold().startswith(folded))


def _of_field(name: str, known: Known) -> list[tuple[str, Count]]:
    """The values of a field: those of the history, then those that are always offered; each once."""
    counted = known.values.get(name, ())
    rest = 0 if name in known.values and name in ("verdict", "is") else None
    found = {value: count for value, count in counted if value and visible(value) == value}
    return [*found.items(), *((value, rest) for value in _FIXED.get(name, ()) if value not in found)]


def _shown(name: str, value: str) -> str:
    return value.removeprefix(_PREFIX) if name == "job" else value
