"""What the contract view says: the cells of its tree, and the page about one field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from webhook_tui.domain import units
from webhook_tui.domain.contract.declarations import day_of, moment_of
from webhook_tui.domain.contract.event_contract import ContractSnapshot, EventContract
from webhook_tui.domain.contract.field import Field, Moment, Observed, Typed
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.domain.contract.outline import CHANGED, GONE, NEW, FieldLine, changes, outline, since
from webhook_tui.domain.contract.samples import sample
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.filtering.filter import quoted, quoted_path
from webhook_tui.ui.symbols import HALF, WAITING, Symbols
from webhook_tui.ui.widgets.table.list_table import Cell

BAR = 8
_WIDE_BAR = 24
_LABEL, _COUNT = 8, 7
_LEVELS, _ASCII_LEVELS = "▁▂▃▄▅▆▇█", "_.:-=+*#"
_MARKS = {CHANGED: "Changed", NEW: "New", GONE: "Gone"}
_LEAST_TEXT = 8


def filter_text(event: str, path: Sequence[str], term: str) -> str | None:
    """The filter for the deliveries of an event that meet a term like `has:`; None for names that cannot be typed."""
    if any(visible(name) != name or not name for name in (event, *path)):
        return None
    denial = "!" if term.startswith("!") else ""
    return f"event:{quoted(event)} {denial}{term.removeprefix('!')}{quoted_path(path)}"


def event_tabs(snapshot: ContractSnapshot, chosen: str, width: int, glyphs: Symbols) -> dict[str, str]:
    """Names with counts, and the event that each means: as many as fit, the chosen one among them."""
    labels = [(f"{glyphs.fit(glyphs.text(name), 24)} {units.count(count)}", name) for name, count in snapshot.events]
    names = [name for _, name in labels]
    first = names.index(chosen) if chosen in names else 0
    last, used = first, cell_len(labels[first][0]) if labels else 0
    while True:
        if first > 0 and used + 2 + cell_len(labels[first - 1][0]) <= width:
            first -= 1
            used += 2 + cell_len(labels[first][0])
        elif last + 1 < len(labels) and used + 2 + cell_len(labels[last + 1][0]) <= width:
            last += 1
            used += 2 + cell_len(labels[last][0])
        else:
            return dict(labels[first : last + 1])


def contract_note(
    snapshot: ContractSnapshot | None, now: datetime, *, of_all: bool, is_stopped: bool = False
) -> Content:
    """Which deliveries it is of, since when something changed, and whether they are too few.

    `is_stopped`: no more are read.
    """
    if snapshot is None or (not snapshot.is_done and snapshot.chosen is None):
        return Content.assemble(HALF, (" reading the deliveries", "$muted"))
    contract = snapshot.chosen
    if contract is None:
        none = "No delivery of an event yet" if of_all else "No valid delivery yet"
        return Content.assemble((f"{none}: nothing to describe.", "$muted"))
    parts: list[Content] = []
    if not snapshot.is_done:
        read = f" read {units.count(snapshot.read)} of {units.count(snapshot.total)} deliveries"
        lamp, key = (WAITING, "  x goes on") if is_stopped else (HALF, "  x stops")
        parts.append(Content.assemble(lamp, (read, "$muted"), (key, "$muted")))
    which = ("deliveries of every verdict", "$warn") if of_all else ("valid deliveries of this account", "$muted")
    days = "" if contract.first is None or contract.last is None else _days(contract.first, contract.last, now)
    parts.append(Content.assemble(which, (days, "$muted")))
    count, at = changes(contract)
    if count and at is not None:
        parts.append(Content.assemble((f"{units.counted(count, 'change')} since {_when(at, now)}", "bold $warn")))
    if not contract.is_reliable:
        parts.append(Content.assemble((f"n = {contract.deliveries}: too few to rely on.", "$warn")))
    if contract.partly_read:
        parts.append(Content.assemble((f"{units.count(contract.partly_read)} read in part", "$muted")))
    return Content("   ").join(parts)


def _days(first: Moment, last: Moment, now: datetime) -> str:
    days = dict.fromkeys(day_of(at[1], now) for at in (first, last))
    return f", {' to '.join(days)}"


def _when(at: int, now: datetime) -> str:
    return units.day_time(moment_of(at), now)


def field_cell(line: FieldLine, column: str, glyphs: Symbols, *, is_reliable: bool) -> Cell:
    """The cell of a field in the column of that name."""
    match column:
        case "field":
            return f"{'  ' * line.depth}{glyphs.text(line.name)}", "key"
        case "type":
            return f"{_plain(line.mark, glyphs) or ' '} {line.types}", "attention" if line.mark else ""
        case "present":
            bar = _bar(line.present, line.deliveries, BAR, glyphs)
            return f"{bar} {line.percent:>6}", "muted" if line.is_always_present or not is_reliable else ""
        case "share":
            return line.percent, "muted" if line.is_always_present or not is_reliable else ""
        case _:
            return glyphs.text(line.values), "muted"


def _plain(mark: str, glyphs: Symbols) -> str:
    return glyphs.differs[:1] if glyphs.ascii and mark == CHANGED else mark


def _bar(part: int, whole: int, width: int, glyphs: Symbols) -> str:
    """A bar that is full or empty only when the share is."""
    cells = round(width * part / whole) if whole else 0
    if 0 < part < whole:
        cells = max(1, min(width - 1, cells))
    return glyphs.rule_active * cells + glyphs.rule * (width - cells)


def field_page(contract: EventContract, line: FieldLine, width: int, now: datetime, glyphs: Symbols) -> Content:
    """The page about one field: types, since when, samples, and what its keys lead to."""
    field = _field(contract, line)
    if field is None:
        return Content.empty()
    sections = [
        _heading(contract, line, width, glyphs),
        *([_change(field, line, now, glyphs)] if line.mark else []),
        Content.empty(),
        *_types(field, line, contract, width, glyphs),
        Content.empty(),
        *_timeline(contract, field, width, now, glyphs),
        Content.assemble(("Samples", "bold")),
        *_samples(field, line.path[-1], width, now, glyphs),
        Content.empty(),
        *_keys(line),
    ]
    if line.path[0] == "data":
        sections += [
            Content.empty(),
            Content.assemble(("Observed only: PiktID documents no fields of data.", "$muted")),
        ]
    return Content("\n").join(sections)


def _field(contract: EventContract, line: FieldLine) -> Field | None:
    found = contract.field_at(line.path)
    while found is not None and line.is_element and found.items is not None:
        found = found.items
    return found


def _heading(contract: EventContract, line: FieldLine, width: int, glyphs: Symbols) -> Content:
    path = glyphs.text(f"$.{'.'.join(line.path)}{'[ ]' if line.is_element else ''}")
    event = glyphs.fit(glyphs.text(contract.name), max(0, width - cell_len(path) - 2))
    gap = " " * max(0, width - cell_len(path) - cell_len(event))
    if len(gap) < 2:
        return Content.assemble((glyphs.fit(path, width), "bold"))
    return Content.assemble((path, "bold"), gap, (event, "$muted"))


def _change(field: Field, line: FieldLine, now: datetime, glyphs: Symbols) -> Content:
    at = since(field)
    words = f"{_MARKS[line.mark]} since {_when(at, now)}:" if at is not None else f"{_MARKS[line.mark]}:"
    match line.mark:
        case mark if mark == CHANGED:
            parts = [f"{_word(kind)} in {units.count(typed.deliveries)}" for kind, typed in _departing(field)]
            usual = [_word(kind) for kind, typed in field.types.items() if not typed.departing]
            rest = f" {', '.join(parts)}; {' or '.join(usual)} before."
        case mark if mark == NEW:
            rest = f" in {units.count(field.present.deliveries)} since; in none before."
        case _:
            rest = f" absent from the last {units.count(field.absent_in_a_row)}."
    return Content.assemble((words, "bold $warn"), glyphs.plain(rest))


def _departing(field: Field) -> Iterator[tuple[JsonType, Typed]]:
    return ((kind, typed) for kind, typed in field.types.items() if typed.departing)


def _word(kind: JsonType) -> str:
    return "text" if kind is JsonType.STRING else kind.value


def _types(field: Field, line: FieldLine, contract: EventContract, width: int, glyphs: Symbols) -> Iterator[Content]:
    counts: list[tuple[str, int, str, bool]] = [
        (kind.value, typed.deliveries, sample(typed.example, line.path[-1]), bool(typed.departing))
        for kind, typed in sorted(field.types.items(), key=lambda one: -one[1].deliveries)
    ]
    absent = contract.deliveries - line.present
    if absent:
        counts.append(("absent", absent, "", bool(field.absent.departing)))
    for label, count, example, is_departing in counts:
        bar = _bar(count, contract.deliveries, min(_WIDE_BAR, max(4, width - 30)), glyphs)
        room = width - _LABEL - _COUNT - len(bar) - 3
        text = glyphs.fit(glyphs.text(example), room) if room >= _LEAST_TEXT else ""
        role = "bold $warn" if is_departing else "$muted"
        yield Content.assemble(
            (f"{label:<{_LABEL}}", role),
            (f"{units.count(count):>{_COUNT}} ", ""),
            (bar, "$warn" if is_departing else "$muted"),
            (f" {text}", "$muted"),
        )


def _timeline(contract: EventContract, field: Field, width: int, now: datetime, glyphs: Symbols) -> Iterator[Content]:
    """When deliveries arrived; where something departed, in the colour of warnings."""
    timeline = contract.timeline
    if len(timeline.counts) < 2 or contract.first is None or contract.last is None or len(timeline.counts) > width:
        return
    levels, most = _ASCII_LEVELS if glyphs.ascii else _LEVELS, max(timeline.counts)
    marked = set[int]()
    for observed in (*field.types.values(), field.absent, field.present):
        marked |= _parts(observed, contract)
    parts = [
        (levels[round((len(levels) - 1) * count / most)], "$warn" if part in marked else "$muted")
        for part, count in enumerate(timeline.counts)
    ]
    ends = [_when(at[1], now) for at in (contract.first, contract.last)]
    gap = max(1, len(parts) - len(ends[0]) - len(ends[1]))
    yield Content.assemble(("Since when", "bold"))
    yield Content.assemble((f"{ends[0]}{' ' * gap}{ends[1]}", "$muted"))
    yield Content.assemble(*parts)
    yield Content.empty()


def _parts(observed: Observed, contract: EventContract) -> set[int]:
    """The parts of the timeline in which it departed."""
    if not observed.departing or observed.first is None or observed.last is None:
        return set()
    first, last = (contract.timeline.part(at[1]) for at in (observed.first, observed.last))
    return {first, last} if observed.deliveries <= len(observed.departing) else set(range(first, last + 1))


def _samples(field: Field, name: str, width: int, now: datetime, glyphs: Symbols) -> Iterator[Content]:
    found = {one.seq: (one.received_at, None if one.is_absent else sample(one.value, name)) for one in field.samples}
    warned = set(field.departing)
    for _, typed in _departing(field):
        if typed.last is not None:
            found.setdefault(typed.last[0], (typed.last[1], sample(typed.example, name)))
    for seq in sorted(found, reverse=True):
        at, text = found[seq]
        head = f"{seq:>6}  {set_cell_size(_when(at, now), 8)}  "
        shown = "absent" if text is None else glyphs.fit(glyphs.text(text), max(4, width - len(head)))
        role = "$warn" if seq in warned else "$muted" if text is None else "$json-string"
        yield Content.assemble((head, "$muted"), (shown, role))


def _keys(line: FieldLine) -> Iterator[Content]:
    absent, departing = line.deliveries - line.present, len(line.departing)
    yield _key("enter", f"show the {units.count(line.present)} that {'has' if line.present == 1 else 'have'} it")
    if absent:
        yield _key("!", f"show the {units.count(absent)} that {'lacks' if absent == 1 else 'lack'} it")
    if departing:
        yield _key("d", f"show the {units.count(departing)} that {'departs' if departing == 1 else 'depart'}")


def _key(key: str, says: str) -> Content:
    return Content.assemble((f"{key:<6}", "bold $primary"), (says, "$muted"))


def as_text(contract: EventContract) -> str:
    """The contract as a table of harmless text."""
    rows = [("field", "", "type", "present", "values")]
    rows += [
        (
            visible(".".join(line.path)) + (" [ ]" if line.is_element else ""),
            line.mark,
            line.types,
            line.percent,
            visible(line.values),
        )
        for line in outline(contract)
    ]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join((*(set_cell_size(text, width) for text, width in zip(row, widths, strict=False)), row[-1])).rstrip()
        for row in rows
    ]
    return "\n".join((f"{visible(contract.name)}   {units.counted(contract.deliveries, 'delivery')}", *lines))
