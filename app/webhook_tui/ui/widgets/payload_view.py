"""A body line by line with numbers, colours and a cursor: draws only the lines that can be seen, cut at both sides.

There is no wrapping and no bar for moving sideways: left and right move the text under its line numbers.
"""

from __future__ import annotations

from typing import ClassVar, get_args

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from webhook_tui.ui.symbols import Symbols, glyphs
from webhook_tui.ui.widgets.documents import LONGEST_LINE, Document, Line, Piece, Role, TextDocument
from webhook_tui.ui.widgets.folding import Folds
from webhook_tui.ui.widgets.line_styles import characters_before, with_matches, with_span
from webhook_tui.ui.widgets.line_view import LineView, movement_bindings
from webhook_tui.ui.widgets.scrollbars import draw_plainly

_GAP = 2
_SIDEWAYS_STEP = 8
_MOST_MATCHES = 1000
"""Lines with a match that are counted; the body can be large."""
_MEASURED_CELLS = 1024
_COMPONENT = "payload-view--"
LARGEST_SELECTION = 1_000_000


class _Styles(Struct, frozen=True):
    base: Style
    number: Style
    cursor: Style
    cursor_number: Style
    bar: Style
    differs: Style
    heading: Style
    found: Style
    roles: dict[Role, Style]


