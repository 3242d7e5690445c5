"""The detail: headline, tabs and the tab's body of the one delivery under the cursor.

A tab is filled when it is shown, not before; what the Signature tab says is asked of the session then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.headers import SIGNATURE_HEADER, values
from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.diagnostics.report import SignatureReport
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.payload.links import links
from webhook_tui.domain.payload.query import Mistake, QueryResult
from webhook_tui.domain.queries import ExplainSignature
from webhook_tui.ui.actions import screen_action
from webhook_tui.ui.format.attempts import Sameness, attempts_text, has_enough, outcome
from webhook_tui.ui.format.forward_result import headline_of, sent_text
from webhook_tui.ui.format.headers import as_text, summary
from webhook_tui.ui.format.signature import effort, not_examined_text, signature_text
from webhook_tui.ui.forward_history import ForwardHistory
from webhook_tui.ui.messages import AnswerRequested, CopyRequested, QueryRequested
from webhook_tui.ui.views.payload_query import PayloadQuery
from webhook_tui.ui.widgets.documents import Document
from webhook_tui.ui.widgets.find_input import FindInput
from webhook_tui.ui.widgets.header_list import HeaderList
from webhook_tui.ui.widgets.headline import Headline
from webhook_tui.ui.widgets.json_lines import document_for
from webhook_tui.ui.widgets.payload_view import PayloadView
from webhook_tui.ui.widgets.prose_view import ProseView
from webhook_tui.ui.widgets.query_input import QueryInput
from webhook_tui.ui.widgets.tab_strip import TabStrip

PAYLOAD, HEADERS, SIGNATURE, RAW, ATTEMPTS, ANSWER = "Payload", "Headers", "Signature", "Raw", "Attempts", "Answer"
_TABS = (PAYLOAD, HEADERS, SIGNATURE, RAW)
_MOST_COMPARED = 50
_MOST_OF_RUN = 1000
"""Deliveries before and after one that are looked at for other events' waits."""
_LARGEST_AT_ONCE = 65_536
"""Bytes of a body that are made into lines on the screen's thread; more would be felt."""


