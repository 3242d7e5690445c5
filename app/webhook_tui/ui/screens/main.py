"""The main screen: the route on top, the table and the detail (or the steps), the buttons, the keys.

It knows the session only as news that come down and requests that go up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from webhook_tui.domain.commands import AddSecret, SendTestPing
from webhook_tui.domain.delivery.rows import Sort
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem, Severity
from webhook_tui.domain.status import SessionStatus, WebhookState
from webhook_tui.ui.dialogs.addresses import AddressesDialog
from webhook_tui.ui.dialogs.help import HelpDialog
from webhook_tui.ui.dialogs.secret import AddSecretDialog
from webhook_tui.ui.dialogs.secrets import SecretsDialog
from webhook_tui.ui.format.keys import help_rows
from webhook_tui.ui.format.notices import Notice, chosen
from webhook_tui.ui.format.steps import next_step
from webhook_tui.ui.messages import (
    AnswersRequested,
    CommandRequested,
    CopyRequested,
    DeleteRequested,
    DeliveriesChanged,
    HistoryReady,
    LeaveRequested,
    RegistrationRequested,
    ReplayRequested,
    StatusUpdated,
)
from webhook_tui.ui.screens.payload_query import PayloadQueryScreen
from webhook_tui.ui.views.detail import SIGNATURE, DetailPane
from webhook_tui.ui.views.stream_pane import StreamPane
from webhook_tui.ui.widgets.action_bar import ActionBar, FollowNote
from webhook_tui.ui.widgets.delivery_table import DeliveryTable
from webhook_tui.ui.widgets.filter_bar import Completions, FilterBar, MistakeLine
from webhook_tui.ui.widgets.headline import Headline
from webhook_tui.ui.widgets.key_bar import KeyBar
from webhook_tui.ui.widgets.key_button import KeyButton
from webhook_tui.ui.widgets.notice_bar import NoticeBar
from webhook_tui.ui.widgets.status_bar import StatusBar
from webhook_tui.ui.widgets.steps_view import StepsView

LEAST_WIDTH, LEAST_HEIGHT = 40, 10


class MainScreen(PayloadQueryScreen):
    """Everything but the dialogs."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/", id="table.filter", tooltip="filter"),
        Binding(
            "escape", "show_all", "Show all", key_display="esc", id="table.show_all", tooltip="show all, no filter"
        ),
        Binding(
            "backslash",
            "toggle_filter",
            "Filter off, on",
            show=False,
            id="table.toggle_filter",
            tooltip="the last filter off or on",
        ),
        Binding("O", "sort", "Sort", show=False, id="table.sort", tooltip="sort by the next column"),
        Binding("w", "why", "Why", id="delivery.why", tooltip="why this verdict"),
        Binding(
            "r", "replay(False)", "Replay", id="delivery.replay", tooltip="replay: send this delivery again, or several"
        ),
        Binding("R", "replay(True)", "Edit", show=False, id="delivery.edit", tooltip="edit in $EDITOR, then replay"),
        Binding("y", "copy", "Copy", id="delivery.copy_as", tooltip="copy: payload, curl, Python, ..."),
        Binding("s", "stream", "SSE", id="stream.show", tooltip="webhook against SSE"),
        Binding("a", "answers", "Answers", id="receiver.answers", tooltip="how the receiver answers"),
        Binding("f", "follow", "Follow", show=False, id="table.follow", tooltip="follow the newest delivery"),
        Binding("escape", "back", "Back", show=False, id="screen.back", tooltip="back; closes the notice"),
        Binding("tab", "next_pane", "Next pane", show=False, id="screen.next_pane", tooltip="next pane"),
        Binding(
            "shift+tab", "previous_pane", "Pane before", show=False, id="screen.previous_pane", tooltip="pane before"
        ),
        Binding("left_square_bracket", "tab(-1)", "Tab before", show=False, id="tabs.previous", tooltip="tab before"),
        Binding("right_square_bracket", "tab(1)", "Next tab", show=False, id="tabs.next", tooltip="next tab"),
        Binding("right", "into_detail", "Detail", show=False, id="table.into_detail", tooltip="into the detail"),
        Binding("z", "zoom", "Zoom", show=False, id="detail.zoom", tooltip="zoom the detail"),
        Binding("t", "ping", "Test ping", show=False, id="piktid.ping", tooltip="send a test ping"),
        Binding(
            "u", "register", "Register", show=False, id="piktid.register", tooltip="register the webhook (again: asks)"
        ),
        Binding("X", "delete", "Delete", show=False, id="piktid.delete", tooltip="delete the webhook"),
        Binding(
            "p", "add_secret", "Add secret", show=False, id="piktid.add_secret", tooltip="add a secret to the ring"
        ),
        Binding(
            "n", "match(1)", "Next match", show=False, id="payload.next_match", tooltip="next match in the payload"
        ),
        Binding("N", "match(-1)", "Match before", show=False, id="payload.match_before", tooltip="match before"),
        Binding("Q", "query", "Query", show=False, id="payload.query", tooltip="query the payload (JMESPath)"),
        Binding("e", "export", "Export", show=False, id="delivery.export", tooltip="export into a file"),
        Binding("m", "mark", "Mark", show=False, id="delivery.mark", tooltip="mark, or take the mark off"),
        Binding("D", "diff", "Diff", show=False, id="delivery.diff", tooltip="diff with a marked one"),
        Binding(
            "o", "open_link", "Open a link", show=False, id="payload.open_link", tooltip="open an image link: asks"
        ),
        Binding("semicolon", "comment", "Comment", show=False, id="delivery.comment", tooltip="comment"),
        Binding("c", "copy_url", "Copy URL", id="piktid.copy_url", tooltip="copy the public URL"),
        Binding(
            "S", "show_secret", "Secret", id="piktid.secret", tooltip="the signing secrets: list, reveal, add, remove"
        ),
        Binding(
            "colon,ctrl+p",
            "app.command_palette",
            "Commands",
            key_display=":",
            id="screen.commands",
            tooltip="all commands",
        ),
        Binding(
            "question_mark,f1", "help", "Help", key_display="?", id="screen.help", tooltip="the keys that work here"
        ),
        Binding("q,ctrl+q", "leave", "Leave", key_display="q", id="screen.leave", tooltip="leave and tidy up"),
    ]

    def __init__(self, status: SessionStatus, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        """`status`: of the session that is about to run."""
        super().__init__(now=now, in_ascii=in_ascii, classes="-waiting")
        self.status = status
        self._occurred: Notice | None = None
        self._hidden: frozenset[str] = frozenset()
        self._told: set[str] = set()
        self._came_from: Widget | None = None
        self._wanted_focus: str | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield StatusBar(now=self._now, in_ascii=self._in_ascii)
        yield NoticeBar()
        with Container(id="body"):
            yield DeliveryTable(now=self._now, ascii=self._in_ascii)
            yield DetailPane(now=self._now, in_ascii=self._in_ascii)
        yield StreamPane(now=self._now, in_ascii=self._in_ascii)
        yield StepsView()
        yield ActionBar()
        yield FilterBar()
        yield KeyBar()
        yield MistakeLine()
        yield Completions()
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        """Nothing has come yet; ages and seconds count from now on."""
        self._arrange()
        self.set_interval(1.0, self._tick)
        self.watch(self, "focused", self._hold_following)

    def on_screen_suspend(self) -> None:
        """Behind a dialog the footer is empty: its labels carry the keys."""
        self.query_one(KeyBar).add_class("-behind")

    def on_screen_resume(self) -> None:
        """The keys work again."""
        self.query_one(KeyBar).remove_class("-behind")

    # What comes down

    def on_status_updated(self, message: StatusUpdated) -> None:
        """Another status."""
        message.stop()
        has_ended_before, self.status = self.status.end is not None, message.status
        if has_ended_before is not (self.status.end is not None):
            self.refresh_bindings()
        self._forget_what_is_over()
        self._show_status()

    def on_history_ready(self, message: HistoryReady) -> None:
        """The history is open."""
        message.stop()
        self.forget_searches()
        before, self._rows = self._rows, message.rows
        self.table.show_rows(message.rows)
        self.detail.use_rows(message.rows)
        if before is not None:
            before.close()  # not earlier: messages that were under way have read it
        self.search_again()
        self.stream.forget()
        self._arrange()

    def on_deliveries_changed(self, message: DeliveriesChanged) -> None:
        """New rows, or rows that changed."""
        message.stop()
        self.table.refresh_rows()
        self.rows_changed((*message.judged, *message.changed))
        if message.judged:
            self.table.mark_changed(message.judged)
        self._arrange()
        if self.detail.seq in (*message.judged, *message.changed):
            self.detail.reread()
        elif message.newest_seq is not None:
            self.detail.recount()

    def on_delivery_table_cursor_moved(self, event: DeliveryTable.CursorMoved) -> None:
        """Show the delivery under the cursor."""
        event.stop()
        if event.seq is not None and self._rows is not None:
            self.detail.show(self._rows, event.seq)
        if self._occurred is not None and self._occurred.about not in (None, event.seq):
            self.occurred(None)

    def occurred(self, problem: Problem | None, again_at: datetime | None = None, *, about: int | None = None) -> None:
        """A wish could not be carried out, or (None) it was: the notice says so until the next wish."""
        self._occurred = None if problem is None else Notice(problem, again_at, about)
        if problem is not None:
            self._hidden -= {problem.what}
        self._show_status()

    @property
    def newest_seq(self) -> int | None:
        """Number of the newest delivery that is stored, or None."""
        rows = self._rows
        if rows is None or not rows.refresh():
            return None
        return rows.window(len(rows) - 1, 1)[0].seq

    def _forget_what_is_over(self) -> None:
        """What the route said, too, is over when the route says it no more; what was hidden may come again."""
        status = self.status
        told = {
            problem.what
            for problem in (status.storing, status.receiver.problem, status.tunnel.problem, status.webhook.problem)
            if problem is not None
        }
        if self._occurred is not None and self._occurred.problem.what in self._told - told:
            self._occurred = None
        self._hidden -= self._told - told
        self._told = told

    # Where things are

    @property
    def stream(self) -> StreamPane:
        """Webhook against event stream; it may be closed."""
        return self.query_one(StreamPane)

    def _arrange(self) -> None:
        """Table and detail as soon as there is one delivery, else the steps; the focus goes where the next thing is."""
        was_shown, shown = not self.has_class("-waiting"), self.has_rows
        self.set_class(not shown, "-waiting")
        if shown and not was_shown and not self.stream.is_open:
            self.table.focus()
        self._show_follow()
        self._show_status()

    def _show_status(self) -> None:
        now, status = self._now(), self.status
        self.query_one(StatusBar).show(status)
        self.stream.show_status(status.stream)
        self.query_one(NoticeBar).show(chosen(status, self._occurred, self._hidden), now)
        self.query_one(ActionBar).show(status)
        if not self.has_rows:
            self.query_one(StepsView).show(status, now)
            self._focus_next_step()

    def _focus_next_step(self) -> None:
        """The button that helps now, unless the user has gone to another one."""
        wanted = next_step(self.status)
        if wanted is None or self._wanted_focus == wanted or self.stream.is_open:
            return
        self._wanted_focus = wanted
        self.query_one(f"#{wanted}", KeyButton).focus()

    def _tick(self) -> None:
        self.query_one(StatusBar).tick()
        if self.query_one(NoticeBar).shown is not None:
            self.query_one(NoticeBar).show(chosen(self.status, self._occurred, self._hidden), self._now())
        if not self.has_rows:
            self.query_one(StepsView).show(self.status, self._now())

    def _show_follow(self) -> None:
        table = self.table
        self.query_one(FollowNote).show(
            following=table.following, waits=table.waits, below=table.below, is_used=self.has_rows
        )

    def _hold_following(self) -> None:
        """Following waits while a delivery is read, also while the terminal itself has lost the focus."""
        if self.app.app_focus:
            in_detail = self.focused is not None and self.detail in self.focused.ancestors
            self.table.waits = in_detail or self.has_class("-zoomed")

    def on_resize(self, event: events.Resize) -> None:
        """Below 40 by 10 one line, nothing else."""
        width, height = event.size
        tiny = width < LEAST_WIDTH or height < LEAST_HEIGHT
        self.set_class(tiny, "-tiny")
        needs = f"{LEAST_WIDTH}×{LEAST_HEIGHT}"
        notes = (f"webhook-tui needs {needs}, this is {width}×{height}", f"needs {needs}, is {width}×{height}", needs)
        note = next((words for words in notes if len(words) <= width), "")
        self.query_one("#too-small", Static).update(Content(note))
        if not tiny and self.focused is None and self.has_rows:
            self.call_after_refresh(self.table.focus)

    # What the widgets ask

    def on_delivery_table_row_opened(self, event: DeliveryTable.RowOpened) -> None:
        """Into the detail."""
        event.stop()
        self.action_into_detail()

    def on_delivery_table_follow_changed(self, event: DeliveryTable.FollowChanged) -> None:
        """Say where the newest is."""
        event.stop()
        self._show_follow()

    def on_follow_note_clicked(self, event: FollowNote.Clicked) -> None:
        """As f."""
        event.stop()
        self.action_follow()

    def on_action_bar_chosen(self, event: ActionBar.Chosen) -> None:
        """As t, u, X."""
        event.stop()
        {"ping": self.action_ping, "register": self.action_register, "delete": self.action_delete}[event.name]()

    def on_status_bar_addresses_requested(self, event: StatusBar.AddressesRequested) -> None:
        """The addresses in full."""
        event.stop()
        self.action_addresses()

    def on_status_bar_filter_wanted(self, event: StatusBar.FilterWanted) -> None:
        """Show what was counted."""
        event.stop()
        if self.has_rows and not self.stream.is_open:
            self.set_filter(event.text)

    def on_headline_why_requested(self, event: Headline.WhyRequested) -> None:
        """As w."""
        event.stop()
        self.action_why()

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """What needs a delivery is not there while there is none."""
        if action == "show_all":
            return self.has_rows and self.is_filtered and self.table.has_focus
        if action == "into_detail":
            return self.has_rows and self.table.has_focus
        if action in ("ping", "delete") and self.status.end is not None:
            return False
        needs_delivery = action in (
            "why",
            "follow",
            "zoom",
            "tab",
            "filter",
            "toggle_filter",
            "sort",
            "copy",
            "export",
            "mark",
            "comment",
            "diff",
            "open_link",
            "match",
            "query",
            "replay",
        )
        return not needs_delivery or (self.has_rows and not self.stream.is_open)

    def action_why(self) -> None:
        """The Signature tab of the chosen delivery; esc comes back to where w was pressed."""
        self.catch_up()
        if self.detail.seq is None:
            return
        if self.focused is not None and self.detail not in self.focused.ancestors:
            self._came_from = self.focused
        self.detail.choose(SIGNATURE)
        self.detail.body_widget.focus()

    def action_replay(self, edit: bool) -> None:
        """Send the chosen delivery again, perhaps edited."""
        self.catch_up()
        if self.detail.stored is not None:
            selections = self.replay_selections(self.detail.stored.row.seq)
            self.post_message(ReplayRequested(self.detail.stored, selections, edit=edit))

    def action_answers(self) -> None:
        """Ask for another answer rule."""
        self.post_message(AnswersRequested())

    def action_stream(self) -> None:
        """Webhook against event stream instead of table and detail, or these again."""
        if self.stream.is_open:
            self._close_stream()
            return
        self._came_from = self.focused
        self.set_class(True, "-stream")
        self.stream.open()
        self.refresh_bindings()

    def _close_stream(self) -> None:
        self.stream.close()
        self.set_class(False, "-stream")
        target, self._came_from = self._came_from, None
        if self.has_rows:
            # Where s was pressed may be gone: the steps' buttons, when the first delivery came meanwhile.
            target = target if target is not None and target in self.query_one("#body").walk_children() else self.table
        if target is not None:
            self.call_after_refresh(target.focus)
        self.refresh_bindings()

    def on_stream_pane_closed(self, event: StreamPane.Closed) -> None:
        """As s."""
        event.stop()
        self._close_stream()

    def action_into_detail(self) -> None:
        """The body of the active tab has the focus."""
        self._came_from = None
        self.detail.body_widget.focus()

    def action_follow(self) -> None:
        """Go to the newest and stay there."""
        if self.sort != Sort():
            self.sort = Sort()
            self._search()
        self.table.follow()

    def action_back(self) -> None:
        """From the detail or a button to the table; from the table: close the notice."""
        if self.stream.is_open:
            self._close_stream()
            return
        if not self.has_rows or self.table.has_focus:
            self._hide_notice()
            return
        self.set_class(False, "-zoomed")
        target, self._came_from = self._came_from or self.table, None
        target.focus()
        self._hold_following()

    def _hide_notice(self) -> None:
        shown = self.query_one(NoticeBar).shown
        if shown is not None:
            self._hidden |= {shown.problem.what}
            self._show_status()

    def action_next_pane(self) -> None:
        """The next pane or button."""
        self.focus_next()

    def action_previous_pane(self) -> None:
        """The pane or button before."""
        self.focus_previous()

    def action_tab(self, step: int) -> None:
        """Another tab of the detail."""
        self.detail.step(step)

    def action_zoom(self) -> None:
        """The detail over the whole width, or beside the table again."""
        self.toggle_class("-zoomed")
        (self.detail.body_widget if self.has_class("-zoomed") else self.table).focus()
        self._hold_following()

    def action_ping(self) -> None:
        """Ask for a test ping."""
        self.occurred(None)
        self.post_message(CommandRequested(SendTestPing()))

    def action_register(self) -> None:
        """Ask for what has not worked, or for another registration."""
        self.occurred(None)
        self.post_message(RegistrationRequested())

    def action_delete(self) -> None:
        """Ask to delete; without a webhook say so."""
        self.occurred(None)
        webhook = self.status.webhook
        if webhook.url is None or webhook.state in (WebhookState.WATCHING, WebhookState.DELETED, WebhookState.TAKEN):
            self.occurred(
                Problem("There is no webhook of ours to delete.", "u registers one.", severity=Severity.WARNING)
            )
        else:
            self.post_message(DeleteRequested())

    def action_show_secret(self) -> None:
        """The ring of secrets."""
        self.app.push_screen(SecretsDialog(self.status.ring_place, now=self._now, in_ascii=self._in_ascii))

    def action_add_secret(self) -> None:
        """Ask for a secret to add."""

        def add(wish: AddSecret | None) -> None:
            if wish is not None:
                self.post_message(CommandRequested(wish))

        self.app.push_screen(AddSecretDialog(self.status.ring_place), add)

    def action_copy_url(self) -> None:
        """Copy the public URL; without a tunnel the registered one, else the receiver's."""
        status = self.status
        receiver = f"http://{status.receiver.host}:{status.receiver.port}"
        url = status.tunnel.public_url or status.webhook.url or receiver
        name = "the public URL" if url != receiver else "the receiver's address"
        self.post_message(CopyRequested(visible(url), name))

    def action_copy_text(self) -> None:
        """Copy what the mouse has selected, once; without a selection the key is another's, which leaves."""
        selected = self.get_selected_text()
        if not selected:
            raise SkipAction
        self.clear_selection()
        self.post_message(CopyRequested(selected, "the selection"))

    def action_addresses(self) -> None:
        """The addresses in full."""
        self.app.push_screen(AddressesDialog(self.status, now=self._now))

    def action_help(self) -> None:
        """The keys that work here."""
        live = [active.binding for active in self.active_bindings.values()]
        in_detail = self.focused is not None and self.detail in self.focused.ancestors
        rows = help_rows(live, detail_first=in_detail)
        where = "this delivery" if in_detail else "deliveries"

        def press(key: str | None) -> None:
            if key is not None:
                self.app.simulate_key(key)

        self.app.push_screen(HelpDialog(where, rows), press)

    def action_leave(self) -> None:
        """Leave."""
        self.post_message(LeaveRequested())
