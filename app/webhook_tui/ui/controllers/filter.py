"""Filter and order of the table: typed, applied while it is typed, kept, cleared, used again.

The table keeps what it shows until a new search has its first match or its end, so that nothing flickers and the
cursor stays on its delivery.
"""

from __future__ import annotations

import contextlib

from textual.screen import Screen

from webhook_tui.domain import units
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort, SortColumn
from webhook_tui.domain.errors import Problem, ProblemError, Severity
from webhook_tui.domain.filtering.filter import EVERYTHING, Expression, FilterError, completions, parse
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.widgets.action_bar import FollowNote
from webhook_tui.ui.widgets.filter_bar import Completions, FilterBar, MistakeLine

_MOST_KEPT = 50
_ORDER = (*SortColumn,)
_GONE = "Delivery #{} is not stored any more."


class FilterController:
    """Finds deliveries."""

    def __init__(
        self, context: AppContext, screen: Screen[None], deliveries: DeliveriesController, notices: NoticeController
    ) -> None:
        self._context = context
        self._screen = screen
        self._deliveries = deliveries
        self._notices = notices
        self.expression: Expression = EVERYTHING
        self.text = ""
        """The last filter that could be read."""
        self.sort = Sort()
        self._last_text = ""
        self._history: list[str] = []
        self._shown: FoundRows | None = None
        self._pending: FoundRows | None = None
        """A search that has found nothing yet."""
        self._search_number = 0
        self._is_unchanged = False
        """Whether what is typed cannot be read, so that the table shows something else."""

    @property
    def is_on(self) -> bool:
        """Whether the table shows only what passes a filter."""
        return bool(self.text)

    @property
    def is_typing(self) -> bool:
        """Whether the input is open."""
        return self._screen.has_class("-filtering")

    @property
    def count(self) -> int | None:
        """How many deliveries the table's search has found; None without one."""
        return None if self._shown is None else len(self._shown)

    # Searches

    def apply(self, text: str, *, is_finished: bool = True) -> bool:
        """Use a filter; with one that cannot be read the table keeps the one before.

        The mistake is pointed at, but not a term at the end of a text that is not finished.
        """
        try:
            expression = parse(text)
        except FilterError as error:
            self._is_unchanged = True
            self._point_at(error if is_finished or error.is_finished_in(text) else None)
            self.refresh()
            return False
        self._is_unchanged = False
        self._point_at(None)
        text = text.strip()
        if text != self.text:
            self.expression, self.text = expression, text
            self._search()
        else:
            self.refresh()
        return True

    def _search(self) -> None:
        self._close_pending()
        if not self.is_on and self.sort == Sort():
            self._show_all_rows()
        elif self._deliveries.rows is not None:
            self._open_search()
        self.refresh()

    def _open_search(self) -> None:
        self._search_number += 1
        number, app = self._search_number, self._context.app

        def on_progress() -> None:
            # Called in the search's thread, which may outlive the screen's loop.
            with contextlib.suppress(RuntimeError):
                app.call_later(self._on_progress, number)

        try:
            self._pending = self._context.session.open_found(
                self.expression, sort=self.sort, now=self._context.now(), changed=on_progress
            )
        except ProblemError as error:
            self._notices.show(error.problem)
        else:
            self._advance()

    def _on_progress(self, number: int) -> None:
        if number == self._search_number and self._screen.children:
            self._advance()

    def _advance(self) -> None:
        """Show what the newest search found since."""
        try:
            if self._pending is None:
                if self._shown is not None:
                    self._deliveries.table.refresh_rows()
            elif self._pending.refresh() > 0 or self._pending.progress.is_done:
                before, self._shown, self._pending = self._shown, self._pending, None
                self._change_rows(self._shown)
                _close(before)
        except ProblemError as error:
            self._notices.show(error.problem)
        self.refresh()

    def _show_all_rows(self) -> None:
        """The cursor stays on its delivery, also when it followed the newest of those found."""
        before, self._shown = self._shown, None
        if self._deliveries.rows is not None:
            keep = None if before is None else self._deliveries.table.cursor_seq
            self._change_rows(self._deliveries.rows, keep=keep)
        _close(before)

    def _change_rows(self, rows: DeliveryRows, *, keep: int | None = None) -> None:
        """Show other rows, the cursor on `keep`; after no match on the delivery that the detail still shows."""
        table = self._deliveries.table
        if table.cursor_seq is None and not table.following:
            keep = self._deliveries.detail.seq
        table.order = self.sort
        if keep is not None:
            table.following = False
        table.show_rows(rows)
        place = rows.position(keep) if keep is not None else None
        if place is not None:
            table.move_to(place)

    def _close_pending(self) -> None:
        _close(self._pending)
        self._pending = None

    def close_searches(self) -> None:
        """Close them: the history is another one, or the screen ends."""
        self._close_pending()
        _close(self._shown)
        self._shown = None

    def on_history_opened(self) -> None:
        """Search again in the history that is open now."""
        if self.is_on or self.sort != Sort():
            self._search()

    def on_rows_changed(self, seqs: tuple[int, ...]) -> None:
        """Consider rows again whose verdict, mark or comment changed, and read what was recorded."""
        for found in (self._pending, self._shown):
            if found is not None and seqs:
                found.reconsider(seqs)
        if self._pending is not None:
            self._advance()
        if self._deliveries.rows is not None and self._shown is not None:
            self._deliveries.rows.refresh()
        self.refresh()

    def go_to(self, seq: int) -> None:
        """Put the cursor of the table on a delivery; clear a filter that hides it."""
        table, rows = self._deliveries.table, self._deliveries.rows
        if rows is None:
            return
        rows.refresh()
        table.refresh_rows()
        place = None if table.rows is None else table.rows.position(seq)
        if place is None and self.is_on:
            self.show_all()
            place = rows.position(seq)
        if place is None:
            self._notices.show(Problem(_GONE.format(seq), "", severity=Severity.WARNING))
            return
        self._screen.remove_class("-zoomed")
        table.move_to(place)
        table.focus()

    # Words

    def _count_words(self) -> str:
        """`2 of 12`, with how far the search is while it is not done."""
        total = units.count(self._deliveries.total)
        found = self._shown if self._pending is None else self._pending
        if not self.is_on or found is None:
            return total
        words = f"{units.count(len(found))} of {total}"
        progress = found.progress
        if progress.is_done:
            return words
        return f"{words} · {100 * progress.examined // max(1, progress.total)} %"

    def refresh(self) -> None:
        """Show count, filter and what the table says without a match."""
        total = units.count(self._deliveries.total)
        self._deliveries.table.empty = f"None of {total} matches. esc shows all." if self.is_on else ""
        words = self._count_words()
        if self.is_typing:
            self._bar.show_count(f"unchanged: {words}" if self._is_unchanged else words)
        self._screen.query_one(FollowNote).show_filter(self.text, words)
        self._screen.refresh_bindings()

    def _point_at(self, error: FilterError | None) -> None:
        self._screen.set_class(error is not None, "-mistaken")
        if error is not None:
            self._screen.query_one(MistakeLine).point_at(self._bar.input, error.start, error.end, str(error))

    # Commands

    def open(self) -> None:
        """Open the input in the place of the buttons."""
        names = self._deliveries.event_names()
        self._screen.add_class("-filtering")
        box = self._bar.input
        box.complete = lambda text, cursor: completions(text, cursor, names)
        box.start(self.text, tuple(self._history))
        self.refresh()
        box.focus()

    def show_all(self) -> None:
        """Clear filter and order."""
        self.sort = Sort()
        self._clear()

    def _clear(self) -> None:
        self.text, self.expression = "", EVERYTHING
        self._search()

    def toggle(self) -> None:
        """Turn the last filter off, or on again."""
        if self.is_on:
            self.show_all()
        elif self._last_text:
            self.apply(self._last_text)

    def set(self, text: str) -> None:
        """Use a filter that was not typed, and remember it."""
        if self.is_typing:
            self._bar.input.start(text, tuple(self._history))
        if self.apply(text):
            self._remember()

    def set_run(self, number: int | None) -> None:
        """Show the deliveries of one run."""
        if number is not None:
            self.set(f"run:{number}")

    def sort_by_next(self) -> None:
        """Sort by the next column: first ascending, then descending, at last by arrival again."""
        if self.sort.is_descending or self.sort.column is SortColumn.NUMBER:
            following = _ORDER[(_ORDER.index(self.sort.column) + 1) % len(_ORDER)]
            self._sort(Sort(following))
        else:
            self._sort(Sort(self.sort.column, is_descending=True))

    def sort_by(self, column: SortColumn) -> None:
        """Sort by a column: first ascending, then descending, at last by arrival again."""
        if self.sort.column is not column:
            self._sort(Sort(column))
        elif self.sort.is_descending:
            self._sort(Sort())
        else:
            self._sort(Sort(column, is_descending=True))

    def _sort(self, sort: Sort) -> None:
        self.sort = sort
        self._search()

    def follow(self) -> None:
        """Go to the newest delivery and stay there, in the order of arrival."""
        if self.sort != Sort():
            self._sort(Sort())
        self._deliveries.table.follow()

    # Typing

    def on_typed(self, text: str, *, rests: bool) -> None:
        """Apply what was typed; `rests`: nothing was typed for a second."""
        if self.is_typing:
            self.apply(text, is_finished=rests)

    def on_submitted(self) -> None:
        """Keep what was typed and go to the table; what cannot be read keeps the focus."""
        if self.apply(self._bar.input.value):
            self._remember()
            self._end_typing()

    def on_cleared(self) -> None:
        """Clear the filter and go to the table."""
        self._point_at(None)
        self._end_typing()
        self._clear()

    def show_completions(self) -> None:
        """Show what could be written at the cursor of the input."""
        box = self._bar.input
        found = box.completions() if self.is_typing else []
        column = box.content_region.x + found[0][0] - round(box.scroll_offset.x) - 1 if found else 0
        self._screen.query_one(Completions).show([word for _, word in found], column)

    def _remember(self) -> None:
        if self.text:
            self._last_text = self.text
            self._history = [one for one in self._history if one != self.text][-_MOST_KEPT:]
            self._history.append(self.text)

    def _end_typing(self) -> None:
        self._is_unchanged = False
        self._screen.remove_class("-filtering")
        self.show_completions()
        self.refresh()
        self._deliveries.table.focus()

    @property
    def _bar(self) -> FilterBar:
        return self._screen.query_one(FilterBar)


def _close(found: FoundRows | None) -> None:
    if found is not None:
        found.close()
