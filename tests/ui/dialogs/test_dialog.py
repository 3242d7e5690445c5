"""What all dialogs have in common: the safe answer first, letters at once, nothing by accident."""

from __future__ import annotations

import pytest

from tests.ui.fake_session import FakeSession
from tests.ui.stage import SMALL, STACKED, stage
from webhook_tui.domain.commands import (
    DeleteWebhook,
)
from webhook_tui.domain.events import (
    ForeignWebhook,
    OwnershipQuestioned,
)
from webhook_tui.ui.dialogs.dialog import Dialog

FOREIGN = ForeignWebhook(
    "https://api.example.com/hooks/piktid", "2026-11-12T09:41:00+00:00", 200, "2026-11-23T14:18:00Z"
)
LETTERS = [
    (["a", "e"], ["Change the numbers      Cancel esc"], "Change the numbers e", ["tab"], ["escape"]),
    (["e", "tab"], ["   curl "], "c   curl ", ["shift+tab"], ["escape"]),
    (
        ["enter", "ctrl+f"],
        ["Test ping     Register     Delete  ", "verified when it arrives.  "],
        "Test ping t     Register u     Delete X",
        ["escape"],
        ["escape"],
    ),
    (["k", "enter", "ctrl+f"], ["1 below  "], "1 below · f follow the newest", ["escape"], ["escape"]),
]


async def test_no_letter_is_shown_as_a_key_where_it_is_text() -> None:
    """Buttons, menus and the note lose their letters while an input has the focus, and get them again."""
    async with stage(size=STACKED) as played:
        for keys, typing, key, back, close in LETTERS:
            await played.press(*keys)
            for text in typing:
                await played.until(text)
            assert key not in played.text()
            await played.press(*back)
            await played.until(key)
            await played.press(*close)
            await played.until(lambda: played.is_focused("deliveries"))


async def test_keys_of_the_first_300_ms_answer_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds a key down, or types while a dialog opens, answers nothing by it."""
    now = [100.0]
    monkeypatch.setattr(Dialog, "clock", staticmethod(lambda: now[0]))
    async with stage(size=STACKED) as played:
        await played.press("X")
        await played.until("Delete the webhook?")
        now[0] += 0.29
        await played.press("d", "enter", "escape")
        assert played.session.commands == []
        assert len(played.app.screen_stack) == 2
        now[0] += 0.02
        await played.press("d")
        await played.requested(DeleteWebhook())


async def test_a_dialog_can_be_left_by_leaving_the_program() -> None:
    """ctrl+q works everywhere, and at once."""
    async with stage(size=STACKED) as played:
        await played.press("X")
        await played.until("Delete the webhook?")
        await played.press("ctrl+q")
        await played.until(lambda: played.session.stops == 1)
    assert played.app.return_code == 0


async def test_every_dialog_fits_or_scrolls() -> None:
    """Also on the smallest screen the safe answer works."""
    async with stage(size=STACKED, sandbox=FakeSession) as played:
        for size in (STACKED, SMALL, (40, 10)):
            await played.pilot.resize_terminal(*size)
            for event in (OwnershipQuestioned(FOREIGN), OwnershipQuestioned(None)):
                played.session.emit(event)
                await played.until(lambda: len(played.app.screen_stack) == 2)
                await played.press("escape")
                await played.dialog_closed()
            for key in ("X", "u", "p", "S", "?"):
                await played.press(key)
                await played.until(lambda: len(played.app.screen_stack) == 2)
                await played.press("escape")
                await played.dialog_closed()
