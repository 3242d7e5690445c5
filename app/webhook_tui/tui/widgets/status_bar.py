"""The status line; a click on a count filters by it, a click elsewhere opens the full addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from webhook_tui.domain.status import SessionStatus
from webhook_tui.tui.words.route import counted_at, is_refused_at, status_line


class StatusBar(Widget):
    """Shows one status; `tick` lets its ages and seconds go on."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    StatusBar { height: 1; background: $panel; color: $foreground; }
    """

    class AddressesRequested(Message):
        """The user wants to see what the line shortens."""

    class RefusalsRequested(Message):
        """The user wants to see what was refused."""

    class FilterWanted(Message):
        """The user wants to see the deliveries of one of the counts."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        super().__init__()
        self._now = now
        self._in_ascii = in_ascii
        self._status = SessionStatus()
        self._shown = ""

    def show(self, status: SessionStatus) -> None:
        """Show another status."""
        self._status = status
        self.tick()

    def tick(self) -> None:
        """Draw again if the words changed."""
        if self._line().plain != self._shown or not self._shown:
            self.refresh()

    def _line(self) -> Content:
        return status_line(self._status, self.content_size.width, self._now(), in_ascii=self._in_ascii)

    def render(self) -> Content:
        """The line for the present width and moment."""
        line = self._line()
        self._shown = line.plain
        return line

    def on_click(self, event: events.Click) -> None:
        """On a count show what it counts, elsewhere the addresses."""
        offset = event.get_content_offset(self)
        if offset is not None and is_refused_at(self._shown, offset.x):
            self.post_message(self.RefusalsRequested())
            return
        wanted = None if offset is None else counted_at(self._shown, offset.x)
        self.post_message(self.AddressesRequested() if wanted is None else self.FilterWanted(wanted))
