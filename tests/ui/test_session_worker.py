"""The session in a thread of its own, and what it says while the app ends."""

from __future__ import annotations

import threading

from tests.timeouts import TIMEOUT_SECONDS
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.events import SessionStopped


async def test_the_session_runs_in_a_thread_of_its_own() -> None:
    """With the screen blocked it goes on."""
    async with stage(size=STACKED):
        names = {thread.name for thread in threading.enumerate()}
        assert "session" in names
        assert all(thread.daemon for thread in threading.enumerate() if thread.name == "session")
    assert "session" not in {thread.name for thread in threading.enumerate()}


async def test_what_the_session_says_while_leaving_is_kept_for_the_caller() -> None:
    """Nothing of it goes to a screen that is gone."""
    async with stage(size=STACKED) as played:
        await played.press("q")
        await played.until(lambda: played.session.stops == 1)
    assert played.app.host.join(TIMEOUT_SECONDS)
    assert played.app.host.tail.get_nowait() == SessionStopped()
