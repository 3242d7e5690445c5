"""One image of a job over the whole screen."""

from __future__ import annotations

import pytest

from tests.ui.fake_session import NOW
from tests.ui.stage import WIDE, stage
from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.jobs.contact_sheet import Tile, TileState
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.dialogs.jobs.large_image import LargeImageDialog

URL = "https://127.0.0.1:1/{}.png"


def done(number: int, verdict: Verdict = Verdict.VALID) -> Tile:
    """An image that has arrived."""
    return Tile(TileState.DONE, "", ImageLink(URL.format(number)), number, seq=number, verdict=verdict)


async def test_its_keys_and_buttons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the images that may be loaded; what is opened in the browser is shown in full first."""
    async with stage(size=WIDE) as played:
        opened: list[str] = []
        copied: list[str] = []
        monkeypatch.setattr(played.app, "open_url", opened.append)
        monkeypatch.setattr(played.app, "copy", lambda text, _what: copied.append(text))
        tiles = (done(0), Tile(TileState.WAITING), done(1, Verdict.INVALID), done(2))
        dialog = LargeImageDialog("job_1", tiles, URL.format(2), title="Job 1", now=lambda: NOW, in_ascii=False)
        played.app.push_screen(dialog)
        await played.until(URL.format(2))
        await played.press("right")
        await played.until(URL.format(0))
        await played.pilot.click("#previous")
        await played.until(URL.format(2))
        await played.press("b")
        await played.until("Open this link?")
        await played.press("b")
        await played.until(lambda: opened == [URL.format(2)])
        await played.pilot.click("#buttons > #copy")
        await played.until(lambda: copied == [URL.format(2)])
        await played.press("escape")
        await played.dialog_closed()
