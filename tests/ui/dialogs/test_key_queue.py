"""Several keys that are read at once: each goes where the one before it has moved the focus."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Input

from tests.ui.stage import STACKED, Stage, stage
from webhook_tui.domain.commands import DeleteWebhook
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.key_queue import KeyQueue
from webhook_tui.ui.messages import KeyHandled

LONG_SECONDS = 600.0
"""A delay that lasts until the end of a test."""


def _read_at_once(app: App[object], *keys: str) -> None:
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


async def _filtered(played: Stage, text: str) -> None:
    await played.until(lambda: played.main.controllers.filter.search.text == text)
    assert not isinstance(played.app.screen, Dialog)


async def test_keys_go_to_the_field_or_the_dialog_that_the_first_one_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialog that deletes ignores them at first; once it is closed, they go to the table again."""
    async with stage(size=STACKED) as played:
        _read_at_once(played.app, "slash", *"ping")
        await _filtered(played, "ping")
        with monkeypatch.context() as patch:
            patch.setattr(Dialog, "ENABLE_DELAY_SECONDS", LONG_SECONDS)
            _read_at_once(played.app, "enter", "X", "d", "d")
            await played.until("Delete the webhook?")
            assert played.session.commands == []
        await played.until(lambda: played.is_focused("KeyButton"))
        monkeypatch.setattr(Dialog, "ENABLE_DELAY_SECONDS", 0.0)
        _read_at_once(played.app, "escape", "slash", *"s", "enter", "X", "d")
        await played.requested(DeleteWebhook())
        await _filtered(played, "pings")


class _App(App[object]):
    """Its first field keeps from the app that a key was handled."""

    def __init__(self) -> None:
        super().__init__()
        self._keys = KeyQueue(self, super().on_event)
        self.asked = 0

    def compose(self) -> ComposeResult:
        yield _Field()
        yield Input(id="next")

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, Key) and not event.is_forwarded:
            await self._keys.add(event)
        else:
            await super().on_event(event)

    def on_key_handled(self, message: KeyHandled) -> None:
        self.asked += 1
        self._keys.on_handled(message)


class _Field(Input):
    def on_key_handled(self, message: KeyHandled) -> None:
        message.stop()


async def test_a_key_does_not_wait_for_ever() -> None:
    """Where it never becomes known that the one before it was handled, the next one is passed on nevertheless."""
    app = _App()
    async with app.run_test() as pilot:
        _read_at_once(app, "a", "tab", "b")
        while app.query_one("#next", Input).value != "b":
            await pilot.pause()
        assert app.query_one(_Field).value == "a"


async def test_keys_that_are_apart_are_passed_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No message goes round before them: that would take half of the time to their frame."""
    monkeypatch.setattr("webhook_tui.ui.dialogs.key_queue._APART_SECONDS", 0.0)
    app = _App()
    async with app.run_test() as pilot:
        await pilot.press("tab", *"abc")
        assert app.query_one("#next", Input).value == "abc"
        assert app.asked == 0
