"""The contract of an event as a table of text: what `contract` prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len

from webhook_tui.domain.contract.declarations import day_of
from webhook_tui.domain.contract.event_contract import EventContract
from webhook_tui.domain.contract.outline import CHANGED, GONE, NEW, FieldLine, changes, outline
from webhook_tui.domain.delivery.text import visible
from webhook_tui.headless.text_style import TextStyle

_PRESENT = 7
_LONGEST_PATH, _LONGEST_TYPE = 36, 22
_MARKS = {CHANGED: "changed", NEW: "new", GONE: "gone"}
_FORMATS = "As code: --format typescript, python or json-schema."


def contract_page(contract: EventContract, style: TextStyle, now: datetime, *, of_all: bool) -> str:
    """Return the lines of one event without a newline at the end; no received character can act on a terminal.

    `now`: local time; `of_all`: deliveries of every verdict were read.
    """
    lines = outline(contract)
    head = f"{visible(contract.name)}   {contract.deliveries:,} {_noun(contract.deliveries, of_all=of_all)}"
    if contract.first is not None and contract.last is not None:
        head += f", {_days(contract.first[1], contract.last[1], now)}"
    notes = [] if contract.is_reliable else [f"n = {contract.deliveries}: too few to rely on."]
    if contract.partly_read:
        notes.append(f"{contract.partly_read:,} of them are too large and were read in part.")
    return "\n".join((head, *notes, *_table(lines, style)))


def change_note(contracts: Sequence[EventContract], now: datetime) -> str:
    """Return what the marks mean and since when there are some, and which other formats there are."""
    found = [changes(contract) for contract in contracts]
    marks = dict.fromkeys(line.mark for contract in contracts for line in outline(contract) if line.mark)
    times = [at for _, at in found if at is not None]
    if not marks or not times:
        return _FORMATS
    meaning = ", ".join(f"{mark} {_MARKS[mark]}" for mark in marks)
    return f"{meaning} since {day_of(min(times), now)}.  {_FORMATS}"


def _noun(count: int, *, of_all: bool) -> str:
    noun = "delivery" if count == 1 else "deliveries"
    return f"{noun} of any verdict" if of_all else f"valid {noun}"


def _days(first: int, last: int, now: datetime) -> str:
    days = list(dict.fromkeys(day_of(at, now) for at in (first, last)))
    return " to ".join(days)


def _table(lines: Sequence[FieldLine], style: TextStyle) -> list[str]:
    paths = [visible(path_text(line)) for line in lines]
    path_width = min(_LONGEST_PATH, max(cell_len(path) for path in ("field", *paths)))
    type_width = min(_LONGEST_TYPE, max((len(line.types) for line in lines), default=4))
    room = style.width - path_width - type_width - _PRESENT - 7
    rows = [f"{'field':<{path_width}}   {'type':<{type_width}}  {'present':>{_PRESENT}}  values"]
    rows += [
        "".join(
            (
                style.cell(path, path_width),
                f" {style.symbols(line.mark) or ' '} ",
                style.cell(line.types, type_width),
                f"  {line.percent:>{_PRESENT}}  ",
                style.cell(line.values, max(room, 8)),
            )
        ).rstrip()
        for line, path in zip(lines, paths, strict=True)
    ]
    return rows


def path_text(line: FieldLine) -> str:
    """Return the path of a line as the filter's `has:` takes it, with `[ ]` after it for an array's elements."""
    path = ".".join(line.path)
    return f"{path} [ ]" if line.is_element else path
