"""The palette has every action by name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from textual.app import App
from textual.command import CommandList, DiscoveryHit, Hit, Hits, Provider
from textual.widgets import Input

from tests.timeouts import until
from tests.ui.stage import WIDE, stage
from webhook_tui.domain.commands import SendTestPing
from webhook_tui.ui.palette import Palette


async def test_the_palette_has_every_action_by_name() -> None:
    """: and ctrl+p open it; a command runs."""
    async with stage(size=WIDE) as played:
        for key in (":", "ctrl+p"):
            await played.press(key)
            await played.until("Addresses in full")
            await played.press("escape")
            await played.until(lambda: len(played.app.screen_stack) == 1)
        names = {command.title for command in played.app.get_system_commands(played.main)}
        assert {"Why this verdict", "Delete the webhook", "Leave", "Addresses in full", "Theme"} <= names
        assert "Check the public URL" in names

        await played.press(":", *"test ping", "enter")
        await played.requested(SendTestPing())


class _Slow(Provider):
    """Finds `ping` after many turns of the loop, and shows `delete` before anything is typed."""

    async def discover(self) -> Hits:
        yield DiscoveryHit("delete", self._run("delete"))

    async def search(self, query: str) -> Hits:
        for _ in range(1_000):
            await asyncio.sleep(0)
        yield Hit(1, "ping", self._run("ping"), query)

    def _run(self, name: str) -> Callable[[], None]:
        assert isinstance(self.app, _Bare)
        return partial(self.app.ran.append, name)


class _Bare(App[None]):
    COMMANDS = {_Slow}  # noqa: RUF012 -- Textual's own type

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[str] = []


async def test_enter_runs_what_was_found_for_the_words_that_are_typed() -> None:
    """And not what the list showed before, when it comes at once after the words."""
    app = _Bare()
    async with app.run_test():
        palette = Palette()
        await app.push_screen(palette)
        await until(lambda: palette.has_class("-ready"))
        typed = palette.query_one(Input)
        typed.value = "ping"
        typed.post_message(Input.Submitted(typed, "ping"))
        await until(lambda: app.ran)
        assert app.ran == ["ping"]


async def test_page_keys_before_the_list_has_lines() -> None:
    """As when they are typed at once with the key that opens the palette."""
    app = _Bare()
    async with app.run_test(size=(40, 2)) as pilot:
        palette = Palette()
        await app.push_screen(palette)
        await until(lambda: palette.query_one(CommandList).option_count)
        await pilot.press("pagedown", "pageup", "escape")
        assert app.screen is not palette
