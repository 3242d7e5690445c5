"""A page of text scrolls by keys, and nothing of it is lost."""

from __future__ import annotations

from tests.ui.dialogs.test_status import opened, session_with
from tests.ui.stage import STACKED, stage


async def test_on_a_small_screen_it_scrolls_by_keys_and_nothing_is_lost() -> None:
    """The end is one key away; esc and the key that opened it close it."""
    async with stage(session_with(), size=(40, 10)) as played:
        for size in ((40, 10), STACKED):
            await played.pilot.resize_terminal(*size)
            await opened(played)
            top = played.text()
            await played.press("j", "j")
            assert played.text() != top
            await played.press("G")
            await played.until("QR code of the public URL")
            assert ("It needs 33 × 17 cells here" in played.text()) == ("▀" not in played.text())
            await played.press("g")
            await played.until("Deliveries  ")
            await played.press("pagedown")
            await played.until(lambda: "Deliveries  " not in played.text())
            await played.press("escape" if size == STACKED else "i")
            await played.until(lambda: played.is_focused("deliveries"))
