"""A signal ends the program with its exit code."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from tests.ui.fake_session import NOW, FakeSession
from tests.ui.stage import STACKED, stage
from webhook_tui.ui.app import WebhookTuiApp


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_with_128_and_its_number(number: signal.Signals) -> None:
    """As a shell expects."""
    async with stage(size=STACKED) as played:
        os.kill(os.getpid(), number)
        await played.until(lambda: played.session.stops == 1)
    assert played.app.return_code == 128 + number


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
async def test_a_signal_before_the_first_frame_ends_with_the_same_code() -> None:
    """It waits for the app, which then mounts nothing more and stops the session."""
    session = FakeSession.running()
    app = WebhookTuiApp(session, now=lambda: NOW)
    app.take_signals()
    os.kill(os.getpid(), signal.SIGTERM)
    async with app.run_test(size=STACKED):
        pass
    assert app.return_code == 128 + signal.SIGTERM
    assert session.stops == 1
