"""A link is shown in full before it is opened."""

from __future__ import annotations

import pytest

from tests.ui.stage import STACKED, stage


async def test_a_link_is_shown_in_full_and_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several one is chosen; the safe button has the focus; b opens it unchanged."""
    thumb = "https://cdn.example.com/jobs/job_7c1e90/thumb/3.png"
    async with stage(size=STACKED) as played:
        opened = played.opened_links(monkeypatch)
        await played.choose(8)
        await played.press("o")
        await played.until("Links in this payload")
        await played.press("2")
        await played.until("Open this link?")
        assert thumb in played.text()
        assert "It leads to cdn.example.com. Nothing proves that PiktID sent it." in played.text()
        await played.until(lambda: played.is_focused("safe"))
        await played.press("enter")
        assert opened == []
        await played.press("o", "2")
        await played.until("Open this link?")
        await played.press("b")
        await played.until(lambda: opened == [thumb])
