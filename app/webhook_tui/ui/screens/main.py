"""The main screen: the route on top, the table and the detail (or the steps), the buttons, the keys.

It composes the widgets and the controllers, and hands each event to the controller that it concerns.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from webhook_tui.domain.delivery.rows import DeliveryRows, SortColumn
from webhook_tui.domain.events import SessionUpdated
from webhook_tui.ui import actions
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.frame_budget import FrameBudget
from webhook_tui.ui.messages import (
    LeaveRequested,
    LinkPicked,
    QueryRequested,
    RingChanged,
)
from webhook_tui.ui.widgets.keys.action_bar import ActionBar
from webhook_tui.ui.widgets.keys.key_bar import KeyBar
from webhook_tui.ui.widgets.split_pane import SplitPane
from webhook_tui.ui.widgets.status.notice_bar import NoticeBar
from webhook_tui.ui.widgets.status.status_bar import StatusBar
from webhook_tui.ui.widgets.status.steps_view import StepsView
from webhook_tui.ui.widgets.table.checked_rows import CheckedRows
from webhook_tui.ui.widgets.table.delivery_cells import Part
from webhook_tui.ui.widgets.table.table import Table

if TYPE_CHECKING:
    from webhook_tui.ui.screens.main_controllers import MainControllers
    from webhook_tui.ui.views.detail.pane import DetailPane
    from webhook_tui.ui.views.stream_pane import StreamPane
    from webhook_tui.ui.widgets.filter_bar import FilterBar, FilterInput
    from webhook_tui.ui.widgets.suggestion_list import SuggestionList


class MainScreen(Screen[None]):
    """Everything but the dialogs."""

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 -- Textual's
        *((0, "-small"), (72, "-stacked"), (100, "-beside"), (120, "-wide"), (160, "-halved")),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*actions.BINDINGS]

    def __init__(
        self,
        context: AppContext,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        thread_time: Callable[[], float] = time.thread_time,
    ) -> None:
        """`monotonic` and `thread_time`: as of FrameBudget."""
        super().__init__()
        self.context = context
        self.frames = FrameBudget(self, monotonic=monotonic, thread_time=thread_time)
        self._has_ended = False
        self.notices = NoticeController(context, self)
        self.deliveries = DeliveriesController(context, self, self.notices, self.frames, monotonic=monotonic)
        self._is_complete = False
        self._early_actions: list[str] = []
        """Asked for by keys that were pressed before everything was mounted."""

    @cached_property
    def controllers(self) -> MainControllers:
        """What carries out the actions: imported and made with the rest of the screen, after the first frame."""
        from webhook_tui.ui.screens.main_controllers import MainControllers

        return MainControllers(self)

    def compose(self) -> ComposeResult:
        now, in_ascii = self.context.now, self.context.in_ascii
        yield StatusBar(now=now, in_ascii=in_ascii)
        yield NoticeBar()
        table = self.deliveries.table
        table.can_focus = False  # the heading alone, until there is a delivery
        yield SplitPane(table, split=self.context.preferences.read().split, id="body")
        yield StepsView(classes="-waiting")
        yield ActionBar()
        yield KeyBar()
        yield Static(id="too-small", markup=False)

    async def complete(self) -> None:
        """Import and mount what the first frame does not show: nearly half of all that there is to import and style."""
        from webhook_tui.ui.views.detail.pane import DetailPane
        from webhook_tui.ui.views.stream_pane import StreamPane
        from webhook_tui.ui.widgets.filter_bar import FilterBar, MistakeLine
        from webhook_tui.ui.widgets.suggestion_list import SuggestionList

        now, in_ascii = self.context.now, self.context.in_ascii
        suggestions = SuggestionList(in_ascii=in_ascii)
        with self.app.batch_update():
            for mounted in (  # all in one turn, since the screen may be closed between two
                self.query_one("#body").mount(DetailPane(now=now, in_ascii=in_ascii)),
                self.mount(StreamPane(self.frames, now=now, in_ascii=in_ascii), after="#body"),
                self.mount(FilterBar(suggestions), before=self.query_one(KeyBar)),
                self.mount(MistakeLine(), suggestions, after=self.query_one(KeyBar)),
            ):
                await mounted
            self._is_complete = True
            self.query_one(SplitPane).divide()
            self.controllers.panes.resize(self.size)
            self._arrange()
        self.set_interval(1.0, partial(self.frames.request, self._tick))
        self.watch(self, "focused", self.controllers.panes.hold_following)
        for name in self._early_actions:
            self.action_run(name)

    def on_mount(self) -> None:
        status = self.context.status
        self.query_one(StatusBar).show(status)
        self.query_one(ActionBar).show(status)
        self.query_one(StepsView).show(status, self.context.now())

    def on_screen_suspend(self) -> None:
        """Behind a dialog the footer is empty: its buttons show the keys."""
        self.query_one(KeyBar).add_class("-behind")

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        self.query_one(KeyBar).remove_class("-behind")
        event.refresh_styles = event.refresh_styles and self._is_complete  # mounting has just set them

    def on_resize(self, event: events.Resize) -> None:
        """Show a line in place of everything where there is no room."""
        if self._is_complete:
            self.controllers.panes.resize(event.size)

    # Session

    def show_update(self, update: SessionUpdated) -> None:
        """Show all that changed, whose status is the context's."""
        if update.status is not None:
            self._on_status_changed()
        self.deliveries.add_forward_results(update.results)
        if update.replay is not None:
            self.controllers.replay.on_progress(update.replay)
        if (update.newest_seq or update.reverified or update.changed) and self.deliveries.rows is not None:
            self._refresh_deliveries(update)
        elif update.status is not None:
            self._show_status()

    def show_status(self) -> None:
        """Show another status."""
        self._on_status_changed()
        self._show_status()

    def _on_status_changed(self) -> None:
        has_ended = self.context.status.end is not None
        if has_ended is not self._has_ended:
            self._has_ended = has_ended
            self.refresh_bindings()
            if has_ended and self._is_complete:
                self.controllers.on_session_ended()
        self.notices.on_status_changed()
        if self._is_complete:
            self.controllers.annotations.on_status_changed()

    def open_history(self, opened: DeliveryRows) -> None:
        """Show a history that was opened."""
        rows = CheckedRows(opened, self.deliveries.reader)
        self.controllers.filter.search.close()
        self.deliveries.open(rows)
        self.controllers.filter.search.on_history_opened()
        self.controllers.layout.restore()
        self.controllers.panes.stream.forget()
        self._arrange()

    def _refresh_deliveries(self, update: SessionUpdated) -> None:
        """Show new rows, and rows that changed."""
        changed = (*update.reverified, *update.changed)
        self.deliveries.delivery_table.refresh_rows()
        self.controllers.filter.search.on_rows_changed(changed)
        if update.reverified:
            self.deliveries.delivery_table.mark_changed(update.reverified)
        self._arrange()
        self.deliveries.on_changed(changed, has_new=update.newest_seq is not None)

    def show_deletion(self) -> None:
        """Show what is left after deliveries were deleted; nothing: the steps again."""
        self.controllers.annotations.on_deliveries_deleted()
        self._arrange()

    def close(self) -> None:
        """Release what the controllers hold."""
        if self._is_complete:
            self.controllers.filter.search.close()
            self.controllers.payload_query.close()
            self.controllers.images.close()
            self.controllers.downloads.stop()
        if self.deliveries.rows is not None:
            self.deliveries.rows.close()
            self.deliveries.rows = None
        self.deliveries.reader.close()

    def _arrange(self) -> None:
        self.controllers.panes.arrange()
        self._show_status()

    def _show_status(self) -> None:
        status = self.context.status
        self.query_one(StatusBar).show(status)
        self.controllers.panes.stream.show_status(status.stream)
        self.deliveries.show_differing(status.stream.differing_deliveries)
        self.notices.refresh()
        self.query_one(ActionBar).show(status)
        if not self.deliveries.total:
            self.query_one(StepsView).show(status, self.context.now())
            self.controllers.panes.focus_next_step()

    def _tick(self) -> None:
        self.query_one(StatusBar).tick()
        self.notices.tick()
        self.deliveries.retry()
        if self.deliveries.have_gone():
            self.show_deletion()
        self.controllers.layout.keep()
        if not self.deliveries.total:
            self.query_one(StepsView).show(self.context.status, self.context.now())

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action is available now."""
        if action != "run":
            return True
        name = str(parameters[0])
        needs = actions.BY_ID[name]
        if needs.needs_delivery and not (self._is_complete and self.controllers.panes.shows_deliveries):
            return False
        if needs.needs_session and self.context.status.end is not None:
            return False
        match name:
            case "screen.tips":
                return self.context.status.sandbox
            case "work.stop":
                return self._is_complete and self.controllers.work.is_busy
            case "work.pause":
                return self._is_complete and self.controllers.work.can_be_paused
            case "table.show_all":
                return self.controllers.filter.is_on and self.deliveries.table.has_focus
            case "table.into_detail":
                return self.deliveries.table.has_focus and self.deliveries.total > 0
            case _:
                return True

    def action_run(self, name: str) -> None:
        if self._is_complete:
            self.controllers.handlers[name]()
        elif name == "screen.leave":
            self.leave()
        else:
            self._early_actions.append(name)

    def action_copy_text(self) -> None:
        """Copy what the mouse has selected; without a selection the key has its other meaning."""
        selected = self.get_selected_text()
        if not selected:
            raise SkipAction
        self.clear_selection()
        self.context.app.copy(selected, "the selection")

    def leave(self) -> None:
        """Ask the app to end."""
        if self._is_complete:
            self.controllers.layout.keep()
        self.post_message(LeaveRequested())

    # Events of the widgets

    def on_table_cursor_moved(self, event: Table.CursorMoved) -> None:
        event.stop()
        self.deliveries.on_cursor_moved(by_itself=event.by_itself)

    def on_table_row_opened(self, event: Table.RowOpened) -> None:
        event.stop()
        self.controllers.panes.enter_detail()

    def on_table_follow_changed(self, event: Table.FollowChanged) -> None:
        """Show where the newest delivery is."""
        event.stop()
        self.controllers.panes.show_follow()

    def on_table_heading_clicked(self, event: Table.HeadingClicked) -> None:
        event.stop()
        if self.controllers.panes.shows_deliveries:
            self.controllers.filter.sort_by(SortColumn(event.name))

    def on_table_part_clicked(self, event: Table.PartClicked) -> None:
        event.stop()
        if self.controllers.panes.shows_deliveries:
            self.controllers.clicks.on_row(Part(event.part))

    def on_filter_bar_typed(self, event: FilterBar.Typed) -> None:
        event.stop()
        self.controllers.filter.on_typed(event.text, rests=event.rests)

    def on_filter_input_cursor_moved(self, event: FilterInput.CursorMoved) -> None:
        event.stop()
        self.controllers.filter.show_suggestions()

    def on_filter_input_kept(self, event: FilterInput.Kept) -> None:
        event.stop()
        self.controllers.filter.on_submitted()

    def on_filter_input_cleared(self, event: FilterInput.Cleared) -> None:
        event.stop()
        self.controllers.filter.on_cleared()

    def on_filter_input_named(self, event: FilterInput.Named) -> None:
        event.stop()
        self.controllers.filter.save(event.name, event.text)

    def on_filter_input_name_removed(self, event: FilterInput.NameRemoved) -> None:
        event.stop()
        self.controllers.filter.remove(event.name)

    def on_suggestion_list_clicked(self, event: SuggestionList.Clicked) -> None:
        event.stop()
        self.controllers.filter.accept(event.suggestion)

    def on_status_bar_part_clicked(self, event: StatusBar.PartClicked) -> None:
        event.stop()
        if self._is_complete:
            self.controllers.clicks.on_status(event.part)

    def on_stream_pane_closed(self, event: StreamPane.Closed) -> None:
        event.stop()
        self.controllers.panes.close_stream()

    def on_detail_pane_query_checked(self, event: DetailPane.QueryChecked) -> None:
        event.stop()
        self.controllers.payload_query.point_at(event.mistake)

    def on_ring_changed(self, message: RingChanged) -> None:
        """Explain the signature again, which lists the secrets of the ring."""
        from webhook_tui.ui.views.detail.bodies import DetailBodies

        message.stop()
        self.query_one(DetailBodies).forget_report()

    def on_query_requested(self, message: QueryRequested) -> None:
        message.stop()
        self.controllers.payload_query.run(message)

    def on_link_picked(self, message: LinkPicked) -> None:
        message.stop()
        self.controllers.links.confirm(message.url)