class DetailPane(Vertical):
    """Shows one delivery."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="esc", id="detail.back", tooltip="back to the table"),
        Binding(
            "right_square_bracket",
            screen_action("tabs.next"),
            "Tabs",
            key_display="[ ]",
            id="tabs.next",
            tooltip="next tab",
        ),
        Binding("n", "find_match(1)", "Next match", id="payload.next_match", tooltip="next match in the payload"),
        Binding("N", "find_match(-1)", "Match before", show=False, id="payload.match_before", tooltip="match before"),
        Binding("ctrl+f", "find", "Find", show=False, id="payload.find", tooltip="find something else"),
        Binding("p", "add_secret", "Add secret", id="piktid.add_secret", tooltip="add a secret to the ring"),
        Binding("y", "copy_tab", "Copy", id="delivery.copy", tooltip="copy"),
        Binding("z", screen_action("detail.zoom"), "Zoom", id="detail.zoom", tooltip="zoom the detail"),
    ]
    DEFAULT_CSS = """
    DetailPane #tab-gap { height: 0; }
    DetailPane #bodies { height: 1fr; }
    DetailPane #last-line { height: 1; }
    DetailPane .-finding > Static { display: none; }
    DetailPane #place { width: 1fr; height: 1; text-wrap: nowrap; text-overflow: ellipsis; color: $muted; }
    DetailPane #notes { width: auto; height: 1; text-wrap: nowrap; color: $muted; max-width: 60%; margin: 0 0 0 1; }
    """

    class DocumentMade(Message):
        """A large body is ready to be shown."""

        def __init__(self, tab: str, seq: int, document: Document) -> None:
            super().__init__()
            self.tab = tab
            self.seq = seq
            self.document = document

    class QueryChecked(Message):
        """What is typed as a query can be read, or (with a mistake) it cannot."""

        def __init__(self, mistake: Mistake | None) -> None:
            super().__init__()
            self.mistake = mistake

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        super().__init__(id="detail")
        self._now = now
        self._in_ascii = in_ascii
        self._rows: DeliveryRows | None = None
        self._stored: StoredDelivery | None = None
        self._attempts: tuple[DeliveryRow, ...] = ()
        self._report: SignatureReport | None = None
        self._no_report = ""
        """Why there is no report of this delivery."""
        self._sent = ForwardHistory()
        self._query = PayloadQuery()
        self._shown: dict[str, int] = {}
        self._sought = ""
        self._is_missing = False
        self.tab = PAYLOAD

    def compose(self) -> ComposeResult:
        """Headline, tabs, bodies, last line."""
        yield Headline(now=self._now, in_ascii=self._in_ascii)
        yield Static(id="tab-gap")
        yield TabStrip(_TABS)
        with ContentSwitcher(initial="payload", id="bodies"):
            yield PayloadView(ascii=self._in_ascii, id="payload")
            yield HeaderList(id="headers")
            yield ProseView(id="signature")
            yield PayloadView(ascii=self._in_ascii, id="raw")
            yield ProseView(id="attempts")
            yield ProseView(id="answer")
        with Horizontal(id="last-line"):
            yield FindInput()
            yield QueryInput()
            yield Static(id="place", markup=False)
            yield Static(id="notes", markup=False)

    @property
    def seq(self) -> int | None:
        """The number of the delivery that is shown."""
        return None if self._stored is None else self._stored.row.seq

    @property
    def stored(self) -> StoredDelivery | None:
        """The delivery that is shown."""
        return self._stored

    @property
    def json_path(self) -> str:
        """Of the payload's line under the cursor; "" when there is none."""
        body = self.body_widget
        return body.path if isinstance(body, PayloadView) and not self._is_querying else ""

    @property
    def query_content(self) -> bytes:
        """What the query found in this payload, as JSON text; b"" for nothing."""
        return self._query.found_in(self.seq) if self._is_querying else b""

    @property
    def _is_querying(self) -> bool:
        return self._query.is_on and self.tab == PAYLOAD

    def links_at_cursor(self) -> list[str]:
        """The web links of the payload's line under the cursor, if it has the focus."""
        body = self.body_widget
        return links(body.cursor_text) if isinstance(body, PayloadView) and body.has_focus else []

    @property
    def body_widget(self) -> Widget:
        """The body of the active tab."""
        return self.query_one(f"#{self.tab.lower()}")

    def show(self, rows: DeliveryRows, seq: int) -> None:
        """Show delivery `seq`; one that is not there leaves everything as it is."""
        stored = rows.stored(seq)
        if stored is None:
            return
        is_other = self.seq != seq
        if is_other or self._stored is None or stored.row != self._stored.row:
            self._report, self._no_report = None, ""
        self._rows, self._stored = rows, stored
        self._attempts = tuple(rows.attempts(seq))
        self._sent.load(seq, rows.forward_results(seq))
        if self.tab not in self._tabs():
            self.tab = PAYLOAD
        self._fill(is_other=is_other)

    def use_rows(self, rows: DeliveryRows) -> None:
        """Read from other rows from now on; what they do not have stays shown until another delivery is."""
        self._rows = rows
        self.reread()

    def reread(self) -> None:
        """Read the delivery again: its verdict, its answer or its attempts may be others now."""
        if self._rows is not None and self.seq is not None:
            self.show(self._rows, self.seq)

    def recount(self) -> None:
        """Others were recorded: there may be one more attempt of this event; nothing else is read again."""
        if self._rows is None or self._stored is None or self._stored.row.event_id is None:
            return
        attempts = tuple(self._rows.attempts(self._stored.row.seq))
        if attempts != self._attempts:
            self._attempts = attempts
            self._fill_head()
            if self.tab == ATTEMPTS:
                self._fill_tab(is_other=False)

    def _show_report(self, report: SignatureReport | None) -> None:
        """Show the report that was asked for; one of another delivery came too late."""
        if report is not None and report.seq == self.seq:
            self._report = report
            self._fill_tab(is_other=False)

    def _show_no_report(self, seq: int, problem: Problem) -> None:
        if seq == self.seq:
            self._no_report = problem.sentence()
            self._fill_tab(is_other=False)

    def add_forward_results(self, results: Sequence[ForwardResult]) -> bool:
        """Deliveries were sent on; whether one of them is seen now."""
        for sent in results:
            self._sent.add(sent)
        if not any(sent.seq == self.seq for sent in results):
            return False
        self._fill_head()
        if self.tab != ANSWER:
            return False
        self._fill_tab(is_other=False)
        return True

    def choose(self, tab: str) -> None:
        """Show another tab, and give its body the focus if the body before had it."""
        had_focus = self.body_widget.has_focus
        if tab not in self._tabs() or tab == self.tab:
            return
        self.tab = tab
        self._fill(is_other=False)
        if had_focus:
            self.body_widget.focus()
        self.refresh_bindings()

    def step(self, by: int) -> None:
        """The next tab, or the one before, round."""
        tabs = self._tabs()
        self.choose(tabs[(tabs.index(self.tab) + by) % len(tabs)])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Add secret stands in the footer of the Signature tab only."""
        if action in ("find_match", "find"):
            return self.tab in (PAYLOAD, RAW)
        if action == "add_secret":
            return self.tab == SIGNATURE
        return True

    def action_find(self) -> None:
        """Ask what to search for."""
        self._look_for_text()
        self.query_one(FindInput).open()
        self.query_one("#last-line").add_class("-finding")

    def action_find_match(self, step: int) -> None:
        """The next line that holds what is searched for, or the one before; ask for it when nothing is."""
        if not self._sought:
            self.action_find()
            return
        self._look_for_text()
        view = self._view(self.tab)
        if view.sought != self._sought:
            is_found = view.find(self._sought)
        else:
            is_found = view.find_next() if step > 0 else view.find_previous()
        self._is_missing = not is_found
        self._show_last_line()

    def _look_for_text(self) -> None:
        if self.tab not in (PAYLOAD, RAW):
            self.choose(PAYLOAD)

    def on_find_input_done(self, event: FindInput.Done) -> None:
        """Go to the first match, the body in focus."""
        event.stop()
        self._sought, self._is_missing = event.text, False
        self.query_one("#last-line").remove_class("-finding")
        view = self._view(self.tab)
        view.focus()
        if event.text:
            self._is_missing = not view.find(event.text)
        else:
            view.find("")
        self._show_last_line()

    def open_query(self) -> None:
        """Ask for an expression."""
        self.choose(PAYLOAD)
        self.query_one(QueryInput).open()
        self.query_one("#last-line").add_class("-finding")

    def show_query(self, seq: int, expression: str, result: QueryResult, document: Document | None) -> None:
        """An answer came; one of another delivery or expression came too late."""
        if seq != self.seq or expression != self._query.expression:
            return
        self._query.take(seq, result, document)
        if document is not None and self._is_querying:
            self._view(PAYLOAD).show(document)
        self.post_message(self.QueryChecked(result.mistake))
        self._show_last_line()

    def on_query_input_typed(self, event: QueryInput.Typed) -> None:
        """Try it."""
        event.stop()
        self._set_query(event.text)

    def on_query_input_kept(self, event: QueryInput.Kept) -> None:
        """The result is next."""
        event.stop()
        self._close_query()
        self._set_query(event.text)

    def on_query_input_ended(self, event: QueryInput.Ended) -> None:
        """The payload is there again."""
        event.stop()
        self._close_query()
        self._set_query("")

    def _close_query(self) -> None:
        self.query_one(QueryInput).close()
        self.query_one("#last-line").remove_class("-finding")
        self._view(PAYLOAD).focus()
        self.post_message(self.QueryChecked(None))

    def _set_query(self, expression: str) -> None:
        if expression == self._query.expression:
            self._show_last_line()
            return
        self._query.begin(expression)
        if not expression:
            self._query = PayloadQuery()
            self._shown.pop(PAYLOAD, None)
            self.post_message(self.QueryChecked(None))
        if self._stored is not None:
            self._ask_query()
            self._fill_tab(is_other=False)

    def _ask_query(self) -> None:
        if self._stored is not None:
            self.post_message(QueryRequested(self._stored.row.seq, self._stored.delivery.body, self._query.expression))

    async def action_back(self) -> None:
        """End the query; without one, to the table."""
        if self._is_querying:
            self.query_one(QueryInput).value = ""
            self._set_query("")
        else:
            await self.run_action(screen_action("screen.back"))

    async def action_add_secret(self) -> None:
        """The screen asks for it."""
        await self.run_action(screen_action("piktid.add_secret"))

    async def action_copy_tab(self) -> None:
        """Copy the tab as text, without any secret; of a body, the screen asks in which form."""
        if self._stored is None:
            return
        if selected := self.screen.get_selected_text():
            self.screen.clear_selection()
            self.post_message(CopyRequested(selected, "the selection"))
            return
        if self.tab in (PAYLOAD, RAW):
            await self.run_action(screen_action("delivery.copy_as"))
            return
        if self.tab == HEADERS:
            self.post_message(CopyRequested(as_text(self._stored.delivery), "the headers"))
        else:
            page = self._page(self.tab)
            row = self._stored.row
            title = f"#{row.seq} {visible(row.event)}: {row.verdict}. {visible(row.reason)}"
            self.post_message(CopyRequested(f"{title}\n\n{page.plain}", f"the {self.tab} tab"))

    def on_tab_strip_picked(self, event: TabStrip.Picked) -> None:
        """A click on a tab shows it and goes into it."""
        event.stop()
        self.choose(event.name)
        self.body_widget.focus()

    def on_header_list_copy_chosen(self, event: HeaderList.CopyChosen) -> None:
        """Enter on a header copies its value."""
        event.stop()
        self.post_message(CopyRequested(event.line.value, event.line.name))

    def _tabs(self) -> tuple[str, ...]:
        attempts = (ATTEMPTS,) if len(self._attempts) > 1 else ()
        return (*_TABS, *attempts, *((ANSWER,) if self._sendings() else ()))

    def _sendings(self) -> tuple[ForwardResult, ...]:
        return () if self.seq is None else self._sent.of(self.seq)

    def _fill(self, *, is_other: bool) -> None:
        if self._stored is None:
            return
        self._fill_head()
        self.query_one("#bodies", ContentSwitcher).current = self.tab.lower()
        if self.tab == SIGNATURE and self._report is None:
            # Posted from this pane's own turn: Textual stops a message at the parent in whose turn it was made.
            self.call_later(self._ask_for_report, self._stored.row.seq)
        self._fill_tab(is_other=is_other)

    def _ask_for_report(self, seq: int) -> None:
        if seq == self.seq and self._report is None:
            failed = partial(self._show_no_report, seq)
            self.post_message(AnswerRequested(self, ExplainSignature(seq), self._show_report, failed))

    def _fill_head(self) -> None:
        if self._stored is None:
            return
        said = outcome(self._attempts) if self.tab == ATTEMPTS else ""
        if self.tab == ANSWER:
            said = headline_of(self._sendings()[0])
        self.query_one(Headline).show(self._stored.row, said=said, with_key=self.tab != SIGNATURE)
        self.query_one(TabStrip).show(self._tabs(), self.tab)

    def _fill_tab(self, *, is_other: bool) -> None:
        stored = self._stored
        if stored is None:
            return
        delivery = stored.delivery
        match self.tab:
            case "Payload" | "Raw":
                self._show_body(self.tab, stored)
            case "Headers":
                if is_other or self._shown.get(HEADERS) != stored.row.seq:
                    self.query_one(HeaderList).show(delivery)
            case "Signature":
                self._page(SIGNATURE).show(partial(self._signature, stored), from_top=is_other)
            case "Answer":
                self._page(ANSWER).show(partial(self._answer_text, self._sendings()), from_top=is_other)
            case _:
                make = partial(self._attempts_text, self._sameness(), self._of_run(stored.row))
                self._page(ATTEMPTS).show(make, from_top=is_other)
        self._shown[self.tab] = stored.row.seq
        self._show_last_line()

    def _show_body(self, tab: str, stored: StoredDelivery) -> None:
        seq, body = stored.row.seq, stored.delivery.body
        if self._shown.get(tab) == seq:
            return
        if tab == PAYLOAD and self._query.is_on:
            self._view(tab).show(document_for(b"", raw=True))
            # Posted from this pane's own turn: Textual stops a message at the parent in whose turn it was made.
            self.call_later(self._ask_query)
        elif len(body) <= _LARGEST_AT_ONCE:
            self._view(tab).show(document_for(body, raw=tab == RAW))
        else:
            self._view(tab).show(document_for(b"", raw=True))
            self._make_document(tab, seq, body)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _make_document(self, tab: str, seq: int, body: bytes) -> None:
        self.post_message(self.DocumentMade(tab, seq, document_for(body, raw=tab == RAW)))

    def on_detail_pane_document_made(self, event: DocumentMade) -> None:
        """Show it, if it is still wanted."""
        event.stop()
        if self._shown.get(event.tab) == event.seq == self.seq:
            self._view(event.tab).show(event.document)
            self._show_last_line()

    def on_payload_view_path_changed(self, event: PayloadView.PathChanged) -> None:
        """The last line names the place of the cursor."""
        event.stop()
        self._is_missing = False
        self._show_last_line()

    def _view(self, tab: str) -> PayloadView:
        return self.query_one(f"#{tab.lower()}", PayloadView)

    def _page(self, tab: str) -> ProseView:
        return self.query_one(f"#{tab.lower()}", ProseView)

    def _show_last_line(self) -> None:
        if self._stored is None:
            return
        place, notes = "", self._notes()
        missing = f"No match for {visible(self._sought)}"
        match self.tab:
            case "Payload" | "Raw":
                view = self._view(self.tab)
                place = missing if self._is_missing and self._sought else view.path
                notes = view.match_count or notes
                if self._is_querying:
                    place, notes = self._query.words(place), "esc ends it"
            case "Headers":
                place, notes = summary(self._stored.delivery, self.content_size.width - 8), "y copy"
            case "Signature":
                place = effort(self._report) if self._report is not None else ""
                room = self.content_size.width - len(place) - 1
                keys = ("p add a secret  y copy this", "p add a secret", "")
                notes = notes or next(words for words in keys if len(words) <= max(0, room))
            case _:
                notes = "y copy"
        self.query_one("#place", Static).update(Content(place))
        self.query_one("#notes", Static).update(Content(notes))

    def _notes(self) -> str:
        """`1 note: new field quality_score`, or how many there are; all of them are in the Signature tab."""
        is_shown = self._shown.get(PAYLOAD) == self.seq and not self._query.is_on
        own = self._view(PAYLOAD).document.notes if is_shown else ()
        told = self._report.notes if self._report is not None else ()
        notes = tuple(dict.fromkeys((*own, *told)))
        if not notes:
            return ""
        count = "1 note" if len(notes) == 1 else f"{len(notes)} notes"
        first = visible(notes[0]).rstrip(".")
        fits = len(first) + len(count) + 2 <= self.content_size.width * 0.6
        return f"{count}: {first}" if len(notes) == 1 and fits and self.tab == PAYLOAD else count

    def _signature(self, stored: StoredDelivery, width: int) -> Content:
        report = self._report
        if report is None:
            if self._no_report:
                return Content.assemble((visible(self._no_report), "$warn"))
            return not_examined_text(stored.row)
        return signature_text(report, stored.row, width, self._now())

    def _answer_text(self, sendings: tuple[ForwardResult, ...], _width: int) -> Content:
        return sent_text(sendings, self._now())

    def _attempts_text(self, same: tuple[Sameness, ...], of_run: Sequence[DeliveryRow], width: int) -> Content:
        return attempts_text(self._attempts, same, width, self._now(), of_run)

    def _of_run(self, row: DeliveryRow) -> Sequence[DeliveryRow]:
        """What came about then in the same run, where the waits of this event are too few."""
        place = None if self._rows is None or has_enough(self._attempts) else self._rows.position(row.seq)
        if self._rows is None or place is None:
            return ()
        around = self._rows.window(max(0, place - _MOST_OF_RUN), 2 * _MOST_OF_RUN)
        return [one for one in around if one.run == row.run]

    def _sameness(self) -> tuple[Sameness, ...]:
        """Compare bodies and signatures with the first attempt's; at most 50, for each is read whole."""
        if self._rows is None:
            return ()
        first = self._rows.stored(self._attempts[0].seq)
        same = [Sameness(None, None)]
        for row in self._attempts[1:]:
            other = self._rows.stored(row.seq) if len(same) < _MOST_COMPARED else None
            if first is None or other is None:
                same.append(Sameness(None, None))
                continue
            signatures = [values(one.delivery.headers, SIGNATURE_HEADER) for one in (first, other)]
            same.append(Sameness(first.delivery.body == other.delivery.body, signatures[0] == signatures[1]))
        return tuple(same)
