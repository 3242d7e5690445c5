"""Events of the session on their way to the screen: many updates become one, and none comes after the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from tests.ui.fake_session import NOW, RUNNING, WAITING, FakeSession
from webhook_tui.domain.events import SessionEvent, SessionStopped, SessionUpdated
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.session import SessionController


class _App:
    """Calls back at once what is posted to it."""

    def call_later(self, callback: Callable[..., object], *arguments: Any) -> None:
        callback(*arguments)


class _Frames:
    """Has no room for a frame until `draw`."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def request(self, draw: Callable[[], object]) -> None:
        self.waiting.append(draw)

    def draw(self) -> None:
        while self.waiting:
            self.waiting.pop()()


def test_an_update_that_waits_for_a_frame_is_not_shown_after_the_end() -> None:
    """Else an older status would hide that the session ended."""
    shown: list[SessionEvent] = []
    frames = _Frames()
    context = AppContext(cast("Any", _App()), FakeSession(), RUNNING, lambda: NOW)
    controller = SessionController(
        context,
        cast("Any", frames),
        on_event=shown.append,
        on_update=shown.append,
        restart=None,
        stop_seconds=1.0,
    )

    for status in (WAITING, RUNNING):
        controller.publish(SessionUpdated(status))
    assert shown == []
    controller.publish(SessionStopped(is_unexpected=True))
    frames.draw()

    assert shown == [SessionUpdated(RUNNING), SessionStopped(is_unexpected=True)]
