"""A view of a document, line by line, with a cursor, folding and search; draws only the lines on the screen.

Lines are not wrapped, and there is no horizontal scrollbar: left and right move the text under its line numbers.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on, work
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.worker import Worker

from webhook_tui.ui.symbols import glyphs
from webhook_tui.ui.widgets.line_view import LineView, draw_plainly, movement_bindings
from webhook_tui.ui.widgets.payload.document import LONGEST_LINE, Document, TextDocument
from webhook_tui.ui.widgets.payload.folding import FoldedDocument
from webhook_tui.ui.widgets.payload.line_painter import LOOKS, LinePainter, LineStyles, styles_of
from webhook_tui.ui.widgets.payload.loader import beginning_for, document_for
from webhook_tui.ui.widgets.payload.search import DocumentSearch
from webhook_tui.ui.widgets.payload.selection import selected_span, selected_text

_CSS = """
PayloadView {
    background: $surface;
    color: $foreground;
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-size-vertical: 1;
    scrollbar-gutter: stable;
    scrollbar-background: $surface;
    scrollbar-background-hover: $surface;
    scrollbar-background-active: $surface;
}
"""
_LARGEST_AT_ONCE = 65_536
"""Bytes of a body that are made into a document in the screen's thread; more would delay a frame."""
_SIDEWAYS_STEP = 8
_MEASURED_CELLS = 1024


