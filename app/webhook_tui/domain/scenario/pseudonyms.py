"""Replaces what identifies people, files and links in an event's `data`, so that a recording can be shared.

Equal values get equal pseudonyms, so a job keeps its id from event to event. A pseudonym is numbered in the order of
appearance, not computed from the value: it cannot be guessed back.
"""

from __future__ import annotations

import re
from itertools import count
from pathlib import PurePosixPath
from urllib.parse import urlsplit

_KEPT_KEYS = frozenset({"status", "type", "format", "model", "version", "message", "msg"})
"""Last words of keys whose text describes a state, not a person or a file."""
_ID = re.compile(r"(?:^|_)ids?$")
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
            return {name: self.replace(below, name) for name, below in value.items()}
        if isinstance(value, list):
            return [self.replace(below, key) for below in value]
        if isinstance(value, str):
            return self._text(value, key)
        if isinstance(value, int) and not isinstance(value, bool) and _ID.search(key):
            if value not in self._numbers:
                self._numbers[value] = next(self._counter)
            return self._numbers[value]
        return value

    def _text(self, value: str, key: str) -> str:
        is_kept = not value or key.lower().rpartition("_")[2] in _KEPT_KEYS or _TIME.match(value)
        if is_kept and "://" not in value:
            return value
        if value not in self._texts:
            self._texts[value] = _pseudonym(value, next(self._counter))
        return self._texts[value]


def _pseudonym(value: str, number: int) -> str:
    """A text of the same kind as `value`: a link, an id with its prefix, a file name with its ending, other text."""
    if "://" in value:
        ending = _ENDING.search(PurePosixPath(urlsplit(value).path).name) if _is_url(value) else None
        return f"https://cdn.example.com/{number}{ending[0] if ending else ''}"
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
