"""Where a delivery departs from what was usual in the deliveries of its event before it: a note, not a verdict."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from webhook_tui.domain.contract.event_contract import DEEPEST, MOST_VALUES, EventContract
from webhook_tui.domain.contract.field import Field
from webhook_tui.domain.contract.json_types import JsonType, json_type
from webhook_tui.domain.contract.samples import storable
from webhook_tui.domain.units import counted

MOST_DEPARTURES = 20
_MOST_ITEMS = 100


class Departure(msgspec.Struct, frozen=True):
    """One field of a delivery that is not as it was in those before."""

    path: tuple[str, ...]
    """Names from the event down, without places in arrays. Raw: sanitise before showing."""
    found: JsonType | None
    """None: it is absent."""
    usual: JsonType | None
    """None: it was absent."""
    deliveries: int
    """In so many deliveries it was as usual."""
    examined: int
    """Deliveries of the event that were read."""

    @property
    def sentence(self) -> str:
        """What is different, without the path and a full stop: `a number in 205 deliveries, text here`."""
        count = counted(self.deliveries, "delivery")
        if self.found is None:
            return f"present in {count}, absent here"
        if self.usual is None:
            return f"new: absent in {count}"
        return f"{self.usual.words} in {count}, {self.found.words} here"


def departures(contract: EventContract, event: object, seq: int) -> list[Departure]:
    """Return where the decoded body of delivery `seq` departs, at most 20 fields."""
    if not isinstance(event, dict):
        return []
    return list(_Comparison(contract, seq).differences(contract.root, event, ()))[:MOST_DEPARTURES]


class _Comparison:
    def __init__(self, contract: EventContract, seq: int) -> None:
        self._seq = seq
        self._examined = contract.deliveries
        self._left = MOST_VALUES
        self._reported: set[tuple[tuple[str, ...], JsonType | None]] = set()

    def differences(self, field: Field, value: object, path: tuple[str, ...]) -> Iterator[Departure]:
        """Yield what departs at a field and below."""
        self._left -= 1
        if self._left <= 0 or len(path) > DEEPEST or len(self._reported) >= MOST_DEPARTURES:
            return
        kind = json_type(value)
        if field.departs(kind, self._seq):
            usual = field.usual_type(kind, self._seq)
            assert usual is not None
            yield from self._told_once(path, kind, usual, field.types[usual].deliveries)
        elif isinstance(value, dict):
            yield from self._in_object(field, value, path)
        elif isinstance(value, list) and field.items is not None:
            for below in value[:_MOST_ITEMS]:
                yield from self.differences(field.items, below, path)

    def _in_object(self, field: Field, value: dict[str, object], path: tuple[str, ...]) -> Iterator[Departure]:
        names = {storable(name): below for name, below in value.items()}
        for name, child in field.children.items():
            if name in names:
                if _departs(child.absent.is_usual_before(self._seq), child.present.is_usual_before(self._seq)):
                    kind = json_type(names[name])
                    yield from self._told_once((*path, name), kind, None, child.absent.deliveries)
                else:
                    yield from self.differences(child, names[name], (*path, name))
            elif _departs(child.present.is_usual_before(self._seq), child.absent.is_usual_before(self._seq)):
                yield from self._told_once((*path, name), None, _most_frequent(child), child.present.deliveries)
        objects = field.types.get(JsonType.OBJECT)
        if objects is not None and objects.is_usual_before(self._seq) and not field.other_names:
            for name in names.keys() - field.children.keys():
                yield from self._told_once((*path, name), json_type(names[name]), None, objects.deliveries)

    def _told_once(
        self, path: tuple[str, ...], found: JsonType | None, usual: JsonType | None, deliveries: int
    ) -> Iterator[Departure]:
        if (path, found) not in self._reported:
            self._reported.add((path, found))
            yield Departure(path, found, usual, deliveries, self._examined)


def _departs(is_other_usual: bool, is_own_usual: bool) -> bool:
    return is_other_usual and not is_own_usual


def _most_frequent(field: Field) -> JsonType | None:
    counts = [(typed.deliveries, kind) for kind, typed in field.types.items()]
    return max(counts)[1] if counts else None
