"""The palette, and its commands: every active binding, and the actions without a key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from textual import on
from textual.app import App, SystemCommand
from textual.command import CommandList, CommandPalette
from textual.screen import Screen
from textual.widgets import Input
from textual.worker import WorkerCancelled

from webhook_tui.ui.actions import PALETTE_ONLY, run_action
from webhook_tui.ui.screens.main import MainScreen

_NOT_COMMANDS = ("button.", "prose.", "raw.", "headers.", "dialog.")
_HIDDEN = frozenset(
    {
        *("screen.commands", "screen.next_pane", "screen.previous_pane", "screen.back"),
        *("app.leave", "app.interrupt", "table.up", "table.down", "table.page_up", "table.page_down"),
        *("table.home", "table.end", "table.open"),
    }
)
"""Movement, which is not looked up by name."""


class Palette(CommandPalette):
    """Textual's palette, in which enter runs only what was found for the words that are typed."""

    @on(Input.Submitted)
    async def _finish_search(self) -> None:
        """Let the search end before Textual's own handler: the list shows an earlier one until then."""
        for worker in [worker for worker in self.workers if worker.node is self]:
            with suppress(WorkerCancelled):
                await worker.wait()

    def _action_command_list(self, action: str) -> None:
        """Ignore pages of a list that has no lines yet: Textual raises KeyError for them."""
        if not action.startswith("page_") or self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)


def system_commands(app: App[Any], screen: Screen[Any]) -> Iterator[SystemCommand]:
    """Return one command for each active binding id, then those without a key, then the themes."""
    seen: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        name = binding.id or ""
        if not name or name in seen or name in _HIDDEN or name.startswith(_NOT_COMMANDS) or not active.enabled:
            continue
        seen.add(name)
        text = binding.tooltip or binding.description
        run = partial(app.run_action, binding.action, active.node)
        yield SystemCommand(text[:1].upper() + text[1:], f"key {app.get_key_display(binding)}", run)
    if isinstance(screen, MainScreen):
        for action in PALETTE_ONLY:
            if screen.check_action("run", (action.id,)):
                yield SystemCommand(
                    action.label, action.tooltip, partial(app.run_action, run_action(action.id), screen)
                )
    yield SystemCommand("Theme", "choose other colours", app.action_change_theme)
