"""A contract as lines: each field with its types, how often it is present, and its values."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from webhook_tui.domain.contract.event_contract import EventContract
from webhook_tui.domain.contract.field import MOST_DISTINCT, Field, Observed
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.contract.samples import sample
from webhook_tui.domain.units import counted

CHANGED, NEW, GONE = "≠", "+", "-"
_MOST_VALUES = 5
_ENVELOPE = ("data", "id", "timestamp")
"""The fields of the event in the order in which they are shown; its `name` is the same everywhere."""
_LONGEST_VALUE = 24


class FieldLine(msgspec.Struct, frozen=True):
    """One field as it is shown. All text is raw: sanitise before showing."""

    path: tuple[str, ...]
    """Names from the event down."""
    depth: int
    """0: a field of the event itself."""
    name: str
    """`[ ]` for the elements of an array."""
    is_element: bool
    mark: str
    """`≠` a type changed, `+` it is new, `-` it is gone; "": none of them."""
    types: str
    """`string uri`, `null | string`."""
    present: int
    """Deliveries that have it."""
    deliveries: int
    """Deliveries of the event."""
    values: str
    departing: tuple[int, ...]
    """Numbers of deliveries."""
    children: int
    """Lines below it that belong to it."""

    @property
    def percent(self) -> str:
        """How often it is present: never rounded to 0 or 100."""
        return percent(self.present, self.deliveries)

    @property
    def is_always_present(self) -> bool:
        """Whether every delivery had it."""
        return self.present == self.deliveries


def percent(part: int, whole: int) -> str:
    """Return a share such as `96 %`; only all is 100, only none is 0."""
    if part in (0, whole) or not whole:
        return "100 %" if part else "0 %"
    share = 100 * part / whole
    if share >= 99.5:
        return "99.9 %" if share >= 99.9 else f"{share:.1f} %"
    return f"{share:.0f} %" if share >= 1 else "<1 %"


def outline(contract: EventContract) -> list[FieldLine]:
    """Return the lines of a contract, each above the fields in it."""
    children = contract.root.children
    names = [name for name in _ENVELOPE if name in children]
    names += [name for name in children if name not in names and name != "name"]
    return [line for name in names for line in _lines(contract, children[name], (name,), 0, name)]


def _lines(
    contract: EventContract, field: Field, path: tuple[str, ...], depth: int, name: str, *, is_element: bool = False
) -> Iterator[FieldLine]:
    below = [
        line
        for child, found in field.children.items()
        for line in _lines(contract, found, (*path, child), depth + 1, child)
    ]
    if field.items is not None:
        below += _lines(contract, field.items, path, depth + 1, "[ ]", is_element=True)
    yield FieldLine(
        path,
        depth,
        name,
        is_element,
        mark=_mark(field),
        types=types_text(field),
        present=field.present.deliveries,
        deliveries=contract.deliveries,
        values=values_text(field, path[-1]),
        departing=tuple(field.departing),
        children=len(below),
    )
    yield from below


def _mark(field: Field) -> str:
    if field.is_changed:
        return CHANGED
    return GONE if field.is_gone else NEW if field.is_new else ""


def since(field: Field) -> int | None:
    """Return when the change that a field is marked with happened, in microseconds since 1970; None: it has no mark."""
    match _mark(field):
        case "":
            return None
        case mark if mark == CHANGED:
            departed: list[Observed] = [typed for typed in field.types.values() if typed.departing]
        case mark:
            departed = [field.present if mark == NEW else field.absent]
    return min(one.first[1] for one in departed if one.first is not None)


def changes(contract: EventContract) -> tuple[int, int | None]:
    """Return how many fields are marked, and since when, in microseconds since 1970."""
    times = [at for field in _fields(contract.root) if (at := since(field)) is not None]
    return len(times), min(times, default=None)


def _fields(field: Field) -> Iterator[Field]:
    yield field
    for child in field.children.values():
        yield from _fields(child)
    if field.items is not None:
        yield from _fields(field.items)


def types_text(field: Field) -> str:
    """Return `number | string`, `string uri`; the most frequent type is first."""
    return " | ".join(
        f"{kind.value} {field.formats[0]}" if kind is JsonType.STRING and field.formats else kind.value
        for kind in _by_frequency(field)
    )


def _by_frequency(field: Field) -> list[JsonType]:
    values = {kind: typed.values for kind, typed in field.types.items()}
    if JsonType.NUMBER in values:
        values[JsonType.NUMBER] += values.pop(JsonType.INTEGER, 0)
    return sorted(values, key=lambda kind: -values[kind])


def values_text(field: Field, name: str) -> str:
    """Return what the values of a field are: a range, the different ones, or how many and one of them."""
    parts = []
    for kind in _by_frequency(field):
        match kind:
            case JsonType.OBJECT:
                if field.other_names:
                    parts.append("other names, too")
            case JsonType.ARRAY:
                parts.append(_items_text(field))
            case JsonType.INTEGER | JsonType.NUMBER:
                parts.append(_range_text(field))
            case JsonType.NULL if len(field.types) > 1:
                parts.append(f"null {field.types[kind].values:,}")
            case JsonType.STRING | JsonType.BOOLEAN:
                parts.append(_scalars_text(field, kind, name))
            case _:
                pass
    return " · ".join(part for part in parts if part)


def _items_text(field: Field) -> str:
    if field.fewest_items == field.most_items:
        return counted(field.most_items, "item")
    return f"{field.fewest_items:,} to {field.most_items:,} items"


def _range_text(field: Field) -> str:
    if field.lowest is None or field.highest is None:
        return ""
    low, high = _number(field.lowest), _number(field.highest)
    return low if low == high else f"{low} to {high}"


def _number(value: float) -> str:
    if abs(value) < 1e15 and (value.is_integer() or abs(value) >= 10_000):
        return f"{value:.0f}"
    return f"{value:.6g}"


def _scalars_text(field: Field, kind: JsonType, name: str) -> str:
    typed = field.types[kind]
    if typed.listed is not None and len(typed.listed) <= _MOST_VALUES:
        ordered = sorted(typed.listed.items(), key=lambda one: -one[1])
        shown = [(_plain(sample(value, name), is_bare=len(field.types) == 1), count) for value, count in ordered]
        if all(len(text) <= _LONGEST_VALUE for text, _ in shown):
            return " · ".join(f"{text} {count:,}" for text, count in shown)
    count = f"{len(field.distinct):,}{'+' if len(field.distinct) >= MOST_DISTINCT else ''}"
    return f"{count} {'value' if count == '1' else 'values'}  {_plain(sample(typed.example, name), is_bare=True)}"


def _plain(text: str, *, is_bare: bool) -> str:
    """JSON text without its quotes, where it can be mistaken for nothing else."""
    return text[1:-1] if is_bare and text.startswith('"') and "\\" not in text else text
