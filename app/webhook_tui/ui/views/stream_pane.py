"""Webhook against event stream: which channel showed each event, and why one did not; enter shows both contents.

While it is on the screen it asks the session about once a second, and at once when the counts change; a flood of
events costs it nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import ContentSwitcher, Input, Static

from webhook_tui.domain.comparison.compared_event import ComparedEvent, Seen
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.queries import ComparedEvents, EventSides, GetComparison, GetEventSides
from webhook_tui.domain.status import StreamStatus
from webhook_tui.ui.format.comparison.event import UNEQUAL, Only, counts_line, is_unequal, sentences, state_line
from webhook_tui.ui.format.comparison.event_sides import sides_text
from webhook_tui.ui.frame_budget import FrameBudget
from webhook_tui.ui.messages import AnswerRequested, CopyRequested
from webhook_tui.ui.widgets.detail.prose_view import ProseView
from webhook_tui.ui.widgets.table.event_table import EventTable
from webhook_tui.ui.widgets.table.table import Table

_SHOWN: tuple[Only, ...] = (None, Seen.SSE, Seen.WEBHOOK, UNEQUAL)
_EMPTY: dict[Only, str] = {
    None: "No event yet.",
    UNEQUAL: "No event is lost, and none differs.",
    Seen.SSE: "No event came only by SSE.",
    Seen.WEBHOOK: "No event came only by webhook.",
}
_TABLE, _SIDES = "events", "sides"
_WAY = Content.assemble(("esc ", "bold $primary"), ("Deliveries › ", "$muted"), ("Webhook and SSE", "bold"))


class StreamPane(Vertical):
    """Stands instead of the table and the detail."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="esc", id="stream.back", tooltip="back to the deliveries"),
        Binding("enter", "sides", "Both", key_display="enter", id="stream.sides", tooltip="what each channel brought"),
        Binding("slash", "filter", "Filter", key_display="/", id="stream.filter", tooltip="filter by id or name"),
        Binding(
            "right_square_bracket", "only(1)", "Show", key_display="[ ]", id="stream.next", tooltip="all, only one side"
        ),
        Binding(
            "left_square_bracket", "only(-1)", "Show", show=False, id="stream.previous", tooltip="all, only one side"
        ),
        Binding("y", "copy", "Copy", id="stream.copy", tooltip="copy the comparison of this event"),
    ]
    DEFAULT_CSS = """
    StreamPane { height: 1fr; width: 1fr; background: $background; }
    StreamPane Table { background: $background; }
    StreamPane #stream-state, StreamPane #stream-counts { height: 1; width: 1fr; padding: 0 1; text-wrap: nowrap; }
    StreamPane #stream-way { height: 0; padding: 0 1; }
    StreamPane #stream-bodies { height: 1fr; }
    StreamPane #stream-why { height: auto; min-height: 2; max-height: 4; width: 1fr; padding: 0 1; }
    StreamPane #sides { padding: 0 1; }
    StreamPane #stream-words {
        display: none; height: 1; width: 1fr; border: none; padding: 0 1; background: $panel;
    }
    StreamPane.-filtering #stream-words { display: block; }
    """

    class Closed(Message):
        """The user is done here."""

    def __init__(self, frames: FrameBudget, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        super().__init__(id="stream")
        self._frames = frames
        self._now = now
        self._in_ascii = in_ascii
        self.table = EventTable(now=now, in_ascii=in_ascii)
        self.styles.display = "none"
        self._is_open = False
        self._stream = StreamStatus()
        self._events: tuple[ComparedEvent, ...] = ()
        self._version = -1
        self._only: Only = None
        self._words = ""
        self._wanted: str | None = None
        self._said: dict[str, Content] = {}
        """What each line shows, by the id of its widget."""

    def compose(self) -> ComposeResult:
        """The way back (where there is room), state, counts, the table or both sides, why."""
        yield Static(_WAY, id="stream-way", markup=False)
        yield Static(id="stream-state", markup=False)
        yield Static(id="stream-counts", markup=False)
        with ContentSwitcher(initial=_TABLE, id="stream-bodies"):
            with Vertical(id=_TABLE):
                yield self.table.widget
                yield Static(id="stream-why", markup=False)
            yield ProseView(id=_SIDES)
        yield Input(id="stream-words", placeholder="id or name", compact=True)

    def on_mount(self) -> None:
        """Ages go on, and news are asked for, while it is open."""
        self.set_interval(1.0, self._tick)

    # What others call

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return self._is_open

    def open(self) -> None:
        """Show it."""
        self._is_open = True
        self.styles.display = None
        self.call_later(self._ask)
        self._fill()
        self.table.widget.focus()

    def close(self) -> None:
        """Hide it."""
        self._is_open = False
        self.styles.display = "none"
        self._close_sides()

    def show_sides(self, event_id: str) -> None:
        """Ask for both contents of an event, and show them."""
        self._wanted = event_id
        self.call_later(self._ask_sides, event_id)

    def show_unequal(self) -> None:
        """Show only events that are lost or differ."""
        self._close_sides()
        self._only, self._words = UNEQUAL, ""
        self.query_one(Input).value = ""
        self.remove_class("-filtering")
        self._fill()
        self.table.widget.focus()

    def forget(self) -> None:
        """Another session: what was known is not its."""
        self._version, self._events = -1, ()
        self._fill()

    def show_status(self, stream: StreamStatus) -> None:
        """Another state of the stream."""
        counts = (stream.both, stream.only_sse, stream.only_webhook)
        is_news = counts != (self._stream.both, self._stream.only_sse, self._stream.only_webhook)
        self._stream = stream
        if self._is_open:
            self._show_head()
            if is_news:
                self.call_later(self._ask)

    def _show_events(self, compared: ComparedEvents | None) -> None:
        if compared is not None:
            self._version, self._events = compared.version, compared.events
            if self._is_open:
                self._frames.request(self._fill)

    def _not_shown(self, _problem: Problem) -> None:
        """The session has ended, which a notice reports."""

    def _show_sides(self, shown: EventSides) -> None:
        """Both contents, if they are still wanted."""
        if self._is_open and shown.event_id == self._wanted:
            self.table.choose(shown.event_id)
            text = sides_text(shown.webhook, shown.sse)
            self.query_one(f"#{_SIDES}", ProseView).show(lambda _width: text, from_top=True)
            self.query_one("#stream-bodies", ContentSwitcher).current = _SIDES
            self.query_one(f"#{_SIDES}", ProseView).focus()
            self.refresh_bindings()

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Beside both contents there is only the way back; in the filter letters are letters."""
        if self._shows_sides:
            return action not in ("sides", "filter", "only")
        if self.has_class("-filtering"):
            return action not in ("sides", "filter", "only", "copy")
        return True

    def action_back(self) -> None:
        """From both contents to the table, from the filter to all, and then to the deliveries."""
        if self._shows_sides:
            self._close_sides()
            self.table.widget.focus()
        elif self.has_class("-filtering") or self._words:
            self.query_one(Input).value = ""
            self._end_filter()
        else:
            self.post_message(self.Closed())

    def action_sides(self) -> None:
        event = self.table.chosen
        if event is not None:
            self.show_sides(event.event_id)

    def action_only(self, step: int) -> None:
        """Show the next selection: all, only by SSE, only by webhook, lost or different."""
        self._only = _SHOWN[(_SHOWN.index(self._only) + step) % len(_SHOWN)]
        self._fill()

    def action_filter(self) -> None:
        self._wanted = None  # contents that come now would take the focus from what is typed
        self.add_class("-filtering")
        self.query_one(Input).focus()
        self.refresh_bindings()

    def action_copy(self) -> None:
        """Copy both contents, or the description of the event under the cursor."""
        event = self.table.chosen
        if self._shows_sides:
            self.post_message(CopyRequested(self.query_one(f"#{_SIDES}", ProseView).plain, "both contents"))
        elif event is not None:
            text = " ".join((f"{visible(event.name)}:", *sentences(event, self._now())))
            self.post_message(CopyRequested(text, f"event {visible(event.event_id)}"))

    # What the widgets say

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while typing."""
        event.stop()
        self._words = event.value
        self._fill()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._end_filter()

    def on_table_cursor_moved(self, event: Table.CursorMoved) -> None:
        event.stop()
        self._show_why()

    def on_table_row_opened(self, event: Table.RowOpened) -> None:
        event.stop()
        self.action_sides()

    # Showing

    @property
    def _shows_sides(self) -> bool:
        return self.query_one("#stream-bodies", ContentSwitcher).current == _SIDES

    def _close_sides(self) -> None:
        self._wanted = None
        self.query_one("#stream-bodies", ContentSwitcher).current = _TABLE
        self.refresh_bindings()

    def _end_filter(self) -> None:
        self.remove_class("-filtering")
        self.table.widget.focus()
        self.refresh_bindings()

    def _tick(self) -> None:
        if self._is_open:
            self._ask()
            self._show_head()
            self._show_why()
            self.table.widget.refresh()

    # Both are called in this pane's own turn: Textual stops a message at the parent in whose turn it was made.

    def _ask_sides(self, event_id: str) -> None:
        self.post_message(AnswerRequested(self, GetEventSides(event_id), self._show_sides))

    def _ask(self) -> None:
        self.post_message(AnswerRequested(self, GetComparison(self._version), self._show_events, self._not_shown))

    def _fill(self) -> None:
        words = self._words.casefold()
        self.table.widget.empty = "No event matches the filter." if words else _EMPTY[self._only]
        self.table.show([event for event in self._events if self._fits(event, words)])
        self._show_head()
        self._show_why()

    def _fits(self, event: ComparedEvent, words: str) -> bool:
        if self._only == UNEQUAL:
            if not is_unequal(event):
                return False
        elif self._only is not None and event.seen is not self._only:
            return False
        return not words or words in event.event_id.casefold() or words in event.name.casefold()

    def _show_head(self) -> None:
        width = max(10, self.size.width - 2)
        self._say("stream-state", state_line(self._stream, width, self._now()))
        self._say("stream-counts", counts_line(self._stream, self._only, visible(self._words)))

    def _show_why(self) -> None:
        event = self.table.chosen
        text = "" if event is None else "\n".join(sentences(event, self._now()))
        self._say("stream-why", Content(text), may_grow=True)

    def _say(self, name: str, content: Content, *, may_grow: bool = False) -> None:
        """Show other words; only those that may need more lines make Textual lay out the whole screen again."""
        before = self._said.get(name)
        if before is None or not content.is_same(before):
            self._said[name] = content
            self.query_one(f"#{name}", Static).update(content, layout=may_grow)

    def on_resize(self) -> None:
        self._show_head()
