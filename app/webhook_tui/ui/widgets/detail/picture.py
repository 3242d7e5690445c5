"""A picture drawn by the terminal itself, else in half blocks, or in characters where the terminal has no colours."""

from __future__ import annotations

from collections.abc import Hashable

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from webhook_tui.domain.images.image import Picture
from webhook_tui.ui.format.picture import covered, fitted, half_blocks, shades
from webhook_tui.ui.terminal.app import TerminalApp
from webhook_tui.ui.terminal.graphics import USUAL_CELL
from webhook_tui.ui.terminal.kitty_graphics import MOST_CELLS

_FEW_COLOURS = {"256": ", 256 colours", "standard": ", 16 colours"}


class PictureView(Widget):
    """Shows one picture, as large as its room allows; empty without one."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    PictureView { width: 1fr; height: 1fr; }
    """

    def __init__(self, *, in_ascii: bool, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._in_ascii = in_ascii
        self._picture: Picture | None = None
        self._fitted = (0, 0)
        self._strips: list[Strip] | None = None
        """The lines as text at the present size; None: to be drawn."""

    @property
    def drawing(self) -> str:
        """How it is drawn: `kitty graphics`, `half blocks`, with its colours where they are few, or `characters`."""
        if self._picture is not None and drawing_terminal(self, self._picture) is not None:
            return "kitty graphics"
        if uses_characters(self, in_ascii=self._in_ascii):
            return "characters"
        colours = _FEW_COLOURS.get(self.app.console.color_system or "", "")
        return f"half blocks{colours}"

    @property
    def pixels(self) -> str:
        """How many pixels it shows: `38×57 pixels`."""
        width, height = self._fitted
        times = "x" if self._in_ascii else "×"
        return f"{width}{times}{height} pixels"

    def show(self, picture: Picture, columns: int, rows: int) -> int:
        """Show a picture in at most so many cells; return the columns that it takes."""
        columns, rows = max(1, columns), max(1, rows)
        if (app := drawing_terminal(self, picture)) is not None:
            (width, _), self._fitted = _covered(app, picture, columns, rows)
        else:
            self._fitted = fitted(picture.width, picture.height, columns, rows, _stretch(self))
            width = self._fitted[0]
        self.styles.width = width
        if picture is not self._picture:
            release_images(self)
            self._picture, self._strips = picture, None
            self.refresh()
        return width

    def on_resize(self) -> None:
        self._strips = None
        self.refresh()

    def on_hide(self) -> None:
        """Delete a picture that is not shown from the terminal."""
        release_images(self)

    def on_unmount(self) -> None:
        release_images(self)

    def render_line(self, y: int) -> Strip:
        strips = self._drawn()
        strip = strips[y] if y < len(strips) else Strip([])
        return strip.extend_cell_length(self.size.width, self.rich_style)

    def _drawn(self) -> list[Strip]:
        picture, (columns, rows) = self._picture, self.size
        if picture is None or not columns or not rows:
            return []
        strips = terminal_strips(self, picture, columns, rows)
        if strips is not None:
            return strips
        if self._strips is None:
            self._strips = picture_strips(self, picture, columns, rows, in_ascii=self._in_ascii)
        return self._strips


def uses_characters(widget: Widget, *, in_ascii: bool) -> bool:
    """Whether the terminal has no colours, or no half blocks, to draw pictures with."""
    return in_ascii or widget.app.no_color or widget.app.console.color_system is None


def drawing_terminal(widget: Widget, picture: Picture) -> TerminalApp | None:
    """Return the app whose terminal draws this picture itself; None: not this one, or not yet when it was loaded."""
    app = widget.app
    return app if picture.encoded and isinstance(app, TerminalApp) and app.graphics.draws_images else None


def _covered(app: TerminalApp, picture: Picture, columns: int, rows: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The cells of a picture that the terminal draws, in at most so many, and its size there in pixels."""
    size = picture.original_width, picture.original_height
    return covered(*size, min(columns, MOST_CELLS), min(rows, MOST_CELLS), app.graphics.cell_size)


def _stretch(widget: Widget) -> float:
    """How many times as wide as high the half of a cell is."""
    width, height = widget.app.graphics.cell_size if isinstance(widget.app, TerminalApp) else USUAL_CELL
    return 2 * width / height


def release_images(widget: Widget) -> None:
    """Delete a widget's images from the terminal; they are sent again when it is next drawn."""
    if isinstance(widget.app, TerminalApp):
        widget.app.images.release(widget)


def terminal_strips(
    widget: Widget, picture: Picture, columns: int, rows: int, place: Hashable = None
) -> list[Strip] | None:
    """Return the lines over which the terminal draws a picture, in at most so many cells.

    None if it does not draw it, or not yet: then the widget is drawn again as soon as it can. `place`: where in the
    widget, if it shows one picture at several sizes.
    """
    app = drawing_terminal(widget, picture)
    if app is None:
        return None
    cells, pixels = _covered(app, picture, columns, rows)
    image = picture.encoded_for(*pixels)
    return None if image is None else app.images.lines(widget, image, cells, widget.rich_style, place)


def picture_strips(widget: Widget, picture: Picture, columns: int, rows: int, *, in_ascii: bool) -> list[Strip]:
    """Return the lines of a picture as text in at most so many cells, on the background of the widget."""
    ground = widget.rich_style  # also of the half of a cell that an odd last line leaves free
    if uses_characters(widget, in_ascii=in_ascii):
        lines = shades(picture, columns, rows, _stretch(widget), on_light=not widget.app.current_theme.dark)
        return [Strip([Segment(line, ground)], len(line)) for line in lines]
    blocks = half_blocks(picture, columns, rows, _stretch(widget))
    return [Strip(list(Segment.apply_style(line, ground)), len(line)) for line in blocks]
