"""What the deliveries of one event were seen to hold."""

from __future__ import annotations

import msgspec

from webhook_tui.domain.contract.field import ENOUGH, Field, Moment, Observed
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.contract.samples import storable

DEEPEST = 20
"""Levels of a payload that are read."""
MOST_NAMES = 200
"""Different fields of one object that are followed."""
MOST_FIELDS = 500
"""Fields of an event that are followed."""
MOST_VALUES = 5_000
"""Values of one payload that are read."""
_MOST_ITEMS = 1_000
"""Elements of one array that are read."""
_LONGEST_NAME = 200
PARTS = 48
"""Of a timeline."""
_FIRST_WIDTH = 1_000_000
"""Of each of these, in microseconds, at first."""
MOST_EVENTS = 200
"""Event names that are distinguished."""
_MOST_ALL_FIELDS = 2_000


class Timeline(msgspec.Struct, array_like=True):
    """Counts of deliveries by time, in at most PARTS parts of equal length that grow with the time they cover."""

    start: int = 0
    """Microseconds since 1970."""
    width: int = _FIRST_WIDTH
    """Of a part, in microseconds."""
    counts: list[int] = []

    def add(self, received_at: int) -> None:
        """Count a delivery; one from before the start is counted in the first part."""
        if not self.counts:
            self.start = received_at
        while self.part(received_at) >= PARTS:
            self._halve()
        part = self.part(received_at)
        self.counts += [0] * (part + 1 - len(self.counts))
        self.counts[part] += 1

    def part(self, received_at: int) -> int:
        """Return the index of the part in which a time lies."""
        return max(0, received_at - self.start) // self.width

    def _halve(self) -> None:
        """Join each two parts."""
        self.width *= 2
        padded = [*self.counts, 0]
        self.counts = [padded[place] + padded[place + 1] for place in range(0, len(self.counts), 2)]


class EventContract(msgspec.Struct, array_like=True):
    """What the deliveries of the event `name` held; read in the order of their numbers, each once."""

    name: str
    """The body's `name`. Raw: sanitise before showing."""
    deliveries: int = 0
    first: Moment | None = None
    last: Moment | None = None
    root: Field = msgspec.field(default_factory=Field)
    """The whole event: `{id, name, data, timestamp}`."""
    timeline: Timeline = msgspec.field(default_factory=Timeline)
    fields: int = 0
    """Followed ones, all levels."""
    partly_read: int = 0
    """Deliveries of which only the first 5,000 values, or 20 levels, were read."""

    def add(self, event: dict[str, object], at: Moment) -> None:
        """Read the decoded body of a delivery."""
        self.deliveries += 1
        self.first = self.first or at
        self.last = at
        self.timeline.add(at[1])
        self.partly_read += _Reading(self, at).read(event)

    @property
    def is_reliable(self) -> bool:
        """Whether enough deliveries were seen to rely on it."""
        return self.deliveries >= ENOUGH

    def field_at(self, path: tuple[str, ...]) -> Field | None:
        """Return the field at a path; a name applies to the elements of an array."""
        found: Field | None = self.root
        for name in path:
            while found is not None and name not in found.children and found.items is not None:
                found = found.items
            found = None if found is None else found.children.get(name)
        return found


class _Reading:
    """Reads one payload into a contract."""

    def __init__(self, contract: EventContract, at: Moment) -> None:
        self._contract = contract
        self._at = at
        self._left = MOST_VALUES
        self._is_cut = False

    def read(self, event: dict[str, object]) -> bool:
        """Read it; return whether something was left out."""
        self._read(self._contract.root, event, DEEPEST)
        return self._is_cut

    def _read(self, field: Field, value: object, levels: int) -> None:
        self._left -= 1
        kind = field.add(value, self._at)
        if not isinstance(value, dict | list):
            return
        if levels == 0 or self._left <= 0:
            self._is_cut = True
        elif isinstance(value, dict):
            self._read_object(field, field.types[kind], value, levels - 1)
        else:
            self._read_array(field, value, levels - 1)

    def _read_object(self, field: Field, objects: Observed, value: dict[str, object], levels: int) -> None:
        children = field.children
        for name, child in children.items():
            if name not in value:
                child.add_absence(self._at)
        for raw, below in value.items():
            if self._left <= 0:
                self._is_cut = True
                return
            name = storable(raw)
            known = children.get(name)
            if known is None:
                known = self._new_child(field, objects, name)
            if known is None:
                self._left -= 1
                field.other_names += 1
            else:
                self._read(known, below, levels)

    def _new_child(self, field: Field, objects: Observed, name: str) -> Field | None:
        """A field that no object of this kind held before; None: there are too many."""
        contract = self._contract
        if len(field.children) >= MOST_NAMES or contract.fields >= MOST_FIELDS or len(name) > _LONGEST_NAME:
            return None
        contract.fields += 1
        child = field.children[name] = Field()
        before = objects.values - 1
        if before:
            is_usual = objects.usual_from is not None and objects.usual_from < self._at[0]
            child.absent = Observed(
                deliveries=objects.deliveries - 1,
                values=before,
                first=objects.first,
                usual_from=objects.usual_from if is_usual else None,
            )
        return child

    def _read_array(self, field: Field, value: list[object], levels: int) -> None:
        count = len(value)
        field.fewest_items = min(field.fewest_items, count) if field.types[JsonType.ARRAY].values > 1 else count
        field.most_items = max(field.most_items, count)
        if value and field.items is None:
            field.items = Field()
        for below in value[:_MOST_ITEMS]:
            if self._left <= 0:
                break
            assert field.items is not None
            self._read(field.items, below, levels)
        else:
            self._is_cut |= count > _MOST_ITEMS
            return
        self._is_cut = True


class Contract(msgspec.Struct, array_like=True):
    """What the deliveries of each event held, as far as they were read."""

    events: dict[str, EventContract] = {}
    read_to: int = 0
    """The number of the last delivery that was read."""
    others: int = 0
    """Deliveries without an event's name, larger than 1 MiB, or of one name too many."""

    def ordered(self) -> list[EventContract]:
        """Return the events, those with most deliveries first."""
        return sorted(self.events.values(), key=lambda one: (-one.deliveries, one.name))

    def add(self, body: object, at: Moment) -> None:
        """Add the next delivery. `body`: decoded JSON; None when it is not JSON, or too large."""
        name = body.get("name") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(name, str) or len(name) > _LONGEST_NAME:
            self.others += 1
            return
        name = storable(name)
        event = self.events.get(name)
        if event is None:
            if len(self.events) >= MOST_EVENTS or sum(one.fields for one in self.events.values()) > _MOST_ALL_FIELDS:
                self.others += 1
                return
            event = self.events[name] = EventContract(name)
        event.add(body, at)


class ContractSnapshot(msgspec.Struct, frozen=True):
    """The contract of a history as far as it was read, with the whole of one event."""

    events: tuple[tuple[str, int], ...]
    """Names and deliveries, those with most first. Raw: sanitise before showing."""
    chosen: EventContract | None
    """None: there is no delivery."""
    read: int
    """Numbers of deliveries that were examined; those of deleted ones count."""
    total: int
    is_done: bool
