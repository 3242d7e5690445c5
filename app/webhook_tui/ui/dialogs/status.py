"""The Status screen: counts, time, answers, the route's history, where the history lies, and the public URL as QR code.

While it is open it asks the session once a second, and again at once while the session is still counting.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.queries import GetStatistics
from webhook_tui.domain.statistics.overview import Overview
from webhook_tui.domain.status import SessionStatus
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.live_query import LiveQuery
from webhook_tui.ui.format import qr_code
from webhook_tui.ui.format.status.statistics import overview_text, public_address
from webhook_tui.ui.messages import CopyRequested
from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.detail.prose_view import ProseView
from webhook_tui.ui.widgets.keys.key_button import KeyButton
from webhook_tui.ui.widgets.line_view import draw_plainly

_LEAST_PAGE = 60
"""So wide is the page at least that has the QR code beside it."""
_GAP = 2


class StatusDialog(Dialog[None]):
    """Shows the page; esc or i closes it."""

    AUTO_FOCUS = "#page"
    TITLE_TEXT = "Status"
    WAY = ("Deliveries",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "safe", "Close", show=False, id="status.close", tooltip="close the status"),
        Binding("c", "copy_url", "Copy URL", show=False, id="status.copy_url", tooltip="copy the public URL"),
        Binding("y", "copy", "Copy", show=False, id="status.copy", tooltip="copy the page"),
    ]
    DEFAULT_CSS = """
    StatusDialog #overview { height: 1fr; width: 1fr; }
    StatusDialog #page { scrollbar-gutter: stable; }
    StatusDialog #qr { display: none; width: auto; height: auto; margin: 0 0 0 2; }
    StatusDialog.-beside #qr { display: block; }
    """

    def __init__(
        self, status: Callable[[], SessionStatus], *, now: Callable[[], datetime], in_ascii: bool = False
    ) -> None:
        super().__init__()
        self._status = status
        self._now = now
        self._glyphs = glyphs(plain=in_ascii)
        self._overview: Overview | None = None
        self._live = LiveQuery(self, GetStatistics(), self._show)

    def body(self) -> ComposeResult:
        with Horizontal(id="overview"):
            yield ProseView(id="page")
            yield Static(id="qr", markup=False)

    def buttons(self) -> ComposeResult:
        yield KeyButton("Close", "esc", id="safe")
        yield KeyButton("Copy URL", "c", id="copy_url")
        yield KeyButton("Copy page", "y", id="copy")

    def on_mount(self) -> None:
        if self._glyphs.ascii:
            draw_plainly(self.query_one("#page", ProseView).vertical_scrollbar)
        self._live.start()

    def on_resize(self) -> None:
        self.call_after_refresh(self._fill)

    def action_copy_url(self) -> None:
        status = self._status()
        url = public_address(status)
        if url is not None:
            self.post_message(CopyRequested(visible(url), "the public URL"))
        elif status.webhook.url is not None:
            self.post_message(CopyRequested(visible(status.webhook.url), "the hook's URL"))

    def action_copy(self) -> None:
        text = self._text(80).plain
        self.post_message(CopyRequested(text, "the status"))

    def _show(self, overview: Overview) -> bool:
        self._overview = overview
        self._fill()
        return overview.counts is None or overview.counts.is_done

    def _text(self, width: int) -> Content:
        return overview_text(self._overview, self._status(), width, self._now(), self._glyphs)

    def _fill(self) -> None:
        if not self.is_mounted:
            return
        url = public_address(self._status())
        code = self._code(url)
        columns, lines = qr_code.size(code)
        room = self.query_one("#overview").size
        is_beside = bool(code) and room.width >= _LEAST_PAGE + _GAP + columns and room.height >= lines
        self.set_class(is_beside, "-beside")
        if is_beside:
            self.query_one("#qr", Static).update(qr_code.picture(code))
        below = Content.empty() if is_beside else self._below(url, code)
        page = self.query_one("#page", ProseView)
        page.show(lambda width: Content("\n\n").join([self._text(width), *([below] if below else [])]), from_top=False)

    def _code(self, url: str | None) -> tuple[tuple[bool, ...], ...]:
        """Return the modules to draw; () if the terminal cannot show them."""
        has_colours = not (self.app.no_color and self.app.native_ansi_color)
        return qr_code.modules(url) if url is not None and has_colours and not self._glyphs.ascii else ()

    def _below(self, url: str | None, code: tuple[tuple[bool, ...], ...]) -> Content:
        """Return the QR code for the end of the page if all of it fits on the screen, else why it is missing."""
        heading = Content.assemble(("QR code of the public URL", "bold"))
        columns, lines = qr_code.size(code)
        room = self.query_one("#page", ProseView).size
        if url is None:
            why = "There is no public URL in this run."
        elif self._glyphs.ascii:
            why = "It needs more than ASCII; c copies the URL."
        elif not code:
            why = "It cannot be drawn here; c copies the URL."
        elif room.width - 1 < columns or room.height < lines:
            why = f"It needs {columns} × {lines} cells here, and there are {room.width - 1} × {room.height}."
        else:
            return Content("\n").join([heading, qr_code.picture(code)])
        return Content("\n").join([heading, Content.assemble((f"  {why}", "$muted"))])
