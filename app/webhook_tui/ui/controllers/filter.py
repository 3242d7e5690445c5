"""The filter of the table, applied while it is typed, and its order."""

from __future__ import annotations

from textual.screen import Screen

from webhook_tui.domain import units
from webhook_tui.domain.delivery.rows import Sort, SortColumn
from webhook_tui.domain.filtering.filter import EVERYTHING, FilterError, completions, parse
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.controllers.search import SearchController
from webhook_tui.ui.frame_budget import FrameBudget
from webhook_tui.ui.notice_texts import not_stored
from webhook_tui.ui.widgets.filter_bar import Completions, FilterBar, MistakeLine
from webhook_tui.ui.widgets.keys.action_bar import FollowNote

_MOST_KEPT = 50
_ORDER = (*SortColumn,)


class FilterController:
    """Filters and sorts the table."""

    def __init__(
        self,
        context: AppContext,
        screen: Screen[None],
        deliveries: DeliveriesController,
        notices: NoticeController,
        frames: FrameBudget,
    ) -> None:
        self._context = context
        self._screen = screen
        self._deliveries = deliveries
        self._notices = notices
        self.search = SearchController(context, screen, deliveries, notices, frames, on_progress=self.refresh)
        self._last_text = ""
        self._history: list[str] = []
        self._is_unchanged = False
        """Whether what is typed cannot be read, so that the table shows something else."""
        self._bindings_for = (False, False)

    @property
    def is_on(self) -> bool:
        """Whether the table shows only what passes a filter."""
        return bool(self.search.text)

    @property
    def is_typing(self) -> bool:
        """Whether the input is open."""
        return self._screen.has_class("-filtering")

    def apply(self, text: str, *, is_finished: bool = True) -> bool:
        """Apply a filter; if it cannot be parsed, the previous one stays.

        The mistake is marked, unless it is a term at the end that may still be typed.
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
        if text != self.search.text:
            self.search.expression, self.search.text = expression, text
            self.search.run()
        else:
            self.refresh()
        return True

    def go_to(self, seq: int) -> None:
        """Put the cursor of the table on a delivery; clear a filter that hides it."""
        table, rows = self._deliveries.table, self._deliveries.rows
        if rows is None:
            return
        rows.refresh()
        shown = self._deliveries.delivery_table
        shown.refresh_rows()
        place = shown.find(seq)
        if place is None and self.is_on:
            self.show_all()
            place = rows.position(seq)
        if place is None:
            self._notices.show(not_stored(seq))
            return
        self._screen.remove_class("-zoomed")
        table.move_to_place(place)
        table.focus()

    # Words

    def refresh(self) -> None:
        """Show the filter, its count, and a message if nothing matches."""
        total = units.count(self._deliveries.total)
        self._deliveries.table.empty = f"None of {total} matches. esc shows all." if self.is_on else ""
        text = self.search.count_text()
        if self.is_typing:
            self._bar.show_count(f"unchanged: {text}" if self._is_unchanged else text)
        self._screen.query_one(FollowNote).show_filter(self.search.text, text)
        state = (self.is_on, self.is_typing)
        if state != self._bindings_for:  # asks every action whether it is available: too much for each delivery
            self._bindings_for = state
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
        box.start(self.search.text, tuple(self._history))
        self.refresh()
        box.focus()

    def show_all(self) -> None:
        """Clear filter and order."""
        self.search.sort = Sort()
        self._clear()

    def _clear(self) -> None:
        self.search.text, self.search.expression = "", EVERYTHING
        self.search.run()

    def toggle(self) -> None:
        """Turn the last filter off, or on again."""
        if self.is_on:
            self.show_all()
        elif self._last_text:
            self.apply(self._last_text)

    def set(self, text: str) -> None:
        """Apply a filter chosen elsewhere and add it to the history."""
        if self.is_typing:
            self._bar.input.start(text, tuple(self._history))
        if self.apply(text):
            self._remember()

    def set_run(self, number: int | None) -> None:
        """Show the deliveries of one run."""
        if number is not None:
            self.set(f"run:{number}")

    def sort_by_next(self) -> None:
        """Sort by the next column: ascending, descending, then by arrival again."""
        if self.search.sort.is_descending or self.search.sort.column is SortColumn.NUMBER:
            following = _ORDER[(_ORDER.index(self.search.sort.column) + 1) % len(_ORDER)]
            self._sort(Sort(following))
        else:
            self._sort(Sort(self.search.sort.column, is_descending=True))

    def sort_by(self, column: SortColumn) -> None:
        """Sort by a column: ascending, descending, then by arrival again."""
        if self.search.sort.column is not column:
            self._sort(Sort(column))
        elif self.search.sort.is_descending:
            self._sort(Sort())
        else:
            self._sort(Sort(column, is_descending=True))

    def _sort(self, sort: Sort) -> None:
        self.search.sort = sort
        self.search.run()

    def follow(self) -> None:
        """Go to the newest delivery and stay there, in the order of arrival."""
        if self.search.sort != Sort():
            self._sort(Sort())
        self._deliveries.table.follow()

    # Typing

    def on_typed(self, text: str, *, rests: bool) -> None:
        """Apply the text; `rests`: nothing was typed for a second."""
        if self.is_typing:
            self.apply(text, is_finished=rests)

    def on_submitted(self) -> None:
        """Keep the filter and focus the table; if it cannot be parsed, the input keeps the focus."""
        if self.apply(self._bar.input.value):
            self._remember()
            self._end_typing()

    def on_cleared(self) -> None:
        """Clear the filter and focus the table."""
        self._point_at(None)
        self._end_typing()
        self._clear()

    def show_completions(self) -> None:
        """Show completions at the cursor of the input."""
        box = self._bar.input
        found = box.completions() if self.is_typing else []
        column = box.content_region.x + found[0][0] - round(box.scroll_offset.x) - 1 if found else 0
        self._screen.query_one(Completions).show([word for _, word in found], column)

    def _remember(self) -> None:
        if self.search.text:
            self._last_text = self.search.text
            self._history = [one for one in self._history if one != self.search.text][-_MOST_KEPT:]
            self._history.append(self.search.text)

    def _end_typing(self) -> None:
        self._is_unchanged = False
        self._screen.remove_class("-filtering")
        self.show_completions()
        self.refresh()
        self._deliveries.table.focus()

    @property
    def _bar(self) -> FilterBar:
        return self._screen.query_one(FilterBar)
