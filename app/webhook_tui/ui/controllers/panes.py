"""Which panes are on the screen, and which one has the focus."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.deliveries import DeliveriesController
from webhook_tui.ui.controllers.notices import NoticeController
from webhook_tui.ui.dialogs.dialog import ask
from webhook_tui.ui.format.keys import help_rows
from webhook_tui.ui.format.status.steps import next_step
from webhook_tui.ui.views.detail.shown_delivery import SIGNATURE
from webhook_tui.ui.views.stream_pane import StreamPane
from webhook_tui.ui.widgets.keys.action_bar import FollowNote
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.split_pane import SplitPane
from webhook_tui.ui.widgets.status.steps_view import StepsView

LEAST_WIDTH, LEAST_HEIGHT = 40, 10


class PaneController:
    """Moves the focus, opens and closes panes."""

    def __init__(
        self, context: AppContext, screen: Screen[None], deliveries: DeliveriesController, notices: NoticeController
    ) -> None:
        self._context = context
        self._screen = screen
        self._deliveries = deliveries
        self._notices = notices
        self._came_from: Widget | None = None
        """What had the focus before the detail or the stream was opened."""
        self._focused_step: str | None = None
        self._is_waiting = True
        """For the first delivery."""
        self._focused_before: Widget | None = None
        """What had the focus while there was room."""

    @property
    def _body(self) -> SplitPane:
        return self._screen.query_one(SplitPane)

    @property
    def stream(self) -> StreamPane:
        """The comparison of webhook and SSE; it may be closed."""
        return self._screen.query_one(StreamPane)

    @property
    def shows_deliveries(self) -> bool:
        """Whether table and detail are on the screen."""
        return bool(self._deliveries.total) and not self.stream.is_open

    @property
    def is_in_detail(self) -> bool:
        """Whether the focus is in the detail."""
        focused = self._screen.focused
        return focused is not None and self._deliveries.detail in focused.ancestors

    def arrange(self) -> None:
        """Show rows and detail as soon as there is a delivery; before that, the steps below the heading."""
        waits = not self._deliveries.total
        if waits is not self._is_waiting:
            self._is_waiting = waits
            self._switch_steps()
        self.show_follow()

    def _switch_steps(self) -> None:
        waits, table = self._is_waiting, self._deliveries.table
        self._body.is_waiting = waits
        self._screen.query_one(StepsView).set_class(waits, "-waiting")
        table.can_focus = not waits
        if waits:
            self._body.is_zoomed = False  # else the table would be hidden when it gets the focus again
        if not waits and not self.stream.is_open:
            table.focus()
        elif waits and table.has_focus:
            self._focused_step = None
            self._screen.set_focus(None)
        self._screen.refresh_bindings()

    def show_follow(self) -> None:
        """Show where the newest delivery is."""
        table = self._deliveries.table
        self._screen.query_one(FollowNote).show(
            following=table.following, waits=table.waits, below=table.below, is_used=bool(self._deliveries.total)
        )

    def focus_next_step(self) -> None:
        """Focus the button of the next step once, so that the user can leave it."""
        wanted = next_step(self._context.status)
        if wanted is not None and wanted != self._focused_step and not self.stream.is_open:
            self._focused_step = wanted
            self._screen.query_one(f"#{wanted}", KeyButton).focus()

    def hold_following(self) -> None:
        """Pause following while the detail is read, also while the terminal has lost the focus."""
        if self._context.app.app_focus:
            self._deliveries.table.waits = self.is_in_detail or self._body.is_zoomed

    def resize(self, size: Size) -> None:
        """Below the minimum size show only one line about it."""
        width, height = size
        tiny = width < LEAST_WIDTH or height < LEAST_HEIGHT
        if tiny:
            self._focused_before = self._screen.focused or self._focused_before
        self._screen.set_class(tiny, "-tiny")
        needs = f"{LEAST_WIDTH}×{LEAST_HEIGHT}"
        notes = (f"webhook-tui needs {needs}, this is {width}×{height}", f"needs {needs}, is {width}×{height}", needs)
        note = next((text for text in notes if len(text) <= width), "")
        self._screen.query_one("#too-small", Static).update(Content(note))
        if not tiny and self._screen.focused is None:
            self._screen.call_after_refresh(self._focus_again)

    def _focus_again(self) -> None:
        """Focus what had the focus before there was no room, else the table."""
        if self._screen.focused is not None:
            return
        before, self._focused_before = self._focused_before, None
        if before is not None and before.is_attached and before.display:
            self._screen.set_focus(before)
        elif self._deliveries.total:
            self._screen.set_focus(self._deliveries.table)

    # Detail

    def enter_detail(self) -> None:
        """Focus the body of the active tab."""
        self._came_from = None
        self._deliveries.detail.body_widget.focus()

    def why(self) -> None:
        """Focus the Signature tab; back returns to where it was asked."""
        if self._deliveries.current() is not None:
            self.show_tab(SIGNATURE)
            self._notices.on_action("delivery.why")

    def show_tab(self, tab: str) -> None:
        """Focus a tab of the detail; back returns to where it was asked."""
        if not self.is_in_detail:
            self._came_from = self._screen.focused
        self._deliveries.detail.choose(tab)
        self._deliveries.detail.body_widget.focus()

    def change_tab(self, step: int) -> None:
        """Show the next tab of the detail, or the previous one."""
        self._deliveries.detail.step(step)

    def go_to_match(self, step: int) -> None:
        """Go to the next match in the payload, or the previous one."""
        self._deliveries.sync_detail()
        self._deliveries.detail.action_find_match(step)

    def zoom(self) -> None:
        """Show the detail over the whole width, or beside the table again."""
        self._body.is_zoomed = not self._body.is_zoomed
        (self._deliveries.detail.body_widget if self._body.is_zoomed else self._deliveries.table).focus()
        self.hold_following()

    def back(self) -> None:
        """Focus the table; in the table close the notice."""
        table = self._deliveries.table
        if self.stream.is_open:
            self.close_stream()
            return
        if not self._deliveries.total or table.has_focus:
            self._notices.close()
            return
        self._body.is_zoomed = False
        target, self._came_from = self._came_from or table, None
        target.focus()
        self.hold_following()

    def show_help(self) -> None:
        """Show the keys that work where the focus is."""
        from webhook_tui.ui.dialogs.help import HelpDialog

        in_detail, app = self.is_in_detail, self._context.app
        rows = help_rows([active.binding for active in self._screen.active_bindings.values()], detail_first=in_detail)
        shown = "this delivery" if in_detail else "webhook and SSE" if self.stream.is_open else "deliveries"
        ask(app, HelpDialog(shown, rows), app.simulate_key)

    # Stream

    def _hide_deliveries(self, is_hidden: bool) -> None:
        """Hide the panes of the deliveries, or the steps in their place, or show them again.

        By their own styles: after a class Textual styles every widget in them again.
        """
        for pane in (self._body, self._screen.query_one(StepsView)):
            pane.styles.display = "none" if is_hidden else None
        self._screen.query_one(FollowNote).visible = not is_hidden

    def toggle_stream(self) -> None:
        """Show the comparison of webhook and SSE in place of table and detail, or these again."""
        if self.stream.is_open:
            self.close_stream()
        else:
            self.open_stream()

    def open_stream(self) -> None:
        """Show the comparison."""
        if self.stream.is_open:
            return
        self._came_from = self._screen.focused
        self._hide_deliveries(True)
        self.stream.open()
        self._screen.refresh_bindings()

    def show_sides(self, event_id: str) -> None:
        """Show what each channel brought of one event."""
        self.open_stream()
        self.stream.show_sides(event_id)

    def show_unequal(self) -> None:
        """Show the events that one channel alone brought, or that differ."""
        self.open_stream()
        self.stream.show_unequal()

    def close_stream(self) -> None:
        """Show what was there before."""
        if not self.stream.is_open:
            return
        self.stream.close()
        self._hide_deliveries(False)
        target, self._came_from = self._came_from, None
        if self._deliveries.total:
            # What had the focus may be gone: the steps' buttons, when the first delivery arrived meanwhile.
            is_there = target is not None and target in self._body.walk_children()
            target = target if is_there else self._deliveries.table
        if target is not None:
            self._screen.call_after_refresh(target.focus)
        self._screen.refresh_bindings()
