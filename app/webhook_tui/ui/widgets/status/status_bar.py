"""The status line; a click on a part of it leads to what that is about, a click elsewhere to the full addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from webhook_tui.domain.status import SessionStatus
from webhook_tui.ui.actions import screen_action
from webhook_tui.ui.format.status.route import Part, part_of, status_line


class StatusBar(Widget):
    """Shows one status; `tick` updates its ages and seconds."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    StatusBar { height: 1; background: $panel; color: $foreground; }
    """

    class PartClicked(Message):
        """A click on a part that means more than the line as a whole."""

        def __init__(self, part: Part) -> None:
            super().__init__()
            self.part = part

    def __init__(self, *, now: Callable[[], datetime], in_ascii: bool = False) -> None:
        super().__init__()
        self._now = now
        self._in_ascii = in_ascii
        self._status = SessionStatus()
        self._shown = ""
        self._work = ("", "")

    def show_work(self, text: str, short: str) -> None:
        """Show how far long work is, and `short` where there is no room; "": none is under way."""
        self._work = (text, short)
        self.tick()

    def show(self, status: SessionStatus) -> None:
        """Show another status."""
        self._status = status
        self.tick()

    def tick(self) -> None:
        """Draw again if the text changed."""
        if self._line().plain != self._shown or not self._shown:
            self.refresh()

    def _line(self) -> Content:
        return status_line(self._status, self.content_size.width, self._now(), work=self._work, in_ascii=self._in_ascii)

    def render(self) -> Content:
        line = self._line()
        self._shown = line.plain
        return line

    async def on_click(self, event: events.Click) -> None:
        """Post the part that was hit; elsewhere open the addresses."""
        part = part_of(event.style.meta)
        if part is not None:
            self.post_message(self.PartClicked(part))
        else:
            await self.run_action(screen_action("route.addresses"))
