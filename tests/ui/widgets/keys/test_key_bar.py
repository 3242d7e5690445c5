"""The footer says what works where the focus is, and keeps nothing of what it said before."""

from __future__ import annotations

import asyncio
import gc
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button
from textual.widgets._footer import FooterKey

from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.ui.widgets.keys.key_bar import KeyBar


class One(Button):
    """Has a key of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "one", "First")]


class Other(Button):
    """Another one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("b", "other", "Second")]


class Stage(App[None]):
    """Two places for the focus and the footer."""

    def compose(self) -> ComposeResult:
        """All three."""
        yield One("one")
        yield Other("other")
        yield KeyBar()


async def test_the_keys_follow_the_focus_and_old_ones_are_let_go() -> None:
    """A session may last for weeks and deliveries come all the time: no widget may stay behind each of them."""
    of_other_tests = _count_keys()
    async with Stage().run_test() as pilot:
        for kind, words in ((One, "First"), (Other, "Second")) * 20:
            pilot.app.query_one(kind).focus()
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while words not in {key.description for key in pilot.app.query(FooterKey)}:
                    await pilot.pause()
        same = list(pilot.app.query(FooterKey))
        for _ in range(5):
            pilot.app.screen.refresh_bindings()
            await pilot.pause()
        assert list(pilot.app.query(FooterKey)) == same
        assert _count_keys() < of_other_tests + 20


def _count_keys() -> int:
    """How many of them are not let go."""
    gc.collect()
    return sum(isinstance(each, FooterKey) for each in gc.get_objects())
