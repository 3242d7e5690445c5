"""The buttons of a dialog side by side, in as many lines as their width takes."""

from __future__ import annotations

from textual.containers import Container
from textual.geometry import NULL_OFFSET, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget


class _Flow(Layout):
    """Places widgets of one line and of the width of their content, from left to right."""

    name = "flow"

    def arrange(
        self,
        parent: Widget,
        children: list[Widget],
        size: Size,
        greedy: bool = True,  # noqa: ARG002 -- Textual's signature
    ) -> ArrangeResult:
        """Begin a line before each widget that the present one has no room for."""
        parent.pre_layout(self)
        placements: list[WidgetPlacement] = []
        x = y = 0
        for widget in children:
            margin = widget.styles.margin
            width = widget.get_content_width(size, parent.app.viewport_size) + widget.gutter.width
            if x and x + width > size.width:
                x, y = 0, y + 1
            placements.append(WidgetPlacement(Region(x, y, min(width, size.width), 1), NULL_OFFSET, margin, widget))
            x += width + margin.right
        return placements


class ButtonRow(Container):
    """Holds KeyButtons."""

    DEFAULT_CSS = "ButtonRow { height: auto; width: 1fr; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 -- Textual's name
        super().__init__(id=id)
        self._flow = _Flow()

    @property
    def layout(self) -> Layout:
        """Side by side: a style sheet knows only the layouts of Textual."""
        return self._flow
