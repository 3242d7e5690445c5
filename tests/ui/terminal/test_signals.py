"""A signal ends the program with its exit code."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from tests.ui.stage import STACKED, stage


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_with_128_and_its_number(number: signal.Signals) -> None:
    """As a shell expects."""
    async with stage(size=STACKED) as played:
        os.kill(os.getpid(), number)
        await played.until(lambda: played.session.stops == 1)
    assert played.app.return_code == 128 + number
