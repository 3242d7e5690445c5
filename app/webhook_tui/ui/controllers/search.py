"""The search of the table: filter, order, and the rows that were found.

The table keeps what it shows until a new search has its first match or its end, so that nothing flickers and the
cursor stays on its delivery.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial

from textual.screen import Screen

from webhook_tui.domain import units
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Progress, Sort
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.filtering.filter import EVERYTHING, Expression
from webhook_tui.domain.filtering.highlights import Highlights
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.frame_budget import FrameBudget, call_after
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.table.checked_rows import CheckedFoundRows
from webhook_tui.ui.widgets.table.row_reader import LOADING, LOADING_SECONDS

COUNT_SECONDS = 0.2
"""From the start of a search to its first count, unless it ends before."""
LONG_SECONDS = 1.0
"""From the start of a search that finds nothing to saying in the table's place how far it is."""


class SearchController:
    """Starts searches and shows their rows."""

    def __init__(
        self,
        context: AppContext,
        screen: Screen[None],
        deliveries: DeliveriesController,
        notices: NoticeController,
        frames: FrameBudget,
        *,
        on_progress: Callable[[], None],
    ) -> None:
        """`on_progress` is called when there may be more matches."""
        self._context = context
        self._screen = screen
        self._deliveries = deliveries
        self._notices = notices
        self._frames = frames
        self._refresh = on_progress
        self.expression: Expression = EVERYTHING
        self.text = ""
        """The last filter that could be read."""
        self.sort = Sort()
        self._shown: FoundRows | None = None
        self._pending: CheckedFoundRows | None = None
        """A search that has found nothing yet."""
        self._seq_before_typing: int | None = None
        """The delivery under the cursor when typing began: half a filter, which may not match it, does not lose it."""
        self._is_typing = False
        self._number = 0
        self._is_new = False
        """Whether the search began so recently that its count would only flicker."""
        self._is_long = False
        self._other: FoundRows | None = None
        self._other_expression: Expression | None = None

    @property
    def count(self) -> int | None:
        """How many deliveries the table's search has found; None without one, and while nothing is found yet."""
        return None if self._shown is None or self._pending is not None else len(self._shown)

    @property
    def progress(self) -> Progress | None:
        """How far the table's search is; None as for `count`."""
        return None if self._shown is None or self._pending is not None else self._shown.progress

    def begin_typing(self) -> None:
        """Keep the cursor on its delivery until the rows of the whole filter are shown."""
        following = self._deliveries.table.following
        self._seq_before_typing, self._is_typing = None if following else self._deliveries.delivery_table.seq, True

    def end_typing(self) -> None:
        """The next rows are those of the whole filter."""
        self._is_typing = False
        if self._pending is None:
            self._seq_before_typing = None

    def run(self) -> None:
        """Search by the current filter and order; without them show all rows."""
        self._close_pending()
        if not self.text and self.sort == Sort():
            self._show_all_rows()
        elif self._deliveries.rows is not None:
            self._open_search()
        self._refresh()

    def _open_search(self) -> None:
        self._number += 1
        self._is_new, self._is_long = True, False
        number, app = self._number, self._context.app
        call_after(self._screen, COUNT_SECONDS, partial(self._show_count, number))
        call_after(self._screen, LONG_SECONDS, partial(self._show_no_match_yet, number))

        def on_progress() -> None:
            # Called in the search's thread, which may outlive the screen's loop.
            with contextlib.suppress(RuntimeError):
                app.call_later(self._on_progress, number)

        try:
            found = self._context.session.open_found(
                self.expression, sort=self.sort, now=self._context.now(), changed=on_progress
            )
            self._pending = CheckedFoundRows(found, self._deliveries.reader)
        except ProblemError as error:
            self._notices.show(error.problem)
        else:
            self._advance()

    def count_also(self, expression: Expression | None) -> None:
        """Count the matches of another filter, too; None: of none any more."""
        if expression == self._other_expression:
            return
        _close(self._other)
        self._other, self._other_expression = None, expression
        if expression is None:
            return

        def on_progress() -> None:
            with contextlib.suppress(RuntimeError):
                self._context.app.call_later(self._frames.request, self._on_other_progress)

        try:
            self._other = self._context.session.open_found(
                expression, sort=Sort(), now=self._context.now(), changed=on_progress
            )
        except ProblemError as error:
            self._notices.show(error.problem)

    def _on_other_progress(self) -> None:
        if self._screen.children:
            self._refresh()

    @property
    def other_count(self) -> int | None:
        """How many the other filter has found; None while it is counting."""
        if self._other is None:
            return None
        with contextlib.suppress(ProblemError):
            found = self._other.refresh()
            return found if self._other.progress.is_done else None
        return None

    def _show_count(self, number: int) -> None:
        if number == self._number:
            self._is_new = False
            self._refresh()

    def _show_no_match_yet(self, number: int) -> None:
        if number == self._number:
            self._is_long = True
            self._advance()

    def _on_progress(self, number: int) -> None:
        if number == self._number:
            self._frames.request(self._advance)

    def _advance(self) -> None:
        """Show what the current search has found since."""
        if not self._screen.children:
            return  # the screen is closed already
        try:
            if self._pending is None:
                if self._shown is not None:
                    self._deliveries.delivery_table.refresh_rows()
            elif self._may_show(self._pending):
                before, self._shown, self._pending = self._shown, self._pending, None
                self._change_rows(self._shown)
                _close(before)
        except ProblemError as error:
            self._notices.show(error.problem)
        self._refresh()

    def _may_show(self, pending: CheckedFoundRows) -> bool:
        """Whether the table shows its rows, or says in their place why there are none.

        What is slow to be read is asked for again.
        """
        count = pending.refresh()
        if pending.failure is LOADING:
            call_after(self._screen, LOADING_SECONDS, partial(self._on_progress, self._number))
            return False
        return count > 0 or pending.progress.is_done or pending.failure is not None or self._is_long

    def _show_all_rows(self) -> None:
        """The cursor stays on its delivery, also when it followed the newest of those found."""
        before, self._shown = self._shown, None
        if self._deliveries.rows is not None:
            keep = None if before is None else self._deliveries.delivery_table.seq
            self._change_rows(self._deliveries.rows, keep=keep)
        _close(before)

    def _change_rows(self, rows: DeliveryRows, *, keep: int | None = None) -> None:
        """Show other rows, the cursor on `keep`; after no match on the delivery that the detail still shows."""
        shown, table = self._deliveries.delivery_table, self._deliveries.table
        if keep is None:
            keep = self._seq_before_typing
        if keep is None and shown.seq is None and not table.following:
            keep = self._deliveries.detail.seq
        shown.order = self.sort
        shown.highlights = Highlights.of(self.expression) if self.text else None
        if keep is not None:
            table.following = False
        shown.show_rows(rows)
        place = rows.position(keep) if keep is not None else None
        if place is not None:
            table.move_to_place(place)
        if not self._is_typing:
            self._seq_before_typing = None

    def _close_pending(self) -> None:
        _close(self._pending)
        self._pending = None

    def close(self) -> None:
        """Close the searches."""
        self._close_pending()
        self.count_also(None)
        _close(self._shown)
        self._shown = None

    def on_history_opened(self) -> None:
        """Search again in the new history."""
        if self.text or self.sort != Sort():
            self.run()

    def on_rows_changed(self, seqs: tuple[int, ...]) -> None:
        """Match rows again whose verdict, mark or comment changed, and read new ones."""
        for found in (self._pending, self._shown):
            if found is not None and seqs:
                found.reconsider(seqs)
        if self._pending is not None:
            self._advance()
        if self._deliveries.rows is not None and self._shown is not None:
            self._deliveries.rows.refresh()
        self._refresh()

    def count_text(self) -> str:
        """Return `2 of 12`; at first `… of 12`, then with the progress of a search that is not complete."""
        total = units.count(self._deliveries.total)
        found = self._shown if self._pending is None else self._pending
        if not self.text or found is None:
            return total
        text = f"{units.count(len(found))} of {total}"
        progress = found.progress
        if self._is_new and not progress.is_done:
            return f"{glyphs(plain=self._context.in_ascii).cut} of {total}"
        if progress.is_done:
            return text
        return f"{text} · {100 * progress.examined // max(1, progress.total)} %"


def _close(found: FoundRows | None) -> None:
    if found is not None:
        found.close()
