"""Selections of deliveries (one, the marked, the filtered, all), and their numbers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort
from webhook_tui.domain.filtering.filter import EVERYTHING, Expression, parse
from webhook_tui.domain.filtering.time_range import TimeRange, expression
from webhook_tui.domain.session_port import SessionPort

_BY_ARRIVAL = Sort()
_PAGE = 1000
_SEARCH_SECONDS = 0.5
"""The longest wait for the next progress of a search."""


class Selection(Struct, frozen=True):
    """Deliveries, by number or by a filter and an order."""

    name: str
    """`this one`, `marked`, `filtered`, `all`"""
    seq: int | None = None
    """One delivery; None: those of `expression`."""
    expression: Expression = EVERYTHING
    sort: Sort = _BY_ARRIVAL
    count: int | None = None
    """How many there are, where that is known."""
    first: int | None = None
    """That delivery and all later ones."""
    is_timed: bool = False
    """Those of a range of time that is still to be entered."""

    @property
    def label(self) -> str:
        """`#8`, `marked`, `2 marked`, `all 12`"""
        if self.seq is not None:
            return f"#{self.seq}"
        if self.count is None:
            return self.name
        return f"all {self.count:,}" if self.name == "all" else f"{self.count:,} {self.name}"


MARKED = Selection("marked", expression=parse("marked"))


class SelectionResolver(Struct, frozen=True):
    """Finds the deliveries of a selection; can be called from any thread."""

    session: SessionPort
    now: Callable[[], datetime]

    def pick(self, selection: Selection, during: TimeRange | None, is_wanted: Callable[[], bool]) -> tuple[int, ...]:
        """Return their numbers; `during`: for a timed selection. Ends early once `is_wanted` returns False."""
        if selection.seq is not None:
            return (selection.seq,)
        if selection.first is not None:
            with closing(self.session.open_rows()) as rows:
                return tuple(_from(rows, rows.position(selection.first), is_wanted))
        now = self.now()
        sought = expression(during, now) if during is not None else selection.expression
        with self._found(sought, now, is_wanted) as found:
            return tuple(_from(found, 0, is_wanted))

    def counted(self, selection: Selection) -> Selection:
        """Return `selection` with the number of deliveries that its filter finds. Raises ProblemError."""
        with self._found(selection.expression, self.now(), lambda: True) as found:
            return replace(selection, count=len(found))

    @contextmanager
    def _found(self, sought: Expression, now: datetime, is_wanted: Callable[[], bool]) -> Iterator[FoundRows]:
        changed = threading.Event()
        search = self.session.open_found(sought, sort=Sort(), now=now, changed=changed.set)
        with closing(search) as found:
            wait_until_done(found, changed, is_wanted)
            yield found


def _from(rows: DeliveryRows, start: int | None, is_wanted: Callable[[], bool]) -> Iterator[int]:
    if start is None:
        return iter(())
    pages = (rows.window(at, _PAGE) for at in range(start, len(rows), _PAGE) if is_wanted())
    return (row.seq for row in chain.from_iterable(pages))


def wait_until_done(found: FoundRows, changed: threading.Event, is_wanted: Callable[[], bool] = lambda: True) -> None:
    """Wait until the search is complete or cancelled; `changed` is set on progress."""
    while is_wanted():
        changed.clear()
        found.refresh()
        if found.progress.is_done:
            return
        changed.wait(_SEARCH_SECONDS)
