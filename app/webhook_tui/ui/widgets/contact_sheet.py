"""The images of a job as tiles in a grid; only those that can be seen are drawn and asked for."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from webhook_tui.domain import units
from webhook_tui.domain.images.image import LoadedImages
from webhook_tui.domain.jobs.contact_sheet import Tile, TileState
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.format.image import image_name, score_text
from webhook_tui.ui.symbols import HALF, ON, WAITING, glyphs
from webhook_tui.ui.widgets.detail.picture import picture_strips, release_images, terminal_strips
from webhook_tui.ui.widgets.line_view import draw_plainly
from webhook_tui.ui.widgets.looks import Look, Looks, PartStyles
from webhook_tui.ui.widgets.table.delivery_cells import cut_middle

BOTH_WIDTH, ONE_WIDTH = 29, 14
"""Cells of a tile with its input, and without."""
_BESIDE = 99
"""From so many columns on, inputs are shown at first: three tiles stand beside each other then."""
PICTURE_LINES = 11
"""Of a tile."""
_LINES = PICTURE_LINES + 3
"""Of a tile: its picture, its name, the bar of its score, and a blank."""
_MARGIN = 2
"""The cursor's bar and a blank, before each tile."""
_LEAST_GAP = 2
_LOOKS = Looks(
    usual={
        "bar": Look("muted"),
        "muted": Look("muted"),
        "bad": Look("bad", "bad-bg"),
        "waiting": Look("muted", "surface"),
        "score": Look("muted"),
        "line": Look("line"),
    },
    focused={"bar": Look("primary"), "score": Look("primary")},
)


