"""An app that shares its terminal: what a crash prints."""

from __future__ import annotations

import pytest

from tests.timeouts import TIMEOUT_SECONDS
from tests.ui.fake_session import FakeSession
from tests.ui.stage import STACKED, stage


async def test_a_crash_is_one_sentence_without_any_value(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback, for it would show the values of variables, and a token is among them."""
    session = FakeSession.running()

    async def crash() -> None:
        async with stage(session, size=STACKED) as played:

            def divide() -> None:
                token = "hunter2"  # what a traceback with locals would show
                raise ZeroDivisionError(token)

            played.app.call_later(divide)
            await played.until(lambda: played.app.crash is not None)

    with pytest.raises(ZeroDivisionError):
        await crash()

    assert session.stops == 1
    assert session.ended.wait(TIMEOUT_SECONDS)
    said = capsys.readouterr().err
    assert said == "webhook-tui ended by an error of its own (ZeroDivisionError). What was received is stored.\n"
