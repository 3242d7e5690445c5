"""What the contract's renderings as source code share: the types of a field, what is required, names, a heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from webhook_tui.domain.contract.event_contract import EventContract
from webhook_tui.domain.contract.field import Field
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.units import counted

_ORDER = tuple(JsonType)
_WORD = re.compile(r"[A-Za-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def schema_types(field: Field) -> list[JsonType]:
    """Return the types of a field as a schema names them, null first: a number may be an integer, too."""
    kinds = {
        JsonType.NUMBER if kind is JsonType.INTEGER and JsonType.NUMBER in field.types else kind for kind in field.types
    }
    return sorted(kinds, key=lambda kind: (kind is not JsonType.NULL, _ORDER.index(kind)))


def is_required(parent: Field, child: Field) -> bool:
    """Return whether every object that was seen at `parent` held the field."""
    return child.present.values == parent.types[JsonType.OBJECT].values


def description(contract: EventContract) -> str:
    """Return how many deliveries a contract is of, and since when."""
    count = counted(contract.deliveries, "delivery")
    if contract.first is None or contract.last is None:
        return f"Seen in {count}."
    days = list(dict.fromkeys(f"{moment_of(at[1]):%Y-%m-%d}" for at in (contract.first, contract.last)))
    doubt = "" if contract.is_reliable else " Too few to rely on."
    return f"Seen in {count}, {' to '.join(days)}.{doubt}"


def moment_of(microseconds: int) -> datetime:
    """Return a time, UTC."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC)


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