class ContactSheet(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows tiles; one of them has the cursor."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Left", show=False, id="sheet.left", tooltip="the image before"),
        Binding("right", "move(1)", "Right", show=False, id="sheet.right", tooltip="the next image"),
        Binding("up,k", "move_row(-1)", "Up", show=False, id="sheet.up", tooltip="the image above"),
        Binding("down,j", "move_row(1)", "Down", show=False, id="sheet.down", tooltip="the image below"),
        Binding("home,g", "go(0)", "First", show=False, id="sheet.home", tooltip="the first image"),
        Binding("end,G", "go(-1)", "Last", show=False, id="sheet.end", tooltip="the last image"),
        Binding("enter", "open", "Delivery", show=False, id="sheet.open", tooltip="go to its delivery"),
    ]
    DEFAULT_CSS = """
    ContactSheet {
        height: 1fr; width: 1fr; background: $panel; color: $foreground; overflow-x: hidden; overflow-y: auto;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable;
    }
    """

    class Opened(Message):
        """Enter or a double click on a tile."""

    class Scrolled(Message):
        """Other tiles can be seen, or they show something else."""

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._styles = PartStyles(self, _LOOKS)
        self._now = now
        self._in_ascii = in_ascii
        self._glyphs = glyphs(plain=in_ascii)
        self._tiles: tuple[Tile, ...] = ()
        self._images = LoadedImages()
        self._cursor = 0
        self._shows_both: bool | None = None
        """Whether inputs stand beside their results; None: where there is room."""
        self._drawn: dict[tuple[str, int], list[Strip]] = {}
        """The lines of pictures, by link and width."""

    @property
    def chosen(self) -> Tile | None:
        """The tile under the cursor."""
        return self._tiles[self._cursor] if self._tiles else None

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """All of them."""
        return self._tiles

    @property
    def urls(self) -> tuple[str, ...]:
        """What the tiles in sight show, row by row."""
        first = (self.scroll_offset.y + 1) // _LINES * self.columns  # not a row of which only the blank is in sight
        last = -(-(self.scroll_offset.y + self.size.height) // _LINES) * self.columns
        seen = self._tiles[max(0, first) : max(0, last)]
        return tuple(dict.fromkeys(url for tile in seen for url in tile.urls[: 2 if self.shows_both else 1]))

    @property
    def shows_both(self) -> bool:
        """Whether inputs stand beside their results."""
        return self._shows_both if self._shows_both is not None else self.size.width >= _BESIDE

    @property
    def columns(self) -> int:
        """How many tiles stand beside each other."""
        return max(1, self.scrollable_content_region.width // (self._tile_width + _MARGIN + _LEAST_GAP))

    @property
    def _tile_width(self) -> int:
        return BOTH_WIDTH if self.shows_both else ONE_WIDTH

    def show(self, tiles: tuple[Tile, ...]) -> None:
        """Show these; the cursor stays on its image."""
        before = self.chosen
        self._tiles = tiles
        if before is not None and before.seq is not None:
            same = [place for place, tile in enumerate(tiles) if (tile.seq, tile.index) == (before.seq, before.index)]
            self._cursor = same[0] if same else min(self._cursor, len(tiles) - 1)
        self._cursor = max(0, min(self._cursor, len(tiles) - 1))
        self._measure()

    def show_images(self, images: LoadedImages) -> None:
        """Show what is known of their pictures."""
        self._images = images
        self._drawn = {key: strips for key, strips in self._drawn.items() if key[0] in images.pictures}
        self.refresh()

    def toggle_inputs(self) -> None:
        """Show results alone, or with their inputs."""
        self._shows_both = not self.shows_both
        self._measure()

    def _measure(self) -> None:
        rows = -(-len(self._tiles) // self.columns)
        self.virtual_size = Size(self.size.width, rows * _LINES - 1 if rows else 0)
        self._show_cursor()
        self.refresh()
        self.post_message(self.Scrolled())

    def _show_cursor(self) -> None:
        top = self._cursor // self.columns * _LINES
        at = self.scroll_offset.y
        wanted = min(max(at, top + _LINES - 1 - self.size.height), top)
        if wanted != at:
            self.scroll_to(y=wanted, animate=False, force=True)

    def on_mount(self) -> None:
        """No eighths of a cell in ASCII."""
        if self._in_ascii:
            draw_plainly(self.vertical_scrollbar)

    def on_unmount(self) -> None:
        release_images(self)

    def on_resize(self) -> None:
        """Arrange the tiles again; the one under the cursor stays in sight."""
        self._measure()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())

    def notify_style_update(self) -> None:
        """Draw in other colours."""
        self._drawn.clear()
        super().notify_style_update()

    # Keys and mouse

    def action_move(self, step: int) -> None:
        self._go(self._cursor + step)

    def action_move_row(self, step: int) -> None:
        """Move the cursor up or down; where there is no row, nothing moves."""
        place = self._cursor + step * self.columns
        last_row = (len(self._tiles) - 1) // self.columns
        if place >= 0 and place // self.columns <= last_row:
            self._go(place)

    def action_go(self, place: int) -> None:
        """Put the cursor on the first tile, or (-1) the last one."""
        self._go(place % len(self._tiles) if self._tiles else 0)

    def action_open(self) -> None:
        if self._tiles:
            self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """A click selects, a double click opens."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        column = min(self.columns - 1, offset.x // self._pitch)
        place = (self.scroll_offset.y + offset.y) // _LINES * self.columns + column
        if place < len(self._tiles):
            self._go(place)
            if event.chain == 2:
                self.action_open()

    def _go(self, place: int) -> None:
        self._cursor = max(0, min(place, len(self._tiles) - 1))
        self._show_cursor()
        self.refresh()

    # Drawing

    @property
    def _pitch(self) -> int:
        return min(self.scrollable_content_region.width // self.columns, self._tile_width + _MARGIN + 5)

    def render_line(self, y: int) -> Strip:
        row, line = divmod(self.scroll_offset.y + y, _LINES)
        ground, pitch, columns = self.rich_style, self._pitch, self.columns
        segments: list[Segment] = []
        for place in range(row * columns, min(len(self._tiles), (row + 1) * columns)):
            is_here = place == self._cursor and line < _LINES - 1
            segments.append(Segment(self._glyphs.bar if is_here else " ", ground + self._styles.of("bar")))
            segments.append(Segment(" ", ground))
            strip = self._tile_line(self._tiles[place], line, is_here=is_here)
            segments += strip.adjust_cell_length(pitch - _MARGIN, ground)
        return Strip(segments).adjust_cell_length(self.scrollable_content_region.width, ground)

    def _tile_line(self, tile: Tile, line: int, *, is_here: bool) -> Strip:
        width, ground = self._tile_width, self.rich_style
        if line < PICTURE_LINES:
            return self._picture_line(tile, line)
        if line == PICTURE_LINES:
            name = tile.name or (image_name(tile.link.url) if tile.link is not None else "")
            score = _score(tile)
            name = cut_middle(name, width - cell_len(score) - 1, self._glyphs)
            gap = " " * (width - cell_len(name) - cell_len(score))
            style = ground + Style(bold=is_here)
            colour = self._styles.of("bad") if tile.state is TileState.FAILED else Style()
            return Strip([Segment(name + gap, style), Segment(score, style + Style(color=colour.color))])
        if line == PICTURE_LINES + 1 and (quality := _quality(tile)) is not None:
            full = round(width * max(0.0, min(1.0, quality)))
            style = ground + (self._styles.of("score") if is_here else self._styles.of("muted"))
            rest = Segment(self._glyphs.rule * (width - full), ground + self._styles.of("line"))
            return Strip([Segment(self._glyphs.rule_active * full, style), rest])
        return Strip([])

    def _picture_line(self, tile: Tile, line: int) -> Strip:
        pictures = self._images.pictures
        urls = [url for url in reversed(tile.urls[: 2 if self.shows_both else 1]) if url in pictures]
        if not tile.urls or tile.urls[0] not in pictures:
            return self._text_line(tile, line)
        width = ONE_WIDTH if len(tile.urls) == 2 or not self.shows_both else BOTH_WIDTH
        strips = []
        for url in urls:
            lines = self._lines(url, width)
            strips.append(lines[line] if line < len(lines) else Strip([]))
        ground = self.rich_style
        if len(urls) == 2:
            strips[0] = strips[0].adjust_cell_length(ONE_WIDTH + 1, ground)
        return Strip.join(strips)

    def _lines(self, url: str, width: int) -> list[Strip]:
        key, picture = (url, width), self._images.pictures[url]
        strips = terminal_strips(self, picture, width, PICTURE_LINES, place=width)
        if strips is not None:
            return strips
        if key not in self._drawn:
            self._drawn[key] = picture_strips(self, picture, width, PICTURE_LINES, in_ascii=self._in_ascii)
        return self._drawn[key]

    def _text_line(self, tile: Tile, line: int) -> Strip:
        """A line of what stands in place of the picture."""
        is_bad = tile.state is TileState.FAILED or not tile.verdict.is_good
        part = self._styles.of("bad" if is_bad else "waiting")
        lines = ["", *self._words(tile)]
        text = f" {lines[line]}" if line < len(lines) else ""
        if line == PICTURE_LINES - 2 and tile.seq is not None:
            text = f" #{tile.seq}"
        style = self.rich_style + part + Style(bold=is_bad and line == 1)
        return Strip([Segment(text, style)]).adjust_cell_length(self._tile_width, style)

    def _words(self, tile: Tile) -> list[str]:
        sign, reason = self._state_words(tile)
        width = self._tile_width - 2
        wrapped = [part for text in reason.split("\n") for part in _wrapped(text, width)]
        return [self._glyphs.fit(sign, width), "", *wrapped[: PICTURE_LINES - 5]]

    def _state_words(self, tile: Tile) -> tuple[str, str]:
        """The state with its symbol, and a sentence."""
        if tile.state is TileState.FAILED:
            return f"{self._glyphs.verdict(Verdict.INVALID)} failed", self._glyphs.text(tile.reason)
        if not tile.verdict.is_good:
            return f"{self._glyphs.verdict(tile.verdict)} {tile.verdict}", "Not loaded: its links may be anyone's."
        if tile.state in (TileState.WAITING, TileState.MISSING):
            return f"{WAITING[0]} {tile.state}", ""
        if tile.state is TileState.UNDER_WAY:
            seconds = (self._now() - tile.received_at).total_seconds() if tile.received_at is not None else 0
            return f"{HALF[0]} {self._glyphs.text(tile.reason)}, {units.age(seconds)}", ""
        url = tile.urls[0]
        if url in self._images.problems:
            return f"{WAITING[0]} not loaded", self._glyphs.text(self._images.problems[url].message)
        if url in self._images.progress:
            return f"{HALF[0]} loading", ""
        return f"{ON[0]} done", ""


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of words, of wide characters (which stand without blanks) of as many as fit."""
    return textwrap.wrap(text, width) if cell_len(text) == len(text) else chop_cells(text, width)


def _quality(tile: Tile) -> float | None:
    """Its score; None where there is none, or anyone can have written it."""
    return tile.link.quality if tile.link is not None and tile.verdict.is_good else None


def _score(tile: Tile) -> str:
    if tile.state is TileState.FAILED:
        return "failed"
    quality = _quality(tile)
    return "" if quality is None else score_text(quality)
