"""Table and detail, beside each other or stacked; the line between them is moved with the mouse and by keys."""

from __future__ import annotations

from msgspec import Struct
from textual import events
from textual.containers import Container
from textual.geometry import clamp
from textual.widget import Widget

_WHOLE = 1000
"""A share is kept in thousandths, which are finer than the cells of any terminal."""
_LEAST = {"horizontal": (24, 30), "vertical": (4, 6)}
"""Cells of the table and of the detail, so that each still shows what it is for."""
_RULES = ("width", "height", "min_width", "min_height", "margin", "border_left")


class Split(Struct, frozen=True, omit_defaults=True):
    """The detail's share of the room, in thousandths; 0: what the size of the terminal suggests."""

    width: int = 0
    """Beside the table."""
    height: int = 0
    """Below the table."""


class SplitPane(Container):
    """Holds the table and, once it is mounted, the detail. The style sheet divides them until the user does.

    The share is kept, not the cells, so that another size of the terminal divides its room in the same way.
    """

    DEFAULT_CSS = "SplitPane.-dragging > #detail { border-left: vkey $primary; }"

    def __init__(self, *panes: Widget, split: Split, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(*panes, id=id)
        self._split = split
        self._is_waiting, self._is_zoomed = True, False
        self._is_dragging = False
        self.styles.height = "auto"
        panes[0].add_class("-waiting")

    @property
    def is_waiting(self) -> bool:
        """Whether there is no delivery yet: of the table only the heading is shown, and no detail."""
        return self._is_waiting

    @is_waiting.setter
    def is_waiting(self, waits: bool) -> None:
        self._is_waiting = waits
        self.styles.height = "auto" if waits else None
        self.children[0].set_class(waits, "-waiting")
        self.divide()

    @property
    def is_zoomed(self) -> bool:
        """Whether the detail has the room of both."""
        return self._is_zoomed

    @is_zoomed.setter
    def is_zoomed(self, is_zoomed: bool) -> None:
        if is_zoomed is not self._is_zoomed:
            self._is_zoomed = is_zoomed
            self.divide()

    @property
    def split(self) -> Split:
        """The shares that the user chose."""
        return self._split

    def reset(self) -> None:
        """Divide as the size of the terminal suggests."""
        self._split = Split()
        self.divide()

    def grow_detail(self, steps: int) -> None:
        """Move the line so that the detail gets larger, or (negative) smaller."""
        if self._is_divided:
            step = 4 if self._is_beside else 2
            size = self._room - (self._line - self._start)
            self._set_detail(size + steps * step)

    def divide(self) -> None:
        """Give each pane its size; called after what is on the screen has changed."""
        for pane in self.children:
            pane.styles.display = None
            for rule in _RULES:
                pane.styles.clear_rule(rule)
        for detail in self.children[1:]:
            if self._is_waiting:
                detail.styles.display = "none"
            elif self._is_zoomed:
                self.children[0].styles.display = "none"
                detail.styles.min_width = detail.styles.min_height = "100%"
                detail.styles.border_left = ("none", "transparent")
        share = self._split.width if self._is_beside else self._split.height
        if share and self._room:
            self._set_sizes(self._fitting(round(share * self._room / _WHOLE)))
        self.children[0].refresh(layout=True)  # not of this pane: Textual then keeps its arrangement

    def _set_sizes(self, size: int) -> None:
        table, detail = self.children[0].styles, self.children[-1].styles
        if self._is_waiting:  # for the detail: the table's columns stand where they will be beside it
            if self._is_beside:
                table.margin = (0, size, 0, 0)
        elif len(self.children) == 2 and self._is_beside:
            table.min_width, table.width, detail.width = 0, "1fr", size
        elif len(self.children) == 2:
            table.height, detail.height = "1fr", size

    def _set_detail(self, size: int) -> None:
        """Give the detail so many cells; nothing in a terminal that is too small for the panes."""
        if not self._room:
            return
        share = max(1, round(self._fitting(size) * _WHOLE / self._room))
        split = Split(share, self._split.height) if self._is_beside else Split(self._split.width, share)
        if split != self._split:
            self._split = split
            self.divide()

    def _fitting(self, size: int) -> int:
        for_table, for_detail = _LEAST["horizontal" if self._is_beside else "vertical"]
        return clamp(size, min(for_detail, self._room // 2), self._room - min(for_table, self._room // 2))

    @property
    def _is_beside(self) -> bool:
        return self.styles.layout is not None and self.styles.layout.name == "horizontal"

    @property
    def _is_divided(self) -> bool:
        """Whether both panes are shown."""
        return len([pane for pane in self.children if pane.display]) == 2 and not self._is_waiting

    @property
    def _room(self) -> int:
        return self.size.width if self._is_beside else self.size.height

    @property
    def _start(self) -> int:
        return self.region.x if self._is_beside else self.region.y

    @property
    def _line(self) -> int:
        """Where the detail begins on the screen: its hairline, or below the table its headline."""
        detail = self.children[-1].region
        return detail.x if self._is_beside else detail.y

    # Mouse

    def _is_on_line(self, event: events.MouseEvent) -> bool:
        at = event.screen_x if self._is_beside else event.screen_y
        return self._is_divided and int(at) == self._line

    def on_resize(self) -> None:
        if self._split != Split():
            self.divide()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if self._is_on_line(event):
            event.stop()
            self.screen.clear_selection()
            self.capture_mouse()
            self._is_dragging = True
            self.add_class("-dragging")

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._is_dragging:
            event.stop()
            at = event.screen_x if self._is_beside else event.screen_y
            if int(at) != self._line:
                self._set_detail(self._start + self._room - int(at))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._is_dragging:
            event.stop()
            self._is_dragging = False
            self.release_mouse()
            self.remove_class("-dragging")

    def on_click(self, event: events.Click) -> None:
        """A double click divides as the size of the terminal suggests."""
        if event.chain == 2 and self._is_on_line(event):
            event.stop()
            self.reset()
