"""The numbers of the deliveries that a selection means, in the order in which they came; found in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from webhook_tui.domain.delivery.rows import DeliveryRows, Sort
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.filtering.time_range import TimeRange, expression
from webhook_tui.domain.session_port import SessionPort
from webhook_tui.ui.exports import wait_until_done
from webhook_tui.ui.selection import Selection

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class SelectionResolver:
    """Looks into the history of one session; each call may come from any thread."""

    session: SessionPort
    now: Callable[[], datetime]

    def pick(self, selection: Selection, during: TimeRange | None, is_wanted: Callable[[], bool]) -> tuple[int, ...]:
        """All of them; `during`: of a selection that is timed. Ends early when it is not wanted."""
        if selection.seq is not None:
            return (selection.seq,)
        if selection.first is not None:
            with closing(self.session.open_rows()) as rows:
                return tuple(_from(rows, rows.position(selection.first), is_wanted))
        now = self.now()
        sought = expression(during, now) if during is not None else selection.expression
        return self._found(sought, now, is_wanted)

    def _found(self, sought: Expression, now: datetime, is_wanted: Callable[[], bool]) -> tuple[int, ...]:
        changed = threading.Event()
        search = self.session.open_found(sought, sort=Sort(), now=now, changed=changed.set)
        with closing(search) as found:
            wait_until_done(found, changed, is_wanted)
            return tuple(_from(found, 0, is_wanted))


def _from(rows: DeliveryRows, start: int | None, is_wanted: Callable[[], bool]) -> Iterator[int]:
    if start is None:
        return iter(())
    pages = (rows.window(at, _PAGE) for at in range(start, len(rows), _PAGE) if is_wanted())
    return (row.seq for row in chain.from_iterable(pages))
