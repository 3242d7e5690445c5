"""An editor that changes nothing, or cannot have the terminal."""

from __future__ import annotations

from functools import partial

import pytest

from tests.ui.forwards import JSON_BODY, editing, forwarding
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.commands import ReplayDeliveries


def _add(ending: bytes, text: bytes, _seq: int | None) -> bytes:
    return text + ending


@pytest.mark.parametrize("has_secret", [True, False], ids=["indented", "exact"])
async def test_an_editor_that_changes_nothing_sends_nothing(monkeypatch: pytest.MonkeyPatch, has_secret: bool) -> None:
    """The newline that editors write after the last line is no change."""
    async with stage(editing(monkeypatch, JSON_BODY, has_secret=has_secret), size=STACKED) as played:
        for ending in (b"", b"\n"):
            played.main.controllers.editor.run_editor = partial(_add, ending)
            await played.press("R")
            await played.until("Nothing changed: not sent.")
            await played.press("t")
            await played.until(lambda: "Nothing changed" not in played.text())
        assert [command for command in played.session.commands if isinstance(command, ReplayDeliveries)] == []


async def test_a_terminal_that_cannot_be_given_away_is_reported() -> None:
    """As under a test runner."""
    async with stage(forwarding(), size=STACKED) as played:
        await played.press("R")
        await played.until("This terminal cannot be given to an editor.")
