"""Filter and order of the table: typed, tried while it is typed, kept, cleared, taken up again.

The table keeps what it shows until a new search has its first match or its end, so that nothing flickers and the
cursor stays on its delivery.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from webhook_tui.domain import units
from webhook_tui.domain.delivery.event import KNOWN_EVENTS
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort, SortColumn
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.filtering.filter import EVERYTHING, Expression, FilterError, completions, parse
from webhook_tui.ui.messages import SearchRequested
from webhook_tui.ui.screens.delivery_screen import DeliveryScreen
from webhook_tui.ui.widgets.action_bar import FollowNote
from webhook_tui.ui.widgets.delivery_table import DeliveryTable
from webhook_tui.ui.widgets.filter_bar import Completions, FilterBar, FilterInput, MistakeLine

_NAMES_FROM = 200
"""So many of the newest deliveries lend their events' names to the completion."""
_MOST_KEPT = 50
_ORDER = (*SortColumn,)


class FilteringScreen(DeliveryScreen):
    """The part of the main screen that finds deliveries."""

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool, classes: str) -> None:
        super().__init__(now=now, in_ascii=in_ascii, classes=classes)
        self.expression: Expression = EVERYTHING
        self.filter_text = ""
        """The last filter that could be read."""
        self.sort = Sort()
        self._last_filter = ""
        self._earlier: list[str] = []
        self._found: FoundRows | None = None
        self._awaited: FoundRows | None = None
        self._names: tuple[str, ...] = ()
        self._is_unchanged = False
        """Whether what is typed cannot be read, so that the table shows something else."""

    # What is on

    @property
    def is_filtered(self) -> bool:
        """Whether the table shows only what passes a filter."""
        return bool(self.filter_text)

    @property
    def _bar(self) -> FilterBar:
        return self.query_one(FilterBar)

    @property
    def is_typing(self) -> bool:
        """Whether the filter's input is open."""
        return self.has_class("-filtering")

    # Searches

    def apply_filter(self, text: str, *, is_finished: bool = True) -> bool:
        """Try a filter; with one that cannot be read the table keeps the one before.

        What is wrong is pointed at, but not a term at the end of a text that is not finished.
        """
        try:
            expression = parse(text)
        except FilterError as error:
            self._is_unchanged = True
            self._point_at(error if is_finished or error.is_finished_in(text) else None)
            self.show_filter()
            return False
        self._is_unchanged = False
        self._point_at(None)
        text = text.strip()
        if text != self.filter_text:
            self.expression, self.filter_text = expression, text
            self._search()
        else:
            self.show_filter()
        return True

    def _search(self) -> None:
        self._forget(self._awaited)
        self._awaited = None
        if not self.is_filtered and self.sort == Sort():
            self._show_all()
        elif self._rows is not None:
            self.post_message(SearchRequested(self.expression, self.sort))
        self.show_filter()

    def search_opened(self, found: FoundRows) -> None:
        """The search that was asked for last is under way."""
        self._forget(self._awaited)
        self._awaited = found
        self.search_advanced(found)

    def search_advanced(self, found: FoundRows) -> None:
        """A search found something, or came to its end; one that is not wanted any more is not heard."""
        try:
            if found is self._awaited and self._is_worth_showing(found):
                self._put_in_table(found)
            elif found is self._found:
                self.table.refresh_rows()
        except ProblemError as error:
            self.occurred(error.problem)
        self.show_filter()

    def _is_worth_showing(self, found: FoundRows) -> bool:
        return found.refresh() > 0 or found.progress.is_done

    def _put_in_table(self, found: FoundRows) -> None:
        before, self._found, self._awaited = self._found, found, None
        self._change_rows(found)
        self._forget(before)

    def _show_all(self) -> None:
        """What was found keeps the cursor, also when the newest of it was followed."""
        before, self._found = self._found, None
        if self._rows is not None:
            self._change_rows(self._rows, keep=None if before is None else self.table.cursor_seq)
        self._forget(before)

    def _change_rows(self, rows: DeliveryRows, *, keep: int | None = None) -> None:
        """Other rows in the table, the cursor on `keep`; from no match on the delivery that the detail still shows."""
        table = self.table
        if table.cursor_seq is None and not table.following:
            keep = self.detail.seq
        table.order = self.sort
        if keep is not None:
            table.following = False
        table.show_rows(rows)
        place = rows.position(keep) if keep is not None else None
        if place is not None:
            table.move_to(place)

    def _forget(self, found: FoundRows | None) -> None:
        if found is not None:
            found.close()

    def forget_searches(self) -> None:
        """The history is another one, or the screen ends."""
        for found in (self._awaited, self._found):
            self._forget(found)
        self._awaited = self._found = None

    def search_again(self) -> None:
        """In the history that is open now."""
        if self.is_filtered or self.sort != Sort():
            self._search()

    def rows_changed(self, seqs: tuple[int, ...]) -> None:
        """Deliveries came, or those were judged, marked or commented: what is shown may be more or less now."""
        for found in (self._awaited, self._found):
            if found is not None and seqs:
                found.reconsider(seqs)
        if self._awaited is not None:
            self.search_advanced(self._awaited)
        if self._rows is not None and self._found is not None:
            self._rows.refresh()
        self.show_filter()

    # Words

    def count_words(self) -> str:
        """`2 of 12`, with how far the search is while it is not done."""
        total = 0 if self._rows is None else len(self._rows)
        found = self._found if self._awaited is None else self._awaited
        if not self.is_filtered or found is None:
            return units.count(total)
        words = f"{units.count(len(found))} of {units.count(total)}"
        progress = found.progress
        if progress.is_done:
            return words
        return f"{words} · {100 * progress.examined // max(1, progress.total)} %"

    def show_filter(self) -> None:
        """Count, note and the words for no match."""
        total = 0 if self._rows is None else len(self._rows)
        self.table.empty = f"None of {units.count(total)} matches. esc shows all." if self.is_filtered else ""
        words = self.count_words()
        if self.is_typing:
            self._bar.show_count(f"unchanged: {words}" if self._is_unchanged else words)
        self.query_one(FollowNote).show_filter(self.filter_text, words)
        self.refresh_bindings()

    def _point_at(self, error: FilterError | None) -> None:
        self.set_class(error is not None, "-mistaken")
        if error is not None:
            input_ = self._bar.input
            shift = input_.content_region.x - round(input_.scroll_offset.x)
            line = self.query_one(MistakeLine)
            line.point(error.start + shift, error.end + shift, str(error), self.size.width)

    def kinds(self) -> tuple[str, ...]:
        """The documented events, and those that came of late."""
        return tuple(dict.fromkeys((*KNOWN_EVENTS, *(name for name in self._newest_names() if name))))

    def _newest_names(self) -> tuple[str, ...]:
        if self._rows is None:
            return ()
        newest = self._rows.window(max(0, len(self._rows) - _NAMES_FROM), _NAMES_FROM)
        return tuple(dict.fromkeys(row.event for row in reversed(newest)))

    # Typing

    def action_filter(self) -> None:
        """The input stands where the buttons were."""
        self._names = self._newest_names()
        self.add_class("-filtering")
        box = self._bar.input
        box.complete = lambda text, cursor: completions(text, cursor, self._names)
        box.start(self.filter_text, tuple(self._earlier))
        self.show_filter()
        box.focus()

    def action_show_all(self) -> None:
        """No filter, the order of arrival."""
        self.sort = Sort()
        self.filter_text, self.expression = "", EVERYTHING
        self._search()

    def action_toggle_filter(self) -> None:
        """The last filter off, or on again."""
        if self.is_filtered:
            self.action_show_all()
        elif self._last_filter:
            self.apply_filter(self._last_filter)

    def action_sort(self) -> None:
        """Sort by the next column: first upwards, then downwards, at last by arrival again."""
        if self.sort.is_descending or self.sort.column is SortColumn.NUMBER:
            following = _ORDER[(_ORDER.index(self.sort.column) + 1) % len(_ORDER)]
            self.sort = Sort(following)
        else:
            self.sort = Sort(self.sort.column, is_descending=True)
        self._search()

    def on_delivery_table_heading_clicked(self, event: DeliveryTable.HeadingClicked) -> None:
        """Sort by it: first upwards, a second click turns, a third brings the order of arrival back."""
        event.stop()
        if self.sort.column is not event.column:
            self.sort = Sort(event.column)
        elif self.sort.is_descending:
            self.sort = Sort()
        else:
            self.sort = Sort(event.column, is_descending=True)
        self._search()

    def set_filter(self, text: str) -> None:
        """A filter from elsewhere: a click on a count, a run that was chosen."""
        if self.is_typing:
            self._bar.input.start(text, tuple(self._earlier))
        if self.apply_filter(text):
            self._remember()

    def on_filter_bar_typed(self, event: FilterBar.Typed) -> None:
        """Try what was typed."""
        event.stop()
        if self.is_typing:
            self.apply_filter(event.text, is_finished=event.rests)

    def on_filter_input_wandered(self, event: FilterInput.Wandered) -> None:
        """Other words could follow."""
        event.stop()
        self._show_completions()

    def on_filter_input_kept(self, event: FilterInput.Kept) -> None:
        """Keep what was typed and go to the table; what cannot be read keeps the focus."""
        event.stop()
        if self.apply_filter(self._bar.input.value):
            self._remember()
            self._end_typing()

    def on_filter_input_cleared(self, event: FilterInput.Cleared) -> None:
        """No filter; to the table."""
        event.stop()
        self._point_at(None)
        self._end_typing()
        self.filter_text, self.expression = "", EVERYTHING
        self._search()

    def _remember(self) -> None:
        if self.filter_text:
            self._last_filter = self.filter_text
            self._earlier = [one for one in self._earlier if one != self.filter_text][-_MOST_KEPT:]
            self._earlier.append(self.filter_text)

    def _end_typing(self) -> None:
        self._is_unchanged = False
        self.remove_class("-filtering")
        self._show_completions()
        self.show_filter()
        self.table.focus()

    def _show_completions(self) -> None:
        box = self._bar.input
        found = box.completions() if self.is_typing else []
        if not found:
            self.query_one(Completions).show((), 0)
            return
        column = box.content_region.x + found[0][0] - round(box.scroll_offset.x) - 1
        self.query_one(Completions).show([word for _, word in found], column)
