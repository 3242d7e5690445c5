"""The filter of the table, applied while it is typed, and its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from textual.screen import Screen

from webhook_tui.domain.delivery.rows import Sort, SortColumn
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ProblemError, delivery_gone
from webhook_tui.domain.filtering.completion import Known, Suggestion, suggestions
from webhook_tui.domain.filtering.filter import EVERYTHING, FilterError, parse
from webhook_tui.domain.filtering.tokens import without_last
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.controllers.search import SearchController
from webhook_tui.ui.frame_budget import FrameBudget
from webhook_tui.ui.notice_texts import (
    filter_not_applied,
    filter_not_saved,
    filter_removed,
    filter_saved,
    no_match_yet,
    no_matches,
)
from webhook_tui.ui.widgets.filter_bar import FilterBar, MistakeLine
from webhook_tui.ui.widgets.keys.action_bar import ActionBar, FollowNote
from webhook_tui.ui.widgets.keys.key_bar import KeyBar
from webhook_tui.ui.widgets.split_pane import SplitPane
from webhook_tui.ui.widgets.suggestion_list import SuggestionList

_MOST_KEPT = 20
_COUNT_SECONDS = 1.0
"""Between two counts of the values."""
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
        self._is_typing = False
        self._bindings_for = (False, False)
        self._known = Known()
        self._is_counting = False
        self._counted: int | None = None
        """How many deliveries there were when values were counted."""

    @property
    def is_on(self) -> bool:
        """Whether the table shows only what passes a filter."""
        return bool(self.search.text)

    @property
    def is_typing(self) -> bool:
        """Whether the input is open."""
        return self._is_typing

    def apply(self, text: str, *, is_finished: bool = True) -> bool:
        """Apply a filter; if it cannot be parsed, the previous one stays.

        The mistake is marked in the input, unless it is a term at the end that may still be typed; without the input
        it is a notice.
        """
        try:
            expression = parse(text, self._context.filters.texts)
        except FilterError as error:
            if self.is_typing:
                self._is_unchanged = True
                self._point_at(error if is_finished or error.is_finished_in(text) else None)
                self.refresh()
            else:
                self._notices.show(filter_not_applied(str(error)))
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
        """Put the cursor of the table on a delivery; clear a filter that hides it and an unfinished order."""
        table, rows = self._deliveries.table, self._deliveries.rows
        if rows is None:
            return
        rows.refresh()
        shown = self._deliveries.delivery_table
        shown.refresh_rows()
        place = shown.find(seq)
        if place is None and rows.position(seq) is not None:
            self.show_all()
            place = rows.position(seq)
        if place is None:
            self._notices.show(delivery_gone(seq))
            return
        self._screen.query_one(SplitPane).is_zoomed = False
        table.move_to_place(place)
        table.focus()

    # Words

    def refresh(self) -> None:
        """Show the filter, its count, and a message if nothing matches."""
        self._count_values()
        self._show_no_match()
        text = self.search.count_text()
        if self.is_typing:
            self._bar.show_count(f"unchanged: {text}" if self._is_unchanged else text)
        self._screen.query_one(FollowNote).show_filter(self.search.text, text)
        state = (self.is_on, self.is_typing)
        if state != self._bindings_for:  # asks every action whether it is available: too much for each delivery
            self._bindings_for = state
            self._screen.refresh_bindings()

    def _show_no_match(self) -> None:
        """Say in the table's place that nothing matches, and while typing what would match without the last term."""
        rest, last = without_last(self.search.text) if self.is_on else ("", "")
        progress = self.search.progress
        is_done = progress is None or progress.is_done
        is_typed = self.is_typing and not self._is_unchanged and self.search.count == 0 and is_done
        keys = self._screen.query_one(KeyBar)
        if is_typed is not keys.can_drop_term:
            keys.can_drop_term = is_typed
            self._screen.refresh_bindings()
        if is_typed:
            self.search.count_also(parse(rest, self._context.filters.texts))
        else:
            self.search.count_also(None)
        said = (
            no_matches(self._deliveries.total, visible(last), self.search.other_count if is_typed else None)
            if progress is None or progress.is_done
            else no_match_yet(progress.examined, progress.total)
        )
        self._deliveries.table.empty = said if self.is_on else ""

    def _point_at(self, error: FilterError | None) -> None:
        line = self._screen.query_one(MistakeLine)
        if error is None:
            line.close()
        else:
            line.point_at(self._bar.input, error.start, error.end, str(error))

    # Commands

    def open(self) -> None:
        """Open the input in the place of the buttons."""
        self.search.begin_typing()
        self._show_bar(typing=True)
        box = self._bar.input
        box.start(self.search.text, tuple(self._history))
        self._counted = None
        self.refresh()
        box.focus()
        self.show_suggestions()
        self._count_values()

    def _count_values(self) -> None:
        """Count what the history holds now, and again while the bar is open and something comes."""
        if not self.is_typing or self._is_counting or self._deliveries.total == self._counted:
            return
        self._is_counting, self._counted = True, self._deliveries.total
        self._context.run_in_thread(self._context.session.count_values, self._use_values, lambda _: self._use_values())

    def _use_values(self, values: Mapping[str, Sequence[tuple[str, int | None]]] | None = None) -> None:
        if values is not None:
            self._known = replace(self._known, values=values)
            self.show_suggestions()
        self._screen.set_timer(_COUNT_SECONDS, self._count_again)

    def _count_again(self) -> None:
        self._is_counting = False
        self._count_values()

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
        """Apply a filter chosen elsewhere, show the table that it is of, and add it to the history."""
        self._screen.query_one(SplitPane).is_zoomed = False
        if self.is_typing:
            self._bar.input.start(text, tuple(self._history))
        if self.apply(text):
            self._remember()

    def set_run(self, number: int) -> None:
        """Show the deliveries of one run."""
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

    def show_suggestions(self) -> None:
        """Show what could be written at the cursor of the input."""
        box = self._bar.input
        known = replace(self._known, named=self._context.filters.texts)
        is_open = self.is_typing and not box.is_naming
        found = suggestions(box.value, box.cursor_position, known) if is_open else []
        has_word = bool(found) and found[0].start < box.cursor_position
        self._screen.query_one(SuggestionList).show(found, is_offered=has_word)
        box.refresh_bindings()

    def accept(self, suggestion: Suggestion) -> None:
        """Write a suggestion that was clicked."""
        self._bar.input.accept(suggestion)

    def save(self, name: str, text: str) -> None:
        """Save a filter by a name in config.toml, and use it by that name."""
        filters = self._context.filters
        try:
            parse(text, {**filters.texts, name: ""})
            filters.save(name, text)
        except FilterError as error:
            self._notices.show(filter_not_saved(str(error)))
        except ProblemError as error:
            self._notices.show(error.problem)
        else:
            self._context.app.notify(filter_saved(name), markup=False)
            self._bar.input.start(f"@{name}", tuple(self._history))

    def remove(self, name: str) -> None:
        """Remove a named filter from config.toml."""
        try:
            self._context.filters.remove(name)
        except ProblemError as error:
            self._notices.show(error.problem)
        else:
            self._context.app.notify(filter_removed(name), markup=False)
        self.show_suggestions()

    def _remember(self) -> None:
        if self.search.text:
            self._last_text = self.search.text
            self._history = [one for one in self._history if one != self.search.text][-_MOST_KEPT:]
            self._history.append(self.search.text)

    def _end_typing(self) -> None:
        self.search.end_typing()
        self._is_unchanged = False
        self._show_bar(typing=False)
        self.show_suggestions()
        self.refresh()
        self._deliveries.table.focus()

    def _show_bar(self, *, typing: bool) -> None:
        """Show the bar in the place of the buttons, or these again.

        By classes of what comes and goes: after one of the screen Textual styles every widget again.
        """
        self._is_typing = typing
        self._bar.set_class(typing, "-shown")
        self._screen.query_one(ActionBar).set_class(typing, "-hidden")
        self._screen.query("ToastRack").set_class(typing, "-above-filter")

    @property
    def _bar(self) -> FilterBar:
        return self._screen.query_one(FilterBar)