class PayloadView(LineView):
    """The lines of one document."""

    COMPONENT = _COMPONENT
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"{_COMPONENT}{part}"
        for part in (
            *("line-number", "cursor", "cursor-number", "bar", "differs", "heading", "match"),
            *get_args(Role),
        )
    }

    ALLOW_SELECT = True
    BINDING_GROUP_TITLE = "Payload"
    BINDINGS: ClassVar[list[BindingType]] = [
        *movement_bindings("payload", "line", last="Move to the last line"),
        Binding("left", "sideways(-1)", "Left", show=False, id="payload.left", tooltip="Move the text to the right"),
        Binding("right", "sideways(1)", "Right", show=False, id="payload.right", tooltip="Move the text to the left"),
        Binding("enter", "fold", "Fold", show=False, id="payload.fold", tooltip="Fold or open this part"),
    ]

    DEFAULT_CSS = """
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

        & > .payload-view--line-number { color: $json-punct; }
        & > .payload-view--cursor { background: $row-cursor-blurred; }
        &:focus > .payload-view--cursor { background: $row-cursor; }
        & > .payload-view--cursor-number { color: $json-punct; }
        &:focus > .payload-view--cursor-number { color: $primary-text; text-style: bold; }
        & > .payload-view--bar { color: $primary-text; }
        & > .payload-view--differs { color: $warning-text; text-style: bold; }
        & > .payload-view--folded { color: $muted; }
        & > .payload-view--heading { color: $warning-text; }
        & > .payload-view--match { color: $background; background: $accent-text; }
        & > .payload-view--text { color: $foreground; }
        & > .payload-view--key { color: $json-key; }
        & > .payload-view--string { color: $json-string; }
        & > .payload-view--number { color: $json-number; }
        & > .payload-view--literal { color: $json-literal; }
        & > .payload-view--punct { color: $json-punct; }

        &:ansi, &:nocolor {
            & > .payload-view--match { color: $foreground; background: $background; text-style: reverse; }
        }
    }
    """

    class PathChanged(Message):
        """The line under the cursor belongs to another JSON path."""

        def __init__(self, view: PayloadView, path: str) -> None:
            super().__init__()
            self.view = view
            self.path = path

        @property
        def control(self) -> PayloadView:
            """The view, for the selector of `on`."""
            return self.view

    def __init__(
        self,
        *,
        ascii: bool = False,  # noqa: A002 - the name of the option
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.ascii = ascii
        self.document: Document = TextDocument(b"")
        self._folds = Folds()
        self._cursor = 0
        self._sideways = 0
        self._wanted = ""
        self._matches: list[int] | None = None
        """The lines that hold what is searched for; None: not counted yet."""
        self._path = ""
        self._path_due = False
        self._styles_of_frame: _Styles | None = None

    # What others call

    @property
    def path(self) -> str:
        """JSON path of the line under the cursor; "" when there is none."""
        return self.document.path_at(self._cursor)

    @property
    def cursor_text(self) -> str:
        """The line of the document under the cursor, harmless, cut where it is very long."""
        return "".join(piece.text for piece in self.document.line(self._cursor, _MEASURED_CELLS * 2).pieces)

    @property
    def sought(self) -> str:
        """What is searched for; "" for nothing."""
        return self._wanted

    def show(self, document: Document) -> None:
        """Show another document from its first line; parts are open, nothing is searched for."""
        self.document = document.fitted(self._view_width)
        self._folds = Folds()
        self._cursor = self._sideways = 0
        self._wanted, self._matches = "", None
        self.measure()
        self.scroll_to_place(0)
        self.refresh()
        self._tell_path()

    def move_to(self, index: int) -> None:
        """Put the cursor on a line of the document; a folded part that hides it opens."""
        index = min(max(index, 0), self.document.line_count - 1)
        fold = self._folds.covering(index)
        if fold is not None and index != fold.first:
            self._folds.open(index)
            self.measure()
            self.refresh()
        self._put_cursor(index)

    def find(self, wanted: str) -> bool:
        """Mark `wanted` wherever it stands and go to the first line from the cursor on; "" ends the search."""
        self._wanted, self._matches = wanted, None
        self.refresh()
        return bool(wanted) and self._find_from(self._cursor, backwards=False)

    def find_next(self) -> bool:
        """Go to the next line that holds what is searched for, after the last to the first."""
        return self._find_from(self._cursor + 1, backwards=False)

    def find_previous(self) -> bool:
        """Go to the line before that holds it, before the first to the last."""
        return self._find_from(self._cursor - 1, backwards=True)

    @property
    def match_count(self) -> str:
        """Which of the lines with a match the cursor is on: `1 of 3`; `3 matches` on none of them; "" for none."""
        if not self._wanted:
            return ""
        if self._matches is None:
            self._matches = self._matching_lines()
        total = f"{len(self._matches)}{'+' if len(self._matches) >= _MOST_MATCHES else ''}"
        if self._cursor in self._matches:
            return f"{self._matches.index(self._cursor) + 1} of {total}"
        return f"{total} {'match' if total == '1' else 'matches'}" if self._matches else ""

    def _matching_lines(self) -> list[int]:
        lines: list[int] = []
        last = self.document.line_count - 1
        start: int | None = 0
        while start is not None and start <= last and len(lines) < _MOST_MATCHES:
            if (start := self.document.find(self._wanted, start, backwards=False)) is not None:
                lines.append(start)
                start += 1
        return lines

    def _find_from(self, start: int, *, backwards: bool) -> bool:
        if not self._wanted:
            return False
        last = self.document.line_count - 1
        found = self.document.find(self._wanted, start, backwards=backwards) if 0 <= start <= last else None
        if found is None:
            found = self.document.find(self._wanted, last if backwards else 0, backwards=backwards)
        if found is None:
            return False
        self.move_to(found)
        return True

    # Actions

    def action_home(self) -> None:
        """To the first line, and to its beginning."""
        self._shift_to(0)
        self.move_to_place(0)

    def action_sideways(self, direction: int) -> None:
        """Move the text by a few cells, as far as a line that can be seen is longer than the view.

        Raises SkipAction at the left end, so that the key may do there what the screen likes.
        """
        if direction < 0 and self._sideways == 0:
            raise SkipAction
        self._move_sideways(direction)

    def _move_sideways(self, direction: int) -> None:
        longest = max((self._width_of(place) for place in self._visible_places()), default=0)
        rightmost = max(0, longest - self._text_width)
        if direction > 0:
            self._shift_to(min(self._sideways + _SIDEWAYS_STEP, max(rightmost, self._sideways)))
        else:
            self._shift_to(max(0, min(self._sideways, rightmost) - _SIDEWAYS_STEP))

    def action_fold(self) -> None:
        """Fold the part that begins on this line, or open it; on a closing bracket, fold what it closes."""
        if self._folds.starting(self._cursor):
            self._folds.open(self._cursor)
        else:
            fold = self.document.fold_at(self._cursor)
            if fold is None:
                return
            self._folds.close(fold)
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

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """With shift or ctrl the wheel moves sideways."""
        if event.shift or event.ctrl:
            event.stop().prevent_default()
            self._move_sideways(-1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """With shift or ctrl the wheel moves sideways."""
        if event.shift or event.ctrl:
            event.stop().prevent_default()
            self._move_sideways(1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """A wheel that can be tilted."""
        event.stop().prevent_default()
        self._move_sideways(-1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """A wheel that can be tilted."""
        event.stop().prevent_default()
        self._move_sideways(1)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What the mouse has selected, as it is shown, harmless; at most a million characters, which a clipboard takes.

        None when that is nothing.
        """
        first = 0 if selection.start is None else max(0, selection.start.y)
        last = self.places - 1 if selection.end is None else min(selection.end.y, self.places - 1)
        signs = glyphs(plain=self.ascii)
        lines: list[str] = []
        room = LARGEST_SELECTION
        for place in range(first, last + 1):
            pieces = self._line(self._folds.line_at(place), LONGEST_LINE).pieces
            start, end = self._span(selection, place) or (0, 0)
            text = "".join(_plain(piece.text, signs) for piece in pieces)
            lines.append(text[start:end])
            room -= len(lines[-1]) + 1
            if room <= 0:
                break
        text = "\n".join(lines)[:LARGEST_SELECTION]
        return (text, "\n") if text else None

    def _span(self, selection: Selection | None, place: int) -> tuple[int, int | None] | None:
        """The characters of a line that are selected, the end None for all; columns count from the line's number."""
        span = selection.get_span(place) if selection is not None else None
        if span is None:
            return None
        indent = self.document.number_width + _GAP
        start, end = span
        return max(0, start - indent), None if end < 0 else max(0, end - indent)

    def text_select_all(self) -> None:
        """A double click folds, and selects nothing."""

    # Life

    def on_mount(self) -> None:
        """A document may be here already; the scrollbar's signs are the terminal's."""
        self._tell_path()
        if self.ascii:
            draw_plainly(self.vertical_scrollbar)

    def on_resize(self) -> None:
        """Another width may need another arrangement; the cursor stays in sight."""
        fitted = self.document.fitted(self._view_width)
        if fitted is not self.document:
            share = self._cursor / max(1, self.document.line_count)
            self.document = fitted
            self._cursor = min(round(share * fitted.line_count), fitted.line_count - 1)
        self.measure()
        self.scroll_to_show(self._folds.place_of(self._cursor))

    def notify_style_update(self) -> None:
        """Colours or focus changed: the next frame asks for its styles anew."""
        self._styles_of_frame = None
        super().notify_style_update()

    # Places: lines of the view, in which folded parts count once

    @property
    def places(self) -> int:
        """Lines of the document, folded parts counted once."""
        return self.document.line_count - self._folds.hidden

    @property
    def heading_lines(self) -> int:
        """What the document says of itself, if it does."""
        return 1 if self.document.heading else 0

    @property
    def _view_width(self) -> int:
        """The width without regard to the scrollbar; 0 while it is not known."""
        return self.scrollable_content_region.width + self.styles.scrollbar_size_vertical

    @property
    def _text_width(self) -> int:
        return max(1, self.scrollable_content_region.width - self.document.number_width - _GAP)

    def _visible_places(self) -> range:
        top = self.scroll_offset.y
        return range(top, min(top + self.page, self.places))

    def move(self, delta: int) -> None:
        """Move the cursor by so many lines that are shown."""
        self.move_to_place(self._folds.place_of(self._cursor) + delta)

    def move_to_place(self, place: int) -> None:
        """Put the cursor on a line that is shown."""
        self._put_cursor(self._folds.line_at(min(max(place, 0), self.places - 1)))

    def _put_cursor(self, index: int) -> None:
        old, self._cursor = self._cursor, index
        self.scroll_to_show(self._folds.place_of(self._cursor))
        for line in {old, index}:
            self.repaint(self._folds.place_of(line))
        self._tell_path()

    def _shift_to(self, sideways: int) -> None:
        if sideways != self._sideways:
            self._sideways = sideways
            self.refresh()

    def _tell_path(self) -> None:
        """After the frame: in a long array a path takes longer to find than a line to draw."""
        if self.is_running and not self._path_due:
            self._path_due = True
            self.call_after_refresh(self._tell_path_now)

    def _tell_path_now(self) -> None:
        self._path_due = False
        path = self.path
        if path != self._path:
            self._path = path
            self.post_message(self.PathChanged(self, path))

    # Painting

    def render_line(self, y: int) -> Strip:
        """One line of the viewport; line 0 is the heading, if there is one."""
        width = self.scrollable_content_region.width
        styles = self._frame_styles()
        signs = glyphs(plain=self.ascii)
        if y < self.heading_lines:
            heading = Segment(signs.fit(signs.text(self.document.heading), width), styles.base + styles.heading)
            return Strip([heading]).adjust_cell_length(width, styles.base).apply_offsets(0, -1)
        place = self.scroll_offset.y + y - self.heading_lines
        if place >= self.places:
            return Strip.blank(width, styles.base).apply_offsets(0, self.places)
        index = self._folds.line_at(place)
        on_cursor = index == self._cursor
        base = styles.base + styles.cursor if on_cursor else styles.base
        line = self._line(index, self._sideways + self._text_width)
        text = self._text_strip(place, line, base, styles, signs)
        numbers = Strip(self._number_segments(line, base, styles, signs, on_cursor=on_cursor))
        return Strip.join([numbers.apply_offsets(0, place), text]).adjust_cell_length(width, base)

    def _line(self, index: int, cells: int) -> Line:
        line = self.document.line(index, cells)
        fold = self._folds.starting(index)
        if fold is None or line.more:
            return line
        *before, opening = line.pieces
        closing = "}" if opening.text.endswith("{") else "]"
        comma = "," if self.document.line(fold.last, cells).pieces[-1].text.endswith(",") else ""
        words = Piece(f" {fold.words} ", "folded")
        pieces = (*before, opening, words, Piece(closing + comma, "punct"))
        return Line(line.number, pieces, line.differs or fold.differs)

    def _number_segments(
        self, line: Line, base: Style, styles: _Styles, signs: Symbols, *, on_cursor: bool
    ) -> list[Segment]:
        number_style = styles.cursor_number if on_cursor else styles.number
        bar = signs.bar if on_cursor and self.has_focus else " "
        differs = signs.differs[:1] if line.differs else " "
        return [
            Segment(line.number.rjust(self.document.number_width), base + number_style),
            Segment(bar, base + styles.bar),
            Segment(differs, base + styles.differs),
        ]

    def _text_strip(self, place: int, line: Line, base: Style, styles: _Styles, signs: Symbols) -> Strip:
        segments = [Segment(_plain(piece.text, signs), base + styles.roles[piece.role]) for piece in line.pieces]
        if self._wanted:
            segments = with_matches(segments, self._wanted, styles.found)
        if (span := self._span(self.text_selection, place)) is not None:
            segments = with_span(segments, *span, self.screen.get_component_rich_style("screen--selection"))
        width, start = self._text_width, self._sideways
        whole = Strip(segments)
        first = self.document.number_width + _GAP + (characters_before(whole.text, start) if start else 0)
        if whole.cell_length - start <= width and not line.more:
            shown = whole.crop(start, None) if start else whole
            return shown.apply_offsets(first, place)
        cut = Segment(signs.cut, base + styles.roles["punct"])
        shown = whole.crop(start, start + width - len(signs.cut))
        return Strip.join([shown.apply_offsets(first, place), Strip([cut])])

    def _width_of(self, place: int) -> int:
        line = self._line(self._folds.line_at(place), _MEASURED_CELLS)
        return LONGEST_LINE if line.more else sum(cell_len(piece.text) for piece in line.pieces)

    def _frame_styles(self) -> _Styles:
        if self._styles_of_frame is None:
            part = self.part
            self._styles_of_frame = _Styles(
                base=self.rich_style,
                number=part("line-number"),
                cursor=part("cursor"),
                cursor_number=part("cursor-number"),
                bar=part("bar"),
                differs=part("differs"),
                heading=part("heading"),
                found=part("match"),
                roles={role: part(role) for role in get_args(Role)},
            )
        return self._styles_of_frame


def _plain(text: str, signs: Symbols) -> str:
    """Harmless text for a terminal with or without UTF-8."""
    return text.encode("ascii", "backslashreplace").decode("ascii") if signs.ascii and not text.isascii() else text
