"""A picture in half blocks, or in characters where the terminal has no colours."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from webhook_tui.domain.images.image import Picture
from webhook_tui.ui.format.picture import fitted, half_blocks, shades

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
        """The lines at the present size; None: to be drawn."""

    @property
    def drawing(self) -> str:
        """How it is drawn: `half blocks`, with its colours where they are few, or `characters`."""
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
        self._fitted = fitted(picture.width, picture.height, max(1, columns), max(1, rows))
        width = self._fitted[0]
        self.styles.width = width
        if picture is not self._picture:
            self._picture, self._strips = picture, None
            self.refresh()
        return width

    def on_resize(self) -> None:
        """Draw at the new size."""
        self._strips = None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line of cells."""
        if self._strips is None:
            self._strips = self._drawn()
        strip = self._strips[y] if y < len(self._strips) else Strip([])
        return strip.extend_cell_length(self.size.width, self.rich_style)

    def _drawn(self) -> list[Strip]:
        picture, (columns, rows) = self._picture, self.size
        if picture is None or not columns or not rows:
            return []
        return picture_strips(self, picture, columns, rows, in_ascii=self._in_ascii)


def uses_characters(widget: Widget, *, in_ascii: bool) -> bool:
    """Whether the terminal has no colours, or no half blocks, to draw pictures with."""
    return in_ascii or widget.app.no_color or widget.app.console.color_system is None


def picture_strips(widget: Widget, picture: Picture, columns: int, rows: int, *, in_ascii: bool) -> list[Strip]:
    """Return the lines of a picture in at most so many cells, on the background of the widget."""
    ground = widget.rich_style  # also of the half of a cell that an odd last line leaves free
    if uses_characters(widget, in_ascii=in_ascii):
        lines = shades(picture, columns, rows, on_light=not widget.app.current_theme.dark)
        return [Strip([Segment(line, ground)], len(line)) for line in lines]
    return [Strip(list(Segment.apply_style(line, ground)), len(line)) for line in half_blocks(picture, columns, rows)]
