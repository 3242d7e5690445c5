"""Passes keys on one at a time, each once the one before it was handled: that one may open a dialog or move the focus.

Textual passes each key to the widget that has the focus when the key is read. Of several keys that are read at once,
the later ones would go to what is below the dialog that the first one opens.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode

from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.messages import KeyHandled

LONGEST_WAIT_SECONDS = 0.3
"""For one key: it is not known when it was handled if its widget is removed meanwhile."""
_APART_SECONDS = 0.02
"""After so long the key before was handled; a terminal repeats a key every 30 ms. To find out whether it was takes half
of the time from a key to its frame."""
_ROUNDS = 3
"""A key's action may post a message whose handler posts another one, which moves the focus."""


class KeyQueue:
    """The keys that wait until the one before them was handled."""

    def __init__(self, app: App[Any], forward: Callable[[events.Key], Awaitable[None]]) -> None:
        """`forward` gives a key to the widget that has the focus."""
        self._app = app
        self._forward = forward
        self._waiting: deque[events.Key] = deque()
        self._last_key = ""
        self._target: DOMNode | None = None
        """The widget to which the last key went, while it is not known whether that key was handled."""
        self._read_at = self._passed_on_at = 0.0
        """When that key was read and when it was passed on, in monotonic seconds."""
        self._sent: KeyHandled | None = None
        """The message sent after that key: its arrival shows that the key was handled. None while no key waits."""
        self._deadline: asyncio.TimerHandle | None = None

    async def add(self, key: events.Key) -> None:
        """Pass a key on, at once or later, unless the dialog that is open then ignores it. Called by the app."""
        self._waiting.append(key)
        if self._sent is None:
            await self._advance()

    def on_handled(self, message: KeyHandled) -> None:
        """Send the next message, and after the last one pass the next key on."""
        if message is self._sent and not (message.rounds > 1 and self._send(message.rounds - 1)):
            # After what was posted to the app meanwhile, such as a change of the focus.
            self._app.call_later(self._finish, message)

    def _on_late(self) -> None:
        self._app.call_later(self._finish, self._sent)

    async def _finish(self, message: KeyHandled) -> None:
        if message is self._sent:
            self._target = self._sent = None
            if self._deadline is not None:
                self._deadline.cancel()
            await self._advance()

    async def _advance(self) -> None:
        while self._waiting and self._app.screen_stack:
            if self._target is not None and self._is_close(self._waiting[0]) and self._send(_ROUNDS):
                self._deadline = asyncio.get_running_loop().call_later(LONGEST_WAIT_SECONDS, self._on_late)
                return
            self._target = None
            await self._pass_on(self._waiting.popleft())

    def _is_close(self, key: events.Key) -> bool:
        """Whether it was read with the last key, or the app was busy and passed that one on just now."""
        now = asyncio.get_running_loop().time()
        return key.time - self._read_at < _APART_SECONDS or now - self._passed_on_at < _APART_SECONDS

    async def _pass_on(self, key: events.Key) -> None:
        previous, self._last_key = self._last_key, key.key
        screen = self._app.screen
        if isinstance(screen, Dialog) and not screen.takes(key, previous):
            return
        target = self._app.focused or screen
        await self._forward(key)
        if key.is_forwarded:  # else it had a binding with priority
            self._target = target
            self._read_at, self._passed_on_at = key.time, asyncio.get_running_loop().time()

    def _send(self, rounds: int) -> bool:
        """Send a message the way of the last key, from widget to widget up to the app; return whether that can be."""
        message = KeyHandled(rounds)
        is_sent = self._target is not None and self._target.post_message(message)
        if is_sent:
            self._sent = message
        return is_sent
