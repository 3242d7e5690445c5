"""The main screen: the route on top, the table and the detail (or the steps), the buttons, the keys.

It composes the widgets and the controllers, and hands each event to the controller that it concerns.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Static

from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.ui import actions
from webhook_tui.ui.controllers.annotations import AnnotationController
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.delivery.diff import DiffController
from webhook_tui.ui.controllers.delivery.editor import EditorController
from webhook_tui.ui.controllers.delivery.export import ExportController
from webhook_tui.ui.controllers.delivery.links import LinkController
from webhook_tui.ui.controllers.delivery.payload_query import PayloadQueryController
from webhook_tui.ui.controllers.delivery.replay import ReplayController
from webhook_tui.ui.controllers.filter import FilterController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.controllers.panes import PaneController
from webhook_tui.ui.controllers.prompts import PromptController
from webhook_tui.ui.controllers.receiver import ReceiverController
from webhook_tui.ui.controllers.statistics import StatisticsController
from webhook_tui.ui.controllers.webhook import WebhookController
from webhook_tui.ui.messages import LeaveRequested, QueryRequested
from webhook_tui.ui.views.detail.pane import DetailPane
from webhook_tui.ui.views.stream_pane import StreamPane
from webhook_tui.ui.widgets.delivery_table import DeliveryTable
from webhook_tui.ui.widgets.filter_bar import Completions, FilterBar, FilterInput, MistakeLine
from webhook_tui.ui.widgets.keys.action_bar import ActionBar
from webhook_tui.ui.widgets.keys.key_bar import KeyBar
from webhook_tui.ui.widgets.status.notice_bar import NoticeBar
from webhook_tui.ui.widgets.status.status_bar import StatusBar
from webhook_tui.ui.widgets.status.steps_view import StepsView


class MainScreen(Screen[None]):
    """Everything but the dialogs."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*actions.BINDINGS]

    def __init__(self, context: AppContext) -> None:
        super().__init__(classes="-waiting")
        self.context = context
        self._has_ended = False
        self.notices = NoticeController(context, self)
        self.deliveries = DeliveriesController(self, self.notices)
        self.panes = PaneController(context, self, self.deliveries, self.notices)
        self.filter = FilterController(context, self, self.deliveries, self.notices)
        self.annotations = AnnotationController(context, self.deliveries, self.filter)
        self.diff = DiffController(context, self.deliveries, self.notices)
        self.editor = EditorController(context, self.notices)
        self.exports = ExportController(context, self.deliveries, self.filter, self.notices)
        self.links = LinkController(context, self.deliveries, self.notices)
        self.payload_query = PayloadQueryController(context, self, self.deliveries)
        self.prompts = PromptController(context, self.panes)
        self.receiver = ReceiverController(context, self.deliveries, self.notices, self.editor)
        self.replay = ReplayController(context, self.deliveries, self.filter, self.notices, self.editor)
        self.statistics = StatisticsController(context, self.deliveries, self.filter, self.panes)
        self.webhook = WebhookController(context, self.notices, self.prompts)
        self.handlers: dict[str, Callable[[], object]] = {
            "app.status": self.statistics.show_status,
            "app.jobs": self.statistics.show_jobs,
            "table.filter": self.filter.open,
            "table.show_all": self.filter.show_all,
            "table.toggle_filter": self.filter.toggle,
            "table.sort": self.filter.sort_by_next,
            "table.follow": self.filter.follow,
            "table.into_detail": self.panes.enter_detail,
            "delivery.why": self.panes.why,
            "delivery.replay": self.replay.replay,
            "delivery.edit": self.replay.edit_and_replay,
            "delivery.copy_as": self.exports.copy,
            "delivery.export": self.exports.export,
            "delivery.mark": self.annotations.mark,
            "delivery.comment": self.annotations.comment,
            "delivery.delete": self.annotations.delete_current,
            "delivery.diff": self.diff.show,
            "delivery.simulate": self.receiver.simulate,
            "detail.zoom": self.panes.zoom,
            "history.runs": self.statistics.show_runs,
            "history.clear": self.annotations.delete_unmarked,
            "payload.next_match": partial(self.panes.go_to_match, 1),
            "payload.match_before": partial(self.panes.go_to_match, -1),
            "payload.query": self.payload_query.open,
            "payload.open_link": self.links.open,
            "piktid.ping": self.webhook.ping,
            "piktid.register": self.webhook.register,
            "piktid.delete": self.webhook.delete,
            "piktid.add_secret": self.webhook.add_secret,
            "piktid.secret": self.webhook.show_secrets,
            "piktid.copy_url": self.webhook.copy_url,
            "receiver.answers": self.receiver.set_answers,
            "receiver.forward": self.receiver.forward,
            "route.addresses": self.webhook.show_addresses,
            "route.check": self.receiver.check_public_url,
            "screen.back": self.panes.back,
            "screen.help": self.panes.show_help,
            "screen.leave": self._leave,
            "screen.next_pane": self.focus_next,
            "screen.previous_pane": self.focus_previous,
            "stream.show": self.panes.toggle_stream,
            "tabs.previous": partial(self.panes.change_tab, -1),
            "tabs.next": partial(self.panes.change_tab, 1),
        }
        """What each action of the registry does."""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        now, in_ascii = self.context.now, self.context.in_ascii
        yield StatusBar(now=now, in_ascii=in_ascii)
        yield NoticeBar()
        with Container(id="body"):
            yield DeliveryTable(now=now, ascii=in_ascii)
            yield DetailPane(now=now, in_ascii=in_ascii)
        yield StreamPane(now=now, in_ascii=in_ascii)
        yield StepsView()
        yield ActionBar()
        yield FilterBar()
        yield KeyBar()
        yield MistakeLine()
        yield Completions()
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        """Show the first status; count ages and seconds from now on."""
        self._arrange()
        self.set_interval(1.0, self._tick)
        self.watch(self, "focused", self.panes.hold_following)

    def on_screen_suspend(self) -> None:
        """Behind a dialog the footer is empty: its buttons show the keys."""
        self.query_one(KeyBar).add_class("-behind")

    def on_screen_resume(self) -> None:
        """The keys work again."""
        self.query_one(KeyBar).remove_class("-behind")

    def on_resize(self, event: events.Resize) -> None:
        """Show a line in place of everything where there is no room."""
        self.panes.resize(event.size)

    # Session

    def show_status(self) -> None:
        """Show another status."""
        has_ended = self.context.status.end is not None
        if has_ended is not self._has_ended:
            self._has_ended = has_ended
            self.refresh_bindings()
        self.notices.on_status_changed()
        self._show_status()

    def open_history(self, rows: DeliveryRows) -> None:
        """Show a history that was opened."""
        self.filter.search.close()
        self.deliveries.open(rows)
        self.filter.search.on_history_opened()
        self.panes.stream.forget()
        self._arrange()

    def refresh_deliveries(
        self, newest_seq: int | None, reverified: tuple[int, ...], annotated: tuple[int, ...]
    ) -> None:
        """Show new rows up to `newest_seq` (None: there is none), and rows that changed."""
        changed = (*reverified, *annotated)
        self.deliveries.table.refresh_rows()
        self.filter.search.on_rows_changed(changed)
        if reverified:
            self.deliveries.table.mark_changed(reverified)
        self._arrange()
        self.deliveries.on_changed(changed, has_new=newest_seq is not None)

    def close(self) -> None:
        """Release what the controllers hold."""
        self.filter.search.close()
        self.payload_query.close()
        if self.deliveries.rows is not None:
            self.deliveries.rows.close()
            self.deliveries.rows = None

    def _arrange(self) -> None:
        self.panes.arrange()
        self._show_status()

    def _show_status(self) -> None:
        status = self.context.status
        self.query_one(StatusBar).show(status)
        self.panes.stream.show_status(status.stream)
        self.notices.refresh()
        self.query_one(ActionBar).show(status)
        if not self.deliveries.total:
            self.query_one(StepsView).show(status, self.context.now())
            self.panes.focus_next_step()

    def _tick(self) -> None:
        self.query_one(StatusBar).tick()
        self.notices.tick()
        if not self.deliveries.total:
            self.query_one(StepsView).show(self.context.status, self.context.now())

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action is available now."""
        if action != "run":
            return True
        name = str(parameters[0])
        needs = actions.BY_ID[name]
        if needs.needs_delivery and not self.panes.shows_deliveries:
            return False
        if needs.needs_session and self.context.status.end is not None:
            return False
        match name:
            case "table.show_all":
                return self.filter.is_on and self.deliveries.table.has_focus
            case "table.into_detail":
                return self.deliveries.table.has_focus and self.deliveries.total > 0
            case _:
                return True

    def action_run(self, name: str) -> None:
        """Run the action with that id."""
        self.handlers[name]()

    def action_copy_text(self) -> None:
        """Copy what the mouse has selected; without a selection the key has its other meaning."""
        selected = self.get_selected_text()
        if not selected:
            raise SkipAction
        self.clear_selection()
        self.context.app.copy(selected, "the selection")

    def _leave(self) -> None:
        self.post_message(LeaveRequested())

    # Events of the widgets

    def on_delivery_table_cursor_moved(self, event: DeliveryTable.CursorMoved) -> None:
        """Show the delivery under the cursor."""
        event.stop()
        self.deliveries.show(event.seq)

    def on_delivery_table_row_opened(self, event: DeliveryTable.RowOpened) -> None:
        """Go into the detail."""
        event.stop()
        self.panes.enter_detail()

    def on_delivery_table_follow_changed(self, event: DeliveryTable.FollowChanged) -> None:
        """Show where the newest delivery is."""
        event.stop()
        self.panes.show_follow()

    def on_delivery_table_heading_clicked(self, event: DeliveryTable.HeadingClicked) -> None:
        """Sort by the column."""
        event.stop()
        self.filter.sort_by(event.column)

    def on_filter_bar_typed(self, event: FilterBar.Typed) -> None:
        """Apply what was typed."""
        event.stop()
        self.filter.on_typed(event.text, rests=event.rests)

    def on_filter_input_cursor_moved(self, event: FilterInput.CursorMoved) -> None:
        """Show what could be written there."""
        event.stop()
        self.filter.show_completions()

    def on_filter_input_kept(self, event: FilterInput.Kept) -> None:
        """Keep the filter."""
        event.stop()
        self.filter.on_submitted()

    def on_filter_input_cleared(self, event: FilterInput.Cleared) -> None:
        """Clear the filter."""
        event.stop()
        self.filter.on_cleared()

    def on_status_bar_count_clicked(self, event: StatusBar.CountClicked) -> None:
        """Show what was counted."""
        event.stop()
        self.statistics.show_counted(event.count)

    def on_stream_pane_closed(self, event: StreamPane.Closed) -> None:
        """Show the deliveries again."""
        event.stop()
        self.panes.close_stream()

    def on_detail_pane_query_checked(self, event: DetailPane.QueryChecked) -> None:
        """Point at a mistake."""
        event.stop()
        self.payload_query.point_at(event.mistake)

    def on_query_requested(self, message: QueryRequested) -> None:
        """Query the payload."""
        message.stop()
        self.payload_query.run(message)