class PayloadView(LineView):
    """Shows one document."""

    DEFAULT_CSS = _CSS
    ALLOW_SELECT = True
    BINDING_GROUP_TITLE = "Payload"
    BINDINGS: ClassVar[list[BindingType]] = [
        *movement_bindings("payload", "line", last="Move to the last line"),
        Binding("left", "sideways(-1)", "Left", show=False, id="payload.left", tooltip="scroll left"),
        Binding("right", "sideways(1)", "Right", show=False, id="payload.right", tooltip="scroll right"),
        Binding("enter", "fold", "Fold", show=False, id="payload.fold", tooltip="fold or unfold"),
    ]

    class PathChanged(Message):
        """The line under the cursor has another JSON path."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    class Loaded(Message):
        """The document of a large body is shown."""

    def __init__(self, *, in_ascii: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(LOOKS, id=id)
        self._symbols = glyphs(plain=in_ascii)
        self._loading: Worker[None] | None = None
        self._line_styles: LineStyles | None = None
        self._path = ""
        self._is_path_due = False
        self._folded = FoldedDocument(TextDocument(b""))
        self._search = DocumentSearch(self.document)
        self._cursor = self._sideways = 0

    # Content

    @property
    def document(self) -> Document:
        """The document that is shown."""
        return self._folded.document

    @property
    def path(self) -> str:
        """JSON path of the line under the cursor; "" if it has none."""
        return self.document.path_at(self._cursor)

    @property
    def cursor_text(self) -> str:
        """The text of the line under the cursor, sanitised, cut if it is very long."""
        return "".join(piece.text for piece in self.document.line(self._cursor, _MEASURED_CELLS * 2).pieces)

    def load(self, body: bytes, *, raw: bool = False) -> None:
        """Show a body, as received with `raw`; of a large one the first lines, or nothing, until `Loaded`."""
        is_large = len(body) > _LARGEST_AT_ONCE
        self.show(beginning_for(body, raw=raw) if is_large else document_for(body, raw=raw))
        if is_large:
            self._loading = self._load(body, raw=raw)

    @work(exclusive=True, exit_on_error=False, description="format a payload")  # else Textual quotes the whole body
    async def _load(self, body: bytes, *, raw: bool) -> None:
        drawn = asyncio.Event()
        if self.call_after_refresh(drawn.set):  # the thread holds the interpreter for long: not before the key's frame
            await drawn.wait()
        document = await asyncio.to_thread(document_for, body, raw=raw)
        if document.kind == self.document.kind == "json":
            self._set_document(document, self._cursor, self.sought)  # its first lines are there, and read already
            self.measure()
            self.refresh()
        else:
            self._show(document)
        self.post_message(self.Loaded())

    def show(self, document: Document) -> None:
        """Show a document from its first line, nothing folded and nothing searched for."""
        if self._loading is not None:
            self._loading.cancel()
        self._show(document)

    def _show(self, document: Document) -> None:
        self._set_document(document.fitted(self._view_width))
        self._sideways = 0
        self.measure()
        self.scroll_to_place(0)
        self.refresh()
        self._announce_path()

    def _set_document(self, document: Document, cursor: int = 0, sought: str = "") -> None:
        self._folded = FoldedDocument(document)
        self._search = DocumentSearch(document, sought)
        self._cursor = cursor

    def move_to(self, index: int) -> None:
        """Put the cursor on a line of the document, and unfold what hides it."""
        index = min(max(index, 0), self.document.line_count - 1)
        if self._folded.reveal(index):
            self.measure()
            self.refresh()
        self._put_cursor(index)

    # Search

    @property
    def sought(self) -> str:
        """The text of the search; "" for none."""
        return self._search.text

    @property
    def match_count(self) -> str:
        """The cursor's place among the matches: `1 of 3`; `3 matches` between them; "" without any."""
        return self._search.position(self._cursor)

    def find(self, text: str) -> bool:
        """Mark `text` wherever it occurs and go to the first match from the cursor on; "" ends the search."""
        self._search = DocumentSearch(self.document, text)
        self.refresh()
        return self._go_to(self._search.find(self._cursor))

    def find_next(self, *, backwards: bool = False) -> bool:
        """Go to the next or the previous match, round the ends of the document; return whether there is one."""
        step = -1 if backwards else 1
        return self._go_to(self._search.find(self._cursor + step, backwards=backwards))

    def _go_to(self, line: int | None) -> bool:
        if line is not None:
            self.move_to(line)
        return line is not None

    # Actions

    def action_home(self) -> None:
        self._shift_to(0)
        self.move_to_place(0)

    def action_sideways(self, direction: int) -> None:
        """Move the text by a few cells, as far as a line on the screen is longer than the view.

        Raises SkipAction at the left end, so that the screen's binding for the key applies.
        """
        if direction < 0 and self._sideways == 0:
            raise SkipAction
        self._move_sideways(direction)

    def _move_sideways(self, direction: int) -> None:
        visible_places = range(self.scroll_offset.y, min(self.scroll_offset.y + self.page, self.places))
        longest = max((self._width_of(place) for place in visible_places), default=0)
        rightmost = max(0, longest - self._text_width)
        if direction > 0:
            self._shift_to(min(self._sideways + _SIDEWAYS_STEP, max(rightmost, self._sideways)))
        else:
            self._shift_to(max(0, min(self._sideways, rightmost) - _SIDEWAYS_STEP))

    def action_fold(self) -> None:
        if self._folded.toggle(self._cursor):
            self.measure()
            self._put_cursor(self._cursor)
            self.refresh()

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on a line, a double click folds."""
        place = self.place_at(event)
        if place is None:
            return
        event.stop()
        if event.chain == 1:
            self.move_to_place(place)
        elif event.chain == 2:
            self.action_fold()

    @on(events.MouseScrollUp)
    @on(events.MouseScrollDown)
    @on(events.MouseScrollLeft)
    @on(events.MouseScrollRight)
    def on_wheel(self, event: events.MouseEvent) -> None:
        """Move sideways if the wheel tilts, or with shift or ctrl."""
        if isinstance(event, events.MouseScrollLeft | events.MouseScrollRight) or event.shift or event.ctrl:
            event.stop().prevent_default()
            self._move_sideways(-1 if isinstance(event, events.MouseScrollUp | events.MouseScrollLeft) else 1)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text selected with the mouse as it is shown, cut at a million characters."""
        text = selected_text(self._folded, self._symbols, selection)
        return (text, "\n") if text else None

    def text_select_all(self) -> None:
        """Do nothing: a double click folds."""

    # Life cycle

    def on_mount(self) -> None:
        """Announce the path of a document shown before; use the terminal's symbols for the scrollbar."""
        self._announce_path()
        if self._symbols.ascii:
            draw_plainly(self.vertical_scrollbar)

    def on_resize(self) -> None:
        """Lay out again, with the cursor at the same share of the document."""
        fitted = self.document.fitted(self._view_width)
        if fitted is not self.document:
            share = self._cursor / max(1, self.document.line_count)
            self._set_document(fitted, min(round(share * fitted.line_count), fitted.line_count - 1), self.sought)
            self.refresh()
        self.measure()
        self.scroll_to_show(self._folded.place_of(self._cursor))

    # Places: lines on the screen, a folded part being one

    @property
    def places(self) -> int:
        """Lines of the document, a folded part counted once."""
        return self._folded.places

    @property
    def heading_lines(self) -> int:
        """1 if the document has a heading, else 0."""
        return 1 if self.document.heading else 0

    @property
    def _view_width(self) -> int:
        """The width including the scrollbar; 0 before the layout."""
        return self.view_size.width + self.styles.scrollbar_size_vertical

    @property
    def _text_width(self) -> int:
        return self._painter().text_width

    def move(self, delta: int) -> None:
        """Move the cursor by `delta` places."""
        self.move_to_place(self._folded.place_of(self._cursor) + delta)

    def move_to_place(self, place: int) -> None:
        """Put the cursor on a place."""
        self._put_cursor(self._folded.line_at(min(max(place, 0), self.places - 1)))

    def _put_cursor(self, index: int) -> None:
        old, self._cursor = self._cursor, index
        self.scroll_to_show(self._folded.place_of(self._cursor))
        for line in {old, index}:
            self.repaint(self._folded.place_of(line))
        self._announce_path()

    def _shift_to(self, sideways: int) -> None:
        if sideways != self._sideways:
            self._sideways = sideways
            self.refresh()

    def _announce_path(self) -> None:
        """Post `PathChanged` after the frame: in a long array a path takes longer to find than a line to draw."""
        if self.is_running and not self._is_path_due:
            self._is_path_due = True
            self.call_after_refresh(self._announce_path_now)

    def _announce_path_now(self) -> None:
        self._is_path_due = False
        path = self.path
        if path != self._path:
            self._path = path
            self.post_message(self.PathChanged(path))

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in a region; their styles are asked for once."""
        self._line_styles = None
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the viewport; line 0 is the heading, if there is one."""
        painter = self._painter()
        if y < self.heading_lines:
            return painter.heading(self.document.heading)
        place = self.scroll_offset.y + y - self.heading_lines
        if place >= self.places:
            return painter.blank(self.places)
        index = self._folded.line_at(place)
        line = self._folded.line(index, self._sideways + painter.text_width)
        selected = selected_span(self.document, self.text_selection, place)
        return painter.line(place, line, cursor=index == self._cursor, focus=self.has_focus, selected=selected)

    def _painter(self) -> LinePainter:
        width, digits = self.view_size.width, self.document.number_width
        if self._line_styles is None:
            self._line_styles = styles_of(self, self.part)
        return LinePainter(self._line_styles, self._symbols, width, digits, self._sideways, self.sought)

    def _width_of(self, place: int) -> int:
        line = self._folded.line(self._folded.line_at(place), _MEASURED_CELLS)
        return LONGEST_LINE if line.more else sum(cell_len(piece.text) for piece in line.pieces)
