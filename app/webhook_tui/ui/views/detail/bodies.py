"""The bodies of the detail's tabs; each is filled when it is shown, for the delivery that is shown then.

Not Textual's ContentSwitcher, which shows one child: here two may stand beside each other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from webhook_tui.domain import units
from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.diagnostics.report import SignatureReport
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.queries import ExplainSignature, GetDepartures
from webhook_tui.ui.format.delivery.attempts import attempts_text, outcome
from webhook_tui.ui.format.delivery.departures import departure_line
from webhook_tui.ui.format.delivery.forward_result import forward_result_headline, forward_results_text
from webhook_tui.ui.format.delivery.headers import as_text, summary
from webhook_tui.ui.format.delivery.signature import effort, not_examined_text, signature_text
from webhook_tui.ui.format.image import ShownImage
from webhook_tui.ui.messages import AnswerRequested
from webhook_tui.ui.views.detail.pages import Pages
from webhook_tui.ui.views.detail.shown_delivery import (
    ANSWER,
    ATTEMPTS,
    HEADERS,
    PAYLOAD,
    RAW,
    SIGNATURE,
    TABS,
    ShownDelivery,
)
from webhook_tui.ui.widgets.detail.header_list import HeaderList
from webhook_tui.ui.widgets.detail.image_view import ImageView
from webhook_tui.ui.widgets.detail.prose_view import ProseView
from webhook_tui.ui.widgets.payload.view import PayloadView

_FAILURE = "failure"


class DetailBodies(Horizontal):
    """Shows the bodies of the pages."""

    DEFAULT_CSS = """
    DetailBodies {
        height: 1fr;
        & > * { width: 1fr; }
        &.-double > #signature, &.-double > #image { margin: 0 0 0 2; }
    }
    """

    class NotesChanged(Message):
        """What the last line says of the delivery has changed."""

    def __init__(self, delivery: ShownDelivery, *, now: Callable[[], datetime], in_ascii: bool) -> None:
        super().__init__(id="bodies")
        self.pages = Pages()
        self._delivery = delivery
        self._now = now
        self._in_ascii = in_ascii
        self._filled: dict[str, StoredDelivery] = {}
        """The delivery that each tab shows; another history may have another one of the same number."""
        self._failure: Problem | None = None
        self.sought = ""
        """The text of the last search."""
        self._is_missing = False
        """Whether it was not found."""
        self._asked: int | None = None
        """The delivery whose departures were asked for."""

    def compose(self) -> ComposeResult:
        """One widget a tab, those of the right half last."""
        yield PayloadView(in_ascii=self._in_ascii, id="payload")
        yield HeaderList(id="headers")
        yield PayloadView(in_ascii=self._in_ascii, id="raw")
        yield ProseView(id="attempts")
        yield ProseView(id="answer")
        yield ImageView(now=self._now, in_ascii=self._in_ascii)
        yield ProseView(id="signature")
        yield ProseView(id=_FAILURE)

    def on_mount(self) -> None:
        self._switch()

    @property
    def tab(self) -> str:
        """The active tab."""
        return self.pages.tab

    @property
    def shown(self) -> tuple[str, ...]:
        """The tabs that are shown, one or two."""
        return self.pages.shown(self._delivery.tabs)

    @property
    def active(self) -> Widget:
        """The body of the active tab, or what stands in its place."""
        if self._failure:
            return self._prose(_FAILURE)
        return self.query_one(f"#{self.tab.lower()}")

    @property
    def view(self) -> PayloadView:
        """The body of Payload or Raw, whichever is shown."""
        return self.query_one(f"#{self.text_tab.lower() or 'payload'}", PayloadView)

    @property
    def text_tab(self) -> str:
        """The name of that tab; "" when neither is shown."""
        return self.pages.text_tab(self._delivery.tabs)

    def _prose(self, tab: str) -> ProseView:
        return self.query_one(f"#{tab.lower()}", ProseView)

    @property
    def outcome(self) -> str:
        """What the headline says in place of the reason: how the attempts or the forwards ended; "" in other tabs."""
        if self.tab == ATTEMPTS:
            return outcome(self._delivery.attempts)
        return forward_result_headline(self._delivery.forward_results[0]) if self.tab == ANSWER else ""

    def text(self) -> tuple[str, str]:
        """The active tab, which is Headers or prose, as text without secrets, and what it is."""
        stored = self._delivery.stored
        if stored is None:
            return "", ""
        if self.tab == HEADERS:
            return as_text(stored.delivery), "the headers"
        row = stored.row
        title = f"#{row.seq} {visible(row.event)}: {row.verdict}. {visible(row.reason)}"
        return f"{title}\n\n{self._prose(self.tab).plain}", f"the {self.tab} tab"

    def start_with(self, tab: str) -> None:
        """Show this tab of the first delivery, if it has it."""
        if tab in TABS and self._delivery.stored is None:
            self.pages.choose(tab)

    def tab_of(self, widget: Widget) -> str:
        """The tab whose body a widget belongs to; "" if it belongs to none."""
        ids = {one.id for one in widget.ancestors_with_self}
        return next((tab for tab in self._delivery.tabs if tab.lower() in ids), "")

    def _switch(self) -> None:
        self.set_class(self.pages.is_double, "-double")
        shown = {_FAILURE} if self._failure else {tab.lower() for tab in self.shown}
        for body in self.children:
            body.display = body.id in shown

    def forget(self, tab: str) -> None:
        """Fill a tab again when it is shown next."""
        self._filled.pop(tab, None)

    def show_failure(self, problem: Problem) -> None:
        """Show in place of the bodies why the delivery cannot be shown, until they are filled."""
        self._failure = problem
        self._filled.clear()
        text = Content.assemble((f"{visible(problem.message)}\n{visible(problem.hint)}", "$muted"))
        self._prose(_FAILURE).show(lambda _width: text, from_top=True)
        self._switch()

    def fill(self, *, from_top: bool = False, without_body: bool = False) -> bool:
        """Show the pages of the delivery; return False if its payload was shown already, or is not shown.

        `from_top`: scroll pages of text to their beginning. `without_body`: leave the payload empty for the result of
        a query.
        """
        stored = self._delivery.stored
        if stored is None:
            return False
        self._failure = None
        self._switch()
        fresh = [tab for tab in self.shown if not self._shows(tab, stored)]
        for tab in self.shown:
            self._filled[tab] = stored
            self._fill_tab(tab, stored, is_fresh=tab in fresh, from_top=from_top, without_body=without_body)
        return PAYLOAD in fresh

    def _shows(self, tab: str, stored: StoredDelivery) -> bool:
        filled = self._filled.get(tab)
        return filled is not None and filled.row.seq == stored.row.seq and filled.delivery == stored.delivery

    def _fill_tab(
        self, tab: str, stored: StoredDelivery, *, is_fresh: bool, from_top: bool, without_body: bool
    ) -> None:
        delivery = self._delivery
        match tab:
            case "Payload" | "Raw" if is_fresh:
                is_empty = without_body and tab == PAYLOAD
                view = self.query_one(f"#{tab.lower()}", PayloadView)
                view.load(b"" if is_empty else stored.delivery.body, raw=is_empty or tab == RAW)
                if delivery.departures is None:
                    self.call_later(self._request_departures)
            case "Headers" if is_fresh:
                self.query_one(HeaderList).show(stored.delivery)
            case "Signature":
                self._prose(tab).show(partial(self._signature_text, stored), from_top=from_top)
                if delivery.report is None:
                    # From this widget's own turn: Textual stops a message at the parent in whose turn it was made.
                    self.call_later(self._request_report, stored.row.seq)
            case "Image":
                job, at = stored.row.summary.job, stored.row.received_at
                self.query_one(ImageView).show(tuple(ShownImage(link, job, at) for link in delivery.images))
            case "Answer":
                answer = forward_results_text(delivery.forward_results, self._now())
                self._prose(tab).show(lambda _width: answer, from_top=from_top)
            case "Attempts":
                rows, same, others = delivery.attempts, delivery.comparisons(), delivery.neighbours()
                make = partial(attempts_text, rows, same, now=self._now(), of_run=others)
                self._prose(tab).show(make, from_top=from_top)

    # The report of the Signature tab

    def _request_report(self, seq: int) -> None:
        if seq == self._delivery.seq and self._delivery.report is None:
            failed = partial(self._show_problem, seq)
            self.post_message(AnswerRequested(self, ExplainSignature(seq), self._show_report, failed))

    def forget_report(self) -> None:
        """Ask for the report again when it is shown, at once if it is: the ring that it lists has changed."""
        self._delivery.report, self._delivery.problem = None, ""
        if SIGNATURE in self.shown and self._delivery.seq is not None:
            self.call_later(self._request_report, self._delivery.seq)

    def _show_report(self, report: SignatureReport | None) -> None:
        if report is not None and report.seq == self._delivery.seq:
            self._delivery.report = report
            self._on_report_changed()

    def _show_problem(self, seq: int, problem: Problem) -> None:
        if seq == self._delivery.seq:
            self._delivery.problem = problem.sentence()
            self._on_report_changed()

    def _on_report_changed(self) -> None:
        stored = self._delivery.stored
        if SIGNATURE in self.shown and stored is not None:
            self._prose(SIGNATURE).show(partial(self._signature_text, stored), from_top=False)
        self.post_message(self.NotesChanged())

    def _signature_text(self, stored: StoredDelivery, width: int) -> Content:
        if self._delivery.report is not None:
            return signature_text(self._delivery.report, stored.row, width, self._now())
        if self._delivery.problem:
            return Content.assemble((visible(self._delivery.problem), "$warn"))
        return not_examined_text(stored.row)

    # Departures from the contract

    def _request_departures(self) -> None:
        """Request the departures, one delivery at a time; an answer for another delivery requests them again."""
        seq = self._delivery.seq
        if seq is not None and self._asked is None and self._delivery.departures is None:
            self._asked = seq
            query = GetDepartures(seq)
            self.post_message(AnswerRequested(self, query, self._show_departures, self._show_no_departures))

    def _show_departures(self, departures: tuple[Departure, ...]) -> None:
        asked, self._asked = self._asked, None
        if asked != self._delivery.seq:
            self._request_departures()
            return
        self._delivery.departures = departures
        if departures:
            self.post_message(self.NotesChanged())

    def _show_no_departures(self, _problem: Problem) -> None:
        self._asked = None  # it is a note only, and the end of the session has a notice of its own

    # Search

    def find(self, text: str) -> None:
        """Go to the first match, the text in focus; "" ends the search."""
        self.sought = text
        self.view.focus()
        self._is_missing = not self.view.find(text) and bool(text)

    def find_next(self, *, backwards: bool) -> None:
        """Go to the next match of the last search, or the previous one."""
        view = self.view
        is_same = view.sought == self.sought
        self._is_missing = not (view.find_next(backwards=backwards) if is_same else view.find(self.sought))

    def forget_missing(self) -> None:
        """The cursor has moved: say no more that nothing was found."""
        self._is_missing = False

    # The last line

    def on_image_view_changed(self, event: ImageView.Changed) -> None:
        """Show where the image comes from."""
        event.stop()
        self.post_message(self.NotesChanged())

    def warns(self) -> bool:
        """Whether the last line shows departures from the contract."""
        return self.tab in (PAYLOAD, RAW) and bool(self._delivery.departures) and not self.view.match_count

    def summary(self, width: int, *, is_queried: bool) -> tuple[str, str]:
        """Where the cursor is, and notes, in `width` cells."""
        notes = self._notes(width, is_queried=is_queried)
        match self.tab:
            case "Payload" | "Raw" if self.warns() and not is_queried:
                place, departing = departure_line(self._delivery.departures or (), self.view.path, width)
                return self._place if self._is_missing else place, departing
            case "Payload" | "Raw":
                return self._place, self.view.match_count or notes
            case "Headers" if self._delivery.stored is not None:
                return summary(self._delivery.stored.delivery, width - 8), "y copy"
            case "Signature":
                checked = effort(self._delivery.report) if self._delivery.report is not None else ""
                keys = ("p add a secret  y copy this", "p add a secret", "")
                room = max(0, width - len(checked) - 1)
                return checked, notes or next(text for text in keys if len(text) <= room)
            case "Image":
                image = self.query_one(ImageView)
                return image.place, image.drawing
            case _:
                return "", "y copy"

    @property
    def _place(self) -> str:
        return f"No match for {visible(self.sought)}" if self._is_missing else self.view.path

    def _notes(self, width: int, *, is_queried: bool) -> str:
        """`1 note: new field quality_score`, or how many there are; the Signature tab shows them all."""
        filled = self._filled.get(PAYLOAD)
        has_payload = filled is not None and filled.row.seq == self._delivery.seq and not is_queried
        own = self.query_one("#payload", PayloadView).document.notes if has_payload else ()
        reported = self._delivery.report.notes if self._delivery.report is not None else ()
        notes = tuple(dict.fromkeys((*own, *reported)))
        if not notes:
            return ""
        count = units.counted(len(notes), "note")
        first = visible(notes[0]).rstrip(".")
        fits = len(first) + len(count) + 2 <= width * 0.6
        return f"{count}: {first}" if len(notes) == 1 and fits and self.tab == PAYLOAD else count
