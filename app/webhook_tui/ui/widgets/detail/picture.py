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
        self._strips: list[Strip] | None = None
        """The lines at the present size; None: to be drawn."""

    @property
    def drawing(self) -> str:
        """How it is drawn: `half blocks`, with its colours where they are few, or `characters`."""
        if self._uses_characters:
            return "characters"
        colours = _FEW_COLOURS.get(self.app.console.color_system or "", "")
        return f"half blocks{colours}"

    @property
    def _uses_characters(self) -> bool:
        return self._in_ascii or self.app.no_color or self.app.console.color_system is None

    def show(self, picture: Picture, columns: int, rows: int) -> int:
        """Show a picture in at most so many cells; return the columns that it takes."""
        width, _ = fitted(picture.width, picture.height, max(1, columns), max(1, rows))
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
        if self._uses_characters:
            lines = shades(picture, columns, rows, on_light=not self.app.current_theme.dark)
            return [Strip([Segment(line, self.rich_style)], len(line)) for line in lines]
        ground = self.rich_style  # of the half of a cell that an odd last line leaves free
        return [
            Strip(list(Segment.apply_style(line, ground)), len(line)) for line in half_blocks(picture, columns, rows)
        ]
