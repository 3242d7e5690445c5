"""Which link of a payload is opened."""

from __future__ import annotations

import pytest

from tests.ui.stage import stage


async def test_the_link_of_the_line_under_the_cursor_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else is asked for it; a payload without links gets a notice."""
    async with stage() as played:
        opened = played.opened_links(monkeypatch)
        await played.choose(8)
        await played.press("enter", *"jjjjjjjjjjj")
        await played.until("$.data.output.full_size")
        await played.press("o")
        await played.until("Open this link?")
        await played.press("b")
        await played.until(lambda: opened == ["https://cdn.example.com/jobs/job_7c1e90/full/3.png"])
        await played.press("escape", "g", "o")
        await played.until("There is no web link in this payload.")
        await played.press("j")
        await played.until(lambda: "There is no web link" not in played.text())
