"""The history, its table, and the detail beside it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.screen import Screen

from webhook_tui.domain.comparison.compared_event import DifferingDelivery
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.event import KNOWN_EVENTS
from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.frame_budget import FrameBudget, call_after
from webhook_tui.ui.widgets.detail.headline import Headline
from webhook_tui.ui.widgets.table.delivery_table import DeliveryTable
from webhook_tui.ui.widgets.table.row_reader import RowReader
from webhook_tui.ui.widgets.table.table import Table

if TYPE_CHECKING:
    from webhook_tui.ui.views.detail.pane import DetailPane

_NAMES_FROM = 200
"""How many of the newest deliveries are searched for names of events."""
DETAIL_SECONDS = 0.25
"""The least time between two deliveries that the detail shows by itself; more cannot be read."""


class DeliveriesController:
    """Holds the rows of the whole history, also while the table shows a part of them."""

    def __init__(
        self,
        context: AppContext,
        screen: Screen[None],
        notices: NoticeController,
        frames: FrameBudget,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._screen = screen
        self._notices = notices
        self._frames = frames
        self.delivery_table = DeliveryTable(frames, now=context.now, in_ascii=context.in_ascii)
        self._monotonic = monotonic
        self._followed_at = float("-inf")
        self._is_behind = False
        self.rows: DeliveryRows | None = None
        self._app = context.app
        self.reader = RowReader(self._on_late_answer)
        """Reads all rows that the screen shows."""

    @property
    def table(self) -> Table:
        """The widget that shows them."""
        return self.delivery_table.widget

    @property
    def detail(self) -> DetailPane:
        """The detail."""
        from webhook_tui.ui.views.detail.pane import DetailPane

        return self._screen.query_one(DetailPane)

    def show_differing(self, differing: Sequence[DifferingDelivery]) -> None:
        """Show in the headline which deliveries differ from what the event stream brought."""
        by_seq = {one.seq: one for one in differing}
        for headline in self._screen.query(Headline):
            headline.show_differing(by_seq)

    @property
    def total(self) -> int:
        """How many deliveries are stored."""
        return 0 if self.rows is None else len(self.rows)

    @property
    def run(self) -> int | None:
        """The number of the newest run, if the history holds others, too."""
        if self.rows is None or not self.total:
            return None
        first, last = self.rows.window(0, 1), self.rows.window(self.total - 1, 1)
        return last[0].run if first and last and first[0].run != last[0].run else None

    @property
    def newest_seq(self) -> int | None:
        """The number of the newest delivery that is stored."""
        if self.rows is None or not self.rows.refresh():
            return None
        newest = self.rows.window(len(self.rows) - 1, 1)
        return newest[0].seq if newest else None

    def open(self, rows: DeliveryRows) -> None:
        """Show a history that was opened, in place of the one before."""
        before, self.rows = self.rows, rows
        self.delivery_table.show_rows(rows)
        self.detail.use_rows(rows)
        if before is not None:
            before.close()  # not earlier: messages that were under way have read it

    def have_gone(self) -> bool:
        """Return whether there are fewer than before: old ones are deleted without an event."""
        before = self.total
        return self.rows is not None and self.rows.refresh() < before

    def retry(self) -> None:
        """Read again what could not be read."""
        self.delivery_table.retry()
        if self._screen.query("#detail"):
            self.sync_detail()

    def _on_late_answer(self) -> None:
        # Called in the reader's thread, which may outlive the screen's loop.
        with contextlib.suppress(RuntimeError):
            self._app.call_later(self._frames.request, self._show_late_answer)

    def _show_late_answer(self) -> None:
        if self._screen.children:  # else the screen is closed already
            self.retry()
            self.detail.reread()
            self.reader.settle()

    def on_cursor_moved(self, *, by_itself: bool) -> None:
        """Show the delivery under the cursor in the detail; one that was only followed may wait a moment."""
        if by_itself:
            self._follow()
        else:
            self.sync_detail()
        self._notices.on_delivery_shown(self.delivery_table.seq)

    def _follow(self) -> None:
        if self._is_behind or self.delivery_table.seq in (None, self.detail.seq):
            return
        wait = self._followed_at + DETAIL_SECONDS - self._monotonic()
        if wait <= 0:
            self._followed_at = self._monotonic()
            self.sync_detail()
        else:
            self._is_behind = True
            call_after(self._screen, wait, partial(self._frames.request, self._catch_up))

    def _catch_up(self) -> None:
        self._is_behind = False
        self._follow()

    def sync_detail(self) -> None:
        """Show the delivery under the cursor now: the table's message may be on its way while the user types ahead."""
        seq = self.delivery_table.seq
        if seq is not None and seq != self.detail.seq and self.rows is not None:
            self.detail.show(self.rows, seq)

    def current(self) -> StoredDelivery | None:
        """Return the delivery under the cursor, else the one that the detail still shows."""
        self.sync_detail()
        return self.detail.stored

    def current_row(self) -> DeliveryRow | None:
        """Return the row of the same delivery as it is now."""
        self.sync_detail()
        seq = self.detail.seq
        if seq is None or self.rows is None:
            return None
        place = self.rows.position(seq)
        found = self.rows.window(place, 1) if place is not None else ()
        return found[0] if found else None

    def on_changed(self, changed: Sequence[int], *, has_new: bool) -> None:
        """Show what is under the cursor now. The same delivery is read again if it changed, and its attempts are
        counted again if others were stored.
        """
        shown = self.detail.seq
        if shown in changed:
            self.detail.reread()
        if self.table.follows_now:
            self._follow()
        if has_new and self.detail.seq == shown and not self._is_behind:
            self.detail.recount()

    def add_forward_results(self, results: Sequence[ForwardResult]) -> bool:
        """Add the outcomes of forwards and replays; return whether one of them is shown in full now."""
        self.delivery_table.add_forward_results(results)
        return self.detail.add_forward_results(results)

    def event_names(self) -> tuple[str, ...]:
        """Return the names of the newest deliveries' events, the newest first."""
        if self.rows is None:
            return ()
        newest = self.rows.window(max(0, self.total - _NAMES_FROM), _NAMES_FROM)
        return tuple(dict.fromkeys(row.event for row in reversed(newest)))

    def kinds(self) -> tuple[str, ...]:
        """Return the documented events and those of the newest deliveries."""
        return tuple(dict.fromkeys((*KNOWN_EVENTS, *(name for name in self.event_names() if name))))
