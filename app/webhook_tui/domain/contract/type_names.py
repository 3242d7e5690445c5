"""Names for the types of a contract's objects, which Python and TypeScript both accept."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[A-Za-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class TypeNames:
    """Gives names in PascalCase, each once."""

    def __init__(self, taken: Sequence[str]) -> None:
        """`taken`: names that mean something else already."""
        self._taken = set(taken)

    def name(self, words: Sequence[str]) -> str:
        """Return a new name made of words; one without a letter or digit of ASCII adds nothing."""
        parts = [part for word in words for part in _WORD.findall(_CAMEL.sub("_", word))]
        base = "".join(part[:1].upper() + part[1:] for part in parts)
        if not base or base[0].isdigit():
            base = f"Event{base}"
        name, number = base, 1
        while name in self._taken:
            number += 1
            name = f"{base}{number}"
        self._taken.add(name)
        return name
