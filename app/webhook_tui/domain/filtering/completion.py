"""What could be written next in a filter, and how a value is written so that it is read back as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from webhook_tui.domain.delivery.event import KNOWN_EVENTS
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.filtering.fields import FIELDS
from webhook_tui.domain.filtering.terms import Source
from webhook_tui.domain.filtering.tokens import Token, tokens
from webhook_tui.domain.signature.verdict import Verdict

_NAMES = (*(f"{name}:" for name in FIELDS), "body.", "marked")
_VALUES: dict[str, Sequence[str]] = {
    "verdict": [verdict.value for verdict in Verdict],
    "status": ["2xx", "4xx", "5xx", "none"],
    "source": [source.value for source in Source],
    "header": ["x-webhook-event", "x-webhook-signature", "content-type", "user-agent"],
}
_NAME = re.compile(r"[\w/-]+")
_PLAIN = re.compile(r"[\w./-]+")
_SPECIAL = re.compile(r'(["\\])')
_FIELD = re.compile(r"([A-Za-z]+):")


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


def completions(text: str, cursor: int, event_names: Iterable[str]) -> list[tuple[int, str]]:
    """What may take the place of the characters from a start up to the cursor, best first; [] when nothing fits.

    Names of fields, and values where they are known: verdicts, statuses, and `event_names` besides PiktID's known ones;
    an event name that holds anything invisible is left out.
    """
    before = text[:cursor]
    token = _last(before)
    if token is None:
        return [(len(before), name) for name in _NAMES]
    typed, start = token.value.text, token.start
    denials = len(token.value.masked) - len(token.value.masked.lstrip("!"))
    typed, start = typed[denials:], start + denials
    field = _FIELD.match(typed)
    if field is None:
        if '"' in before[start:]:
            return []
        return [(start, name) for name in _starting(typed, _NAMES)]
    name = field[1].lower()
    values = _names(event_names) if name == "event" else _VALUES.get(name, ())
    return [(start + field.end(), quoted(value)) for value in _starting(typed[field.end() :], values)]


def _last(before: str) -> Token | None:
    """The piece that the cursor stands at the end of, or None when it stands after a blank."""
    found = tokens(before)
    return found[-1] if found and found[-1].end == len(before) else None


def _names(event_names: Iterable[str]) -> list[str]:
    seen = dict.fromkeys((*event_names, *KNOWN_EVENTS))
    return [name for name in seen if name and visible(name) == name]


def _starting(typed: str, among: Iterable[str]) -> list[str]:
    folded = typed.casefold()
    return [one for one in among if one.casefold().startswith(folded) and one.casefold() != folded]
