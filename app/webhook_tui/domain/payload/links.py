"""The links in a body that may be opened unchanged; none that is displayed as another one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

MOST_LINKS = 9
LONGEST_LINK = 2000
"""Characters; a longer one could not be shown in full before it is opened."""

_LINK = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+", re.IGNORECASE)
_ESCAPES = {"\\/": "/", "\\u0026": "&", "\\u003d": "=", "\\u003D": "="}
"""How encoders of JSON write characters of links."""


def links(text: str) -> list[str]:
    """The web links in some text (JSON or not), each once, in order, at most nine.

    Only plain ASCII with a host and without a user's name: a person who reads it knows where it leads.
    """
    for escape, character in _ESCAPES.items():
        text = text.replace(escape, character)
    found = dict.fromkeys(_safe(text))
    return list(found)[:MOST_LINKS]


def _safe(text: str) -> Iterator[str]:
    for match in _LINK.finditer(text):
        following = text[match.end() : match.end() + 1]
        if len(match[0]) > LONGEST_LINK or (following and not following.isascii()):
            continue
        try:
            parts = urlsplit(match[0])
        except ValueError:
            continue
        if parts.hostname and "@" not in parts.netloc:
            yield match[0]
