"""The detail pane: headline, tabs and the body of the active tab, for the delivery under the table's cursor.

A tab is filled when it is shown; the report of the Signature tab is requested from the session then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.payload.query import Mistake, QueryResult
from webhook_tui.ui.actions import screen_action
from webhook_tui.ui.messages import CopyRequested, QueryRequested
from webhook_tui.ui.views.detail.bodies import DetailBodies
from webhook_tui.ui.views.detail.last_line import LastLine
from webhook_tui.ui.views.detail.payload_query import PayloadQuery
from webhook_tui.ui.views.detail.shown_delivery import (
    ANSWER,
    ATTEMPTS,
    PAYLOAD,
    RAW,
    SIGNATURE,
    TABS,
    ShownDelivery,
)
from webhook_tui.ui.widgets.detail.find_input import FindInput
from webhook_tui.ui.widgets.detail.headline import Headline
from webhook_tui.ui.widgets.detail.query_input import QueryInput
from webhook_tui.ui.widgets.detail.tab_strip import TabStrip, TabStrips
from webhook_tui.ui.widgets.payload.document import Document
from webhook_tui.ui.widgets.payload.view import PayloadView
from webhook_tui.ui.widgets.split_pane import SplitPane

_NEXT_TAB = screen_action("tabs.next")


class DetailPane(Vertical):
    """Shows one delivery."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="esc", id="detail.back", tooltip="back to the table"),
        Binding("right_square_bracket", _NEXT_TAB, "Tabs", key_display="[ ]", id="tabs.next", tooltip="next tab"),
        Binding("n", "find_match(1)", "Next match", id="payload.next_match", tooltip="next match in the payload"),
        Binding("N", "find_match(-1)", "Previous", show=False, id="payload.match_before", tooltip="previous match"),
        Binding("ctrl+f", "find", "Find", show=False, id="payload.find", tooltip="search in the payload"),
        Binding("p", "add_secret", "Add secret", id="piktid.add_secret", tooltip="add a secret to the ring"),
        Binding("y", "copy_tab", "Copy", id="delivery.copy", tooltip="copy"),
        Binding("z", screen_action("detail.zoom"), "Zoom", id="detail.zoom", tooltip="zoom the detail"),
    ]
    DEFAULT_CSS = "DetailPane #tab-gap { height: 0; }"

    class QueryChecked(Message):
        """The expression that is typed was parsed, or has a mistake."""

        def __init__(self, mistake: Mistake | None) -> None:
            super().__init__()
            self.mistake = mistake

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        super().__init__(id="detail")
        self._now = now
        self._in_ascii = in_ascii
        self._shown = ShownDelivery()
        self._bodies = DetailBodies(self._shown, now=now, in_ascii=in_ascii)
        self._query = PayloadQuery()

    def compose(self) -> ComposeResult:
        yield Headline(now=self._now, in_ascii=self._in_ascii)
        yield Static(id="tab-gap")
        yield TabStrips(TABS)
        yield self._bodies
        yield LastLine()

    @property
    def seq(self) -> int | None:
        """The number of the delivery that is shown."""
        return self._shown.seq

    @property
    def stored(self) -> StoredDelivery | None:
        """The delivery that is shown."""
        return self._shown.stored

    @property
    def tabs(self) -> tuple[str, ...]:
        """The names of the tabs that the delivery has."""
        return self._shown.tabs

    @property
    def tab(self) -> str:
        """The name of the active tab."""
        return self._bodies.tab

    @property
    def body_widget(self) -> Widget:
        """The body of the active tab."""
        return self._bodies.active

    @property
    def json_path(self) -> str:
        """The JSON path of the payload's line under the cursor; "" if there is none."""
        body = self.body_widget
        return body.path if isinstance(body, PayloadView) and not self._is_querying else ""

    @property
    def query_content(self) -> bytes:
        """The result of the query of this payload as JSON text; b"" without one."""
        return self._query.found_in(self.seq) if self._is_querying else b""

    @property
    def _is_querying(self) -> bool:
        return self._query.is_on and self._bodies.text_tab == PAYLOAD

    # The delivery

    def show(self, rows: DeliveryRows, seq: int) -> None:
        """Show delivery `seq`, or in its place why it cannot be read; do nothing if it does not exist."""
        is_other, had_focus = self.seq != seq, self.body_widget.has_focus_within
        if self._shown.load(rows, seq):
            self._fill(self.tab if self.tab in self.tabs else PAYLOAD, from_top=is_other)
        elif self._shown.failure is not None:  # not the delivery before: it would be taken for this one
            self.query_one(Headline).show_number(seq)
            self._bodies.show_failure(self._shown.failure)
            self.query_one(LastLine).show("", "")
        if had_focus:
            self.body_widget.focus()

    def use_rows(self, rows: DeliveryRows) -> None:
        """Read from other rows from now on; a delivery that they do not have stays until another one is shown."""
        self._shown.rows = rows
        self.reread()

    def reread(self) -> None:
        """Read the delivery again after its verdict, its answer or its attempts changed."""
        if self._shown.rows is not None and self.seq is not None:
            self.show(self._shown.rows, self.seq)

    def recount(self) -> None:
        """Read only the attempts again, after other deliveries were stored; one alone has no tab for them."""
        if not self._shown.reload_attempts():
            return
        if self.tab in self.tabs:
            self._refill(ATTEMPTS)
        else:
            self.reread()

    def add_forward_results(self, results: Sequence[ForwardResult]) -> bool:
        """Add outcomes of forwards and replays; return whether one of them is visible now."""
        for result in results:
            self._shown.forward_history.add(result)
        return any(result.seq == self.seq for result in results) and self._refill(ANSWER)

    def _refill(self, tab: str) -> bool:
        """Fill a tab again if it is shown, else only the headline; return whether it is shown."""
        is_shown = tab in self._bodies.shown
        if is_shown:
            self._fill(self.tab)
        else:
            self._fill_head()
        return is_shown

    # Tabs

    def choose(self, tab: str) -> None:
        """Show another tab; its body gets the focus if the previous one had it."""
        had_focus = self.body_widget.has_focus_within
        if tab not in self.tabs or tab == self.tab:
            return
        self._fill(tab)
        if had_focus:
            self.body_widget.focus()
        self.refresh_bindings()

    def step(self, by: int) -> None:
        """Show the next tab of the active half, or the previous one, round the ends."""
        self.choose(self._bodies.pages.step(self.tabs, by))

    def on_resize(self) -> None:
        """Show two pages where there is room for both; zoomed, the active one has all of it."""
        if self._bodies.pages.fit(self.content_size.width, is_zoomed=self.query_ancestor(SplitPane).is_zoomed):
            self._fill(self.tab)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The tab whose body has the focus is the active one."""
        tab = self._bodies.tab_of(event.widget)
        if tab and tab != self.tab:
            self._bodies.pages.choose(tab)
            self._fill_head()
            self._show_last_line()
            self.refresh_bindings()

    def on_tab_strip_picked(self, event: TabStrip.Picked) -> None:
        event.stop()
        self.choose(event.name)
        self.body_widget.focus()

    def _fill(self, tab: str, *, from_top: bool = False) -> None:
        if self.seq is None:
            return
        self._bodies.pages.choose(tab)
        is_queried = self._query.is_on
        if self._bodies.fill(from_top=from_top, without_body=is_queried) and is_queried:
            # From this pane's own turn: Textual stops a message at the parent in whose turn it was made.
            self.call_later(self._request_query)
        self._fill_head()
        self._show_last_line()

    def _fill_head(self) -> None:
        if self.stored is None:
            return
        text = self._bodies.outcome
        self.query_one(Headline).show(self.stored.row, text=text, with_key=self.tab != SIGNATURE)
        self.query_one(TabStrips).show(*[(page.tabs, page.shown) for page in self._bodies.pages.of(self.tabs)])

    @on(PayloadView.Loaded)
    @on(DetailBodies.NotesChanged)
    def on_content_changed(self, event: Message) -> None:
        event.stop()
        self._show_last_line()

    # Search

    def action_find(self) -> None:
        self._go_to_text()
        self.query_one(LastLine).open(FindInput)

    def action_find_match(self, step: int) -> None:
        """Go to the next match, or the previous one; without a search ask what to search for."""
        if not self._bodies.sought:
            self.action_find()
            return
        self._go_to_text()
        self._bodies.find_next(backwards=step < 0)
        self._show_last_line()

    def _go_to_text(self) -> None:
        if not self._bodies.text_tab:
            self.choose(PAYLOAD)

    def on_find_input_done(self, event: FindInput.Done) -> None:
        """Go to the first match, the body in focus."""
        event.stop()
        self._bodies.find(event.text)
        self._show_last_line()

    # Query

    def open_query(self) -> None:
        """Ask for an expression."""
        self.choose(PAYLOAD)
        self.query_one(LastLine).open(QueryInput)

    def show_query(self, seq: int, expression: str, result: QueryResult, document: Document | None) -> None:
        """Show the result of a query, unless it is of another delivery or expression."""
        if seq != self.seq or expression != self._query.expression:
            return
        self._query.take(seq, result, document)
        if document is not None:
            self.query_one("#payload", PayloadView).show(document)  # whichever tab is shown
        self.post_message(self.QueryChecked(result.mistake))
        self._show_last_line()

    def on_query_input_typed(self, event: QueryInput.Typed) -> None:
        event.stop()
        self._set_query(event.text)

    def on_query_input_kept(self, event: QueryInput.Kept) -> None:
        """Run the query; its result gets the focus."""
        event.stop()
        self._bodies.view.focus()
        self.post_message(self.QueryChecked(None))
        self._set_query(event.text)

    def _set_query(self, expression: str) -> None:
        if expression == self._query.expression:
            self._show_last_line()
            return
        self._query.begin(expression)
        if not expression:
            self._query = PayloadQuery()
            self._bodies.forget(PAYLOAD)
            self.post_message(self.QueryChecked(None))
        self._request_query()
        self._fill(self.tab)

    def _request_query(self) -> None:
        if self.stored is not None:
            self.post_message(QueryRequested(self.stored.row.seq, self.stored.delivery.body, self._query.expression))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Return whether an action applies to the active tab."""
        if action in ("find_match", "find"):
            return bool(self._bodies.text_tab)
        return self.tab == SIGNATURE if action == "add_secret" else True

    async def action_back(self) -> None:
        """End the query; without one go to the table."""
        if self._is_querying:
            self.query_one(LastLine).clear_query()
            self._set_query("")
        else:
            await self.run_action(screen_action("screen.back"))

    async def action_add_secret(self) -> None:
        await self.run_action(screen_action("piktid.add_secret"))

    async def action_copy_tab(self) -> None:
        """Copy the selection or the tab as text without secrets; for a body ask in which format."""
        if self.stored is None:
            return
        if selected := self.screen.get_selected_text():
            self.screen.clear_selection()
            self.post_message(CopyRequested(selected, "the selection"))
        elif self.tab in (PAYLOAD, RAW):
            await self.run_action(screen_action("delivery.copy_as"))
        else:
            self.post_message(CopyRequested(*self._bodies.text()))

    # Last line

    def on_payload_view_path_changed(self, event: PayloadView.PathChanged) -> None:
        event.stop()
        self._bodies.forget_missing()
        self._show_last_line()

    def _show_last_line(self) -> None:
        if self.stored is None:
            return
        place, notes = self._bodies.summary(self.content_size.width, is_queried=self._query.is_on)
        if self._is_querying and self.tab == PAYLOAD:
            place, notes = self._query.label(place), "esc ends it"
        self.query_one(LastLine).show(place, notes, warns=self._bodies.warns() and not self._is_querying)
