"""One field of an event's payloads: which types it had, how often it was there, what its values were.

All of it is counted while payloads are read once, in the order of arrival, and its size is limited whatever they hold.
"""

from __future__ import annotations

from typing import TypeAlias
from zlib import crc32

import msgspec

from webhook_tui.domain.contract.json_types import JsonType, formats_of, json_type
from webhook_tui.domain.contract.samples import KeptValue, is_cut, kept

ENOUGH = 20
"""So many deliveries make something usual: a type, a field's presence, its absence."""
RECENT = 50
"""A field that was always there and is absent in so many deliveries in a row is gone."""
MOST_LISTED = 12
"""Different values of a field that are counted each."""
MOST_DISTINCT = 500
"""Different values of a field that are distinguished."""
_MOST_SAMPLES = 5

Moment: TypeAlias = tuple[int, int]
"""The number of a delivery and when it was received, in microseconds since 1970."""


class Observed(msgspec.Struct, array_like=True):
    """How often something was seen in payloads: a type of a field, its presence or its absence."""

    deliveries: int = 0
    values: int = 0
    """Times in all: a field of an array's elements is there several times in one delivery."""
    first: Moment | None = None
    last: Moment | None = None
    usual_from: int | None = None
    """The number of the delivery that made it usual."""
    departing: list[int] = []
    """Numbers of the deliveries that had it before it was usual while something else was."""

    def add(self, at: Moment) -> bool:
        """Count one; return whether it is the first one in this delivery."""
        self.values += 1
        if self.last is not None and self.last[0] == at[0]:
            return False
        self.deliveries += 1
        self.last = at
        if self.deliveries == 1:
            self.first = at
        elif self.deliveries == ENOUGH:
            self.usual_from = at[0]
        return True

    def is_usual_before(self, seq: int) -> bool:
        """Return whether it was usual when delivery `seq` arrived."""
        return self.usual_from is not None and self.usual_from < seq


class Typed(Observed, array_like=True):
    """The values of one type at one place."""

    example: KeptValue = None
    """The last one."""
    listed: dict[str | int | float | bool, int] | None = {}
    """How often each value occurred; None: there are too many."""


class Sample(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The value of a field in one delivery."""

    seq: int
    received_at: int
    """Microseconds since 1970."""
    value: KeptValue
    is_absent: bool = False


class Field(msgspec.Struct, array_like=True):
    """What was seen at one place in the payloads of an event."""

    present: Observed = msgspec.field(default_factory=Observed)
    absent: Observed = msgspec.field(default_factory=Observed)
    """In objects that may hold it."""
    absent_in_a_row: int = 0
    """Deliveries at the end without it."""
    types: dict[JsonType, Typed] = {}
    children: dict[str, Field] = {}
    other_names: int = 0
    """Fields of its objects that are not followed because there are too many, each time counted."""
    items: Field | None = None
    fewest_items: int = 0
    most_items: int = 0
    lowest: float | None = None
    highest: float | None = None
    formats: tuple[str, ...] = ()
    """What all its strings have."""
    distinct: set[int] = set()
    """Checksums of its values, at most MOST_DISTINCT."""
    samples: list[Sample] = []
    """The newest ones, oldest first."""

    def add(self, value: object, at: Moment) -> JsonType:
        """Count a value of this field, without what is in it; return its type."""
        kind = json_type(value)
        is_new = self.present.add(at)
        if is_new:
            self.absent_in_a_row = 0
            if self.absent.is_usual_before(at[0]) and not self.present.is_usual_before(at[0]):
                self.present.departing.append(at[0])
        typed = self.types.get(kind)
        if typed is None:
            typed = self.types[kind] = Typed()
        if typed.add(at) and len(self.types) > 1 and self.departs(kind, at[0]):
            typed.departing.append(at[0])
        typed.example = shown = kept(value)
        if is_new:
            self._keep_sample(Sample(*at, shown))
        if isinstance(value, str):
            self._add_text(typed, value, shown)
        elif not isinstance(value, dict | list):
            self._add_scalar(typed, value, shown)
            if isinstance(value, int | float):
                self._add_number(value)
        return kind

    def add_absence(self, at: Moment) -> None:
        """Count an object without this field."""
        if self.absent.add(at):
            self.absent_in_a_row += 1
            if self.present.is_usual_before(at[0]) and not self.absent.is_usual_before(at[0]):
                self.absent.departing.append(at[0])
            self._keep_sample(Sample(*at, None, is_absent=True))

    def departs(self, kind: JsonType, seq: int) -> bool:
        """Return whether a value of that type in delivery `seq` departs from what was usual when it arrived.

        An integer is a number, and a field that was only null may turn out to be of any type.
        """
        expected = (kind, JsonType.NUMBER) if kind is JsonType.INTEGER else (kind,)
        if any(known.is_usual_before(seq) for own in expected if (known := self.types.get(own))):
            return False
        return self.usual_type(kind, seq) is not None

    def usual_type(self, kind: JsonType, seq: int) -> JsonType | None:
        """Return the most frequent type besides `kind` and null that was usual when delivery `seq` arrived."""
        others = [
            (known.deliveries, other)
            for other, known in self.types.items()
            if other not in (kind, JsonType.NULL) and known.is_usual_before(seq)
        ]
        return max(others)[1] if others else None

    @property
    def is_changed(self) -> bool:
        """Whether it had a type that departed from what was usual."""
        return any(typed.departing for typed in self.types.values())

    @property
    def is_new(self) -> bool:
        """Whether it appeared when its absence was usual."""
        return bool(self.present.departing)

    @property
    def is_gone(self) -> bool:
        """Whether it was usual and then absent from the last RECENT objects' deliveries."""
        return bool(self.absent.departing) and self.absent_in_a_row >= RECENT

    @property
    def departing(self) -> list[int]:
        """Numbers of the deliveries that departed at this field, ascending."""
        found = {*self.present.departing, *self.absent.departing}
        return sorted(found.union(*(typed.departing for typed in self.types.values())))

    def _keep_sample(self, sample: Sample) -> None:
        self.samples.append(sample)
        if len(self.samples) > _MOST_SAMPLES:
            del self.samples[0]

    def _add_text(self, typed: Typed, value: str, shown: KeptValue) -> None:
        self._add_scalar(typed, value, shown)
        if typed.values == 1:
            self.formats = formats_of(value)
        elif self.formats:
            self.formats = formats_of(value, self.formats)

    def _add_scalar(self, typed: Typed, value: object, shown: KeptValue) -> None:
        if len(self.distinct) < MOST_DISTINCT:
            self.distinct.add(_checksum(value))
        if typed.listed is not None and shown is not None:
            typed.listed[shown] = typed.listed.get(shown, 0) + 1
            if len(typed.listed) > MOST_LISTED or is_cut(shown):
                typed.listed = None

    def _add_number(self, value: float) -> None:
        try:
            number = float(value)
        except OverflowError:
            return
        if number - number != 0:  # infinite or not a number
            return
        if self.lowest is None or self.highest is None:
            self.lowest = self.highest = number
        elif number < self.lowest:
            self.lowest = number
        elif number > self.highest:
            self.highest = number


def _checksum(value: object) -> int:
    """The same in every process; text differs from a number that is written like it."""
    if isinstance(value, str):
        return crc32(value.encode("utf-8", "surrogatepass"))
    return crc32(repr(value).encode(), 1)
