"""The test of the user's own handler: rows that turn green and red while it runs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain.commands import CheckHandler, StopHandlerCheck
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.forwarding.handler_check import CaseResult, CheckState, HandlerCheck, HandlerExchange
from webhook_tui.domain.queries import GetHandlerExchanges
from webhook_tui.domain.status import SessionEnd, SessionStatus
from webhook_tui.domain.url import is_loopback_host
from webhook_tui.handler_check.report import as_text
from webhook_tui.ui.dialogs.dialog import Dialog, ask
from webhook_tui.ui.dialogs.fields import UrlField
from webhook_tui.ui.dialogs.page import PageDialog
from webhook_tui.ui.format.handler_check import (
    INDENT,
    WIDE,
    CheckLine,
    answered,
    check_cell,
    check_lines,
    exchange_pages,
    heading,
    lamps,
    meaning,
)
from webhook_tui.ui.messages import AnswerRequested, CommandRequested, CopyRequested
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.table.list_table import Cell, ListColumn, ListTable, TableSpec
from webhook_tui.ui.widgets.table.table import Table

_TICK_SECONDS = 0.5
_PURPOSE = "Sends valid, forged and malformed deliveries, and checks each answer."
_COLUMNS = (
    ListColumn("state", "", 1),
    ListColumn("test", "test", 30),
    ListColumn("should", "should", 7),
    ListColumn("answered", "answered", 9, is_right=True),
)
_GAPS = 2 * len(_COLUMNS)


class OtherMachineDialog(Dialog[bool]):
    """Returns whether a handler on another machine is tested."""

    TONE = "warning"
    TITLE_TEXT = "Test a handler on another machine?"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "m", "dismiss(True)", "It is mine", show=False, id="handler.mine", tooltip="test it on another machine"
        ),
    ]

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def body(self) -> ComposeResult:
        yield self.paragraph(visible(self._url))
        yield self.paragraph("It gets valid, forged and malformed deliveries: real systems may act on the valid ones.")

    def buttons(self) -> ComposeResult:
        yield KeyButton("Not now", "esc", id="safe")
        yield KeyButton("It is mine", "m", id="mine", runs="dismiss(True)")


class HandlerCheckDialog(Dialog[None]):
    """Sends valid, forged and malformed deliveries to a handler and shows how it answers each."""

    AUTO_FOCUS = "Table"
    TITLE_TEXT = "Test my handler"
    WAY = ("Deliveries",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("T", "safe", "Close", show=False, id="handler.close", tooltip="close the test"),
        Binding("space", "failed_only", "Failed only", show=False, id="handler.failed_only", tooltip="failed only"),
        Binding("r", "again", "Run again", show=False, id="handler.again", tooltip="run the test again"),
        Binding("u", "url", "URL", show=False, id="handler.url", tooltip="test another URL"),
        Binding("x", "stop", "Stop", show=False, id="handler.stop", tooltip="stop the test"),
        Binding("y", "copy", "Copy report", show=False, id="handler.copy", tooltip="copy the report"),
    ]
    DEFAULT_CSS = """
    HandlerCheckDialog #title { margin: 0; }
    HandlerCheckDialog #buttons KeyButton { margin: 0 1 0 0; }
    HandlerCheckDialog UrlField { display: none; }
    HandlerCheckDialog.-asks UrlField { display: block; }
    HandlerCheckDialog.-asks #lamps { display: none; }
    HandlerCheckDialog #start { display: none; }
    HandlerCheckDialog.-asks #buttons KeyButton { display: none; }
    HandlerCheckDialog.-asks #buttons #safe, HandlerCheckDialog.-asks #buttons #start { display: block; }
    HandlerCheckDialog Table { height: 1fr; margin: 1 0 0 0; }
    HandlerCheckDialog #about { height: 2; display: none; }
    HandlerCheckDialog.-beside #about { display: block; }
    """

    def __init__(
        self,
        url: str,
        status: Callable[[], SessionStatus],
        *,
        starts: bool,
        now: Callable[[], datetime],
        in_ascii: bool = False,
    ) -> None:
        """`starts`: test `url` at once; else it is a suggestion."""
        super().__init__()
        self._url = url
        self._status = status
        self._starts = starts
        self._now = now
        self._glyphs = glyphs(plain=in_ascii)
        self._check = HandlerCheck(url, state=CheckState.STOPPED)
        self._started_at = self._advanced_at = self._ended_at = now()
        self._before: dict[str, str] = {}
        self._failed_only = False
        self._follows = True
        """Until the user moves the cursor."""
        self._placed: Hashable | None = None
        """The line on which the cursor was put by itself."""
        spec: TableSpec[CheckLine] = TableSpec(
            self._columns, self._cell, key=lambda line: (line.case.name, line.number), whole=self._whole
        )
        self._table = ListTable(spec, id="cases", in_ascii=in_ascii)

    def body(self) -> ComposeResult:
        yield UrlField(self._url)
        yield Static(id="lamps", markup=False)
        yield self._table.widget
        yield Static(id="about", markup=False)

    def buttons(self) -> ComposeResult:
        yield KeyButton("Back", "esc", id="safe")
        yield KeyButton("Start", "enter", id="start")
        yield KeyButton("Sent", "enter", id="sent")
        yield KeyButton("Failed", "space", id="failed_only")
        yield KeyButton("Again", "r", id="again")
        yield KeyButton("URL", "u", id="url")
        yield KeyButton("Copy", "y", id="copy")

    def on_mount(self) -> None:
        self.set_interval(_TICK_SECONDS, self._tick)
        if self._starts:
            self._start()
        else:
            self.action_url()

    def on_resize(self) -> None:
        self.call_after_refresh(self._fill)

    def show(self, check: HandlerCheck) -> None:
        """Show the progress of the check that was started last."""
        if check.url != self._url or not self.is_mounted:
            return
        if not check.cases and check.problem is None:
            return
        self._advanced_at = self._now()
        if check.state is not CheckState.RUNNING:
            self._ended_at = self._advanced_at
        self._check = check
        self._fill()

    def on_session_ended(self) -> None:
        """Stop a check under way: its session does not go on with it."""
        if self._check.state is CheckState.RUNNING:
            self._stop_with(self._status().end)

    def _stop_with(self, end: SessionEnd | None) -> None:
        problem = None if end is None else Problem(end.problem.message, "")  # its hint names a key that is another here
        self._ended_at = self._now()
        self._check = replace(self._check, state=CheckState.STOPPED, problem=problem)
        self._fill()

    def _tick(self) -> None:
        if self._check.state is CheckState.RUNNING:
            self._fill()

    def _fill(self) -> None:
        width = self.query_one("#title").size.width - self.way.cell_length
        check, status = self._check, self._status()
        is_current = status.webhook.secret_since is not None
        title = heading(self._url, width, self._glyphs, is_current=is_current)
        self.query_one("#title", Static).update(self.way + title)
        self.query_one("#lamps", Static).update(lamps(check, self._seconds(self._started_at)))
        self.set_class(self._table_width >= WIDE, "-beside")
        lines = check_lines(check, self._table_width, failed_only=self._failed_only)
        is_new = not check.cases and check.state is CheckState.STOPPED
        self._table.widget.empty = _PURPOSE if is_new else "Nothing failed." if self._failed_only else ""
        self._table.show(lines)
        self._follow(lines)
        self._fill_about()

    @property
    def _table_width(self) -> int:
        return self._table.widget.view_size.width

    def _seconds(self, since: datetime) -> float:
        until = self._now() if self._check.state is CheckState.RUNNING else self._ended_at
        return (until - since).total_seconds()

    def _follow(self, lines: Sequence[CheckLine]) -> None:
        """Keep the case under way in sight, at the end the first that failed, until the user moves the cursor."""
        table = self._table.widget
        if not lines or not self._follows:
            return
        if self._placed not in (None, table.cursor_key):
            self._follows = False
            return
        check = self._check
        wanted = check.cases[min(check.done, len(check.cases) - 1)]
        if check.state is not CheckState.RUNNING:
            wanted = (*check.failed, check.cases[0])[0]
        place = next((place for place, line in enumerate(lines) if line.case == wanted), 0)
        table.move_to_place(place)
        table.following = False  # lines that are added below do not move the cursor
        self._placed = table.cursor_key

    def _fill_about(self) -> None:
        line = self._table.chosen
        has_failed = line is not None and line.case in self._check.failed
        text = Content.empty()
        if line is not None and has_failed:
            text = Content.assemble(meaning(line.case), "\n", (line.case.advice, "$muted"))
        self.query_one("#about", Static).update(text)

    def on_table_cursor_moved(self, event: Table.CursorMoved) -> None:
        event.stop()
        self._fill_about()

    def on_table_row_opened(self, event: Table.RowOpened) -> None:
        event.stop()
        self.action_sent()

    # Actions

    def _start(self, *, elsewhere: bool = False) -> None:
        self.remove_class("-asks")
        self._before = {result.name: answered(result) for result in self._check.results} or self._before
        cases = tuple(CaseResult(case.name, case.title, case.expected) for case in self._check.cases)
        self._check = HandlerCheck(self._url, cases)
        self._started_at = self._advanced_at = self._now()
        self._follows, self._placed = True, None
        self._table.widget.focus()
        if (end := self._status().end) is not None:
            self._stop_with(end)
            return
        self._fill()
        self.post_message(CommandRequested(CheckHandler(self._url, elsewhere)))

    def _request(self) -> None:
        """Test the URL; ask first when it is on another machine."""
        if is_loopback_host(urlsplit(self._url).hostname or ""):
            self._start()
        else:
            ask(self.app, OtherMachineDialog(self._url), lambda _: self._start(elsewhere=True))

    def action_again(self) -> None:
        """Run it again; earlier answers stay, muted, until the new ones come."""
        self._request()

    def action_url(self) -> None:
        self.add_class("-asks")
        self.query_one(UrlField).input.focus()

    def action_start(self) -> None:
        url = self.query_one(UrlField).url()
        if url is not None:
            if url != self._url:
                self._check, self._before = HandlerCheck(url, state=CheckState.STOPPED), {}
            self._url = url
            self._request()

    def action_failed_only(self) -> None:
        self._failed_only = not self._failed_only
        self._fill()

    def action_stop(self) -> None:
        if self._check.state is CheckState.RUNNING:
            self.post_message(CommandRequested(StopHandlerCheck()))

    def action_safe(self) -> None:
        """Close; a test under way is stopped. While a URL is asked for, leave the field."""
        if self.has_class("-asks") and self._check.cases:
            self.remove_class("-asks")
            self._table.widget.focus()
            return
        self.action_stop()
        self.dismiss(None)

    def action_sent(self) -> None:
        line = self._table.chosen
        if line is not None:
            title, query, way = line.case.title, GetHandlerExchanges(line.case.name), (*self.WAY, self.TITLE_TEXT)

            def show(exchanges: tuple[HandlerExchange, ...]) -> None:
                self.app.push_screen(PageDialog(title, exchange_pages(exchanges), "the exchange", way))

            self.post_message(AnswerRequested(self, query, show))

    def action_copy(self) -> None:
        """Copy the report as `webhook-tui check` prints it."""
        if self._check.results:
            self.post_message(CopyRequested(as_text(self._url, self._check.results), "the report"))

    # The table

    def _columns(self, width: int) -> Sequence[ListColumn]:
        if width < WIDE - 2:
            return _COLUMNS
        room = width - sum(column.width for column in _COLUMNS) - _GAPS
        return (*_COLUMNS, ListColumn("meaning", "", room))

    def _cell(self, line: CheckLine, column: str) -> Cell:
        return check_cell(line, column, self._check, self._seconds(self._advanced_at), self._before)

    def _whole(self, line: CheckLine) -> Cell | None:
        return (f"{INDENT}{line.text}", line.role) if line.number else None
