"""The real app over a fake session: keys in, the screen's text out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tests.timeouts import TIMEOUT_SECONDS
from tests.ui.fake_session import NOW, FakeSession
from tests.ui.settling import frames, painting_when_seen
from tests.ui.terminal_view import lines
from webhook_tui.domain.commands import Command
from webhook_tui.domain.queries import Query
from webhook_tui.ui.app import WebhookTuiApp
from webhook_tui.ui.screens.main import MainScreen
from webhook_tui.ui.widgets.payload.view import PayloadView

WIDE, STACKED, SMALL = (140, 42), (80, 24), (60, 20)


@dataclass
class Stage:
    """One running app."""

    app: WebhookTuiApp
    pilot: Pilot[Any]
    session: FakeSession
    _lines: list[str] = field(default_factory=list)
    _frame: tuple[int, Screen[Any]] | None = None
    """Of which frame and screen these lines are."""

    @property
    def main(self) -> MainScreen:
        """The main screen, also behind a dialog."""
        screen = self.app.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def lines(self) -> list[str]:
        """What is on the screen, a dialog over it included."""
        frames.finish(self.app.screen)
        if (frames.count, self.app.screen) != self._frame:
            self._frame, self._lines = (frames.count, self.app.screen), lines(self.app)
        return self._lines

    def text(self) -> str:
        """The same as one text."""
        return "\n".join(self.lines())

    def dialog_lines(self) -> list[str]:
        """The lines of the dialog that are not blank, without its bar."""
        region = self.app.screen.query_one("#sheet").region
        rows = self.lines()[region.y : region.bottom]
        shown = [row[region.x : region.right].removeprefix("▌  ").rstrip() for row in rows]
        return [line for line in shown if line and line != "▌"]

    async def dialog_closed(self) -> None:
        """Wait until no dialog is open."""
        await self.until(lambda: len(self.app.screen_stack) == 1)

    async def press(self, *keys: str) -> None:
        """Press keys, and let the screen settle."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, condition: str | Callable[[], bool]) -> None:
        """Wait for a text on the screen, or for a condition."""
        end = monotonic() + TIMEOUT_SECONDS
        while not (condition in self.text() if isinstance(condition, str) else condition()):
            assert monotonic() < end, f"waited in vain for {condition!r}:\n{self.text()}"
            await self.pilot.pause(0.01)

    async def requested(self, command: Command | Query[Any]) -> None:
        """Wait until the session was asked for something."""
        await self.until(lambda: command in self.session.commands)

    async def choose(self, seq: int) -> None:
        """Put the cursor on a delivery of the mock-ups."""
        await self.press("g", *["j"] * (seq - 1))
        await self.until(lambda: self.main.deliveries.detail.seq == seq)

    async def type_filter(self, text: str) -> None:
        """Open the filter bar and type."""
        await self.press("slash")
        await self.until(lambda: self.is_focused("FilterInput"))
        await self.press(*("space" if one == " " else one for one in text))

    def numbers(self) -> list[int]:
        """Numbers of the deliveries in the table."""
        table = self.main.deliveries.delivery_table
        assert table.rows is not None
        return [row.seq for row in table.rows.window(0, 100)]

    def payload_lines(self) -> list[str]:
        """The lines of the payload's place, without their numbers."""
        view = self.main.deliveries.detail.query_one("#payload", PayloadView)
        lines = self.lines()[view.region.y : view.region.bottom]
        texts = [line[view.region.x : view.region.right].strip() for line in lines]
        return [text.split(maxsplit=1)[1] for text in texts if len(text.split(maxsplit=1)) > 1]

    def opened_links(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The links that would go to a browser from now on."""
        opened: list[str] = []
        monkeypatch.setattr(self.app, "open_url", opened.append)
        return opened

    def focused(self) -> Widget | None:
        """Where the focus is."""
        return self.app.focused

    def is_focused(self, name: str) -> bool:
        """Whether the focus is on a widget of that id or type."""
        widget = self.app.focused
        return widget is not None and name in (widget.id, type(widget).__name__)


@asynccontextmanager
async def stage(
    session: FakeSession | None = None, size: tuple[int, int] = WIDE, **options: Any
) -> AsyncIterator[Stage]:
    """Run the app headless until the block ends; without a session that of the mock-ups."""
    session = session or FakeSession.running()
    app = WebhookTuiApp(session, now=options.pop("now", lambda: NOW), **options)
    with painting_when_seen(app):
        async with app.run_test(size=size, notifications=True) as pilot:
            played = Stage(app, pilot, session)
            await played.until(lambda: app.host.is_running)
            await played.until(lambda: not session.rows or played.main.deliveries.total > 0)
            await pilot.pause()
            yield played
    assert app.host.join(TIMEOUT_SECONDS)
