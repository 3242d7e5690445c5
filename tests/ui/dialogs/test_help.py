"""The keys that work where the focus is."""

from __future__ import annotations

import pytest

from tests.ui.snapshots import Snapshot
from tests.ui.stage import WIDE, stage
from webhook_tui.domain.commands import (
    SendTestPing,
)


async def test_help_shows_the_keys_that_work_where_the_focus_was(snapshot: Snapshot) -> None:
    """The focused pane's group first; a click on a key does what the key does."""
    async with stage(size=WIDE) as played:
        await played.press("?")
        await played.until("Keys: deliveries")
        snapshot(played.dialog_lines(), "help")
        text = played.text()
        for line in ("↑ ↓  k j    move", "w           why this verdict", "X           delete the webhook"):
            assert line in text
        assert "esc closes; a click on a key does what the key does" in text
        await played.press("escape")
        await played.dialog_closed()

        await played.press("enter", "f1")
        await played.until("Keys: this delivery")
        await played.press("q")
        await played.dialog_closed()
        await played.press("escape")

        await played.press("?")
        await played.until("send a test ping")
        row = next(i for i, text in enumerate(played.lines()) if "send a test ping" in text)
        column = played.lines()[row].index("send a test ping")
        await played.pilot.click(offset=(column, row))
        await played.requested(SendTestPing())
        await played.dialog_closed()


async def test_the_help_of_webhook_and_sse_is_titled_by_it() -> None:
    """As is the group of its keys, none of which is for a delivery."""
    async with stage(size=WIDE) as played:
        await played.press("s", "?")
        await played.until("Keys: webhook and SSE")
        title, heads, *_ = played.dialog_lines()
        assert title == "Keys: webhook and SSE"
        assert heads.split() == ["Deliveries", "Webhook", "and", "SSE"]
        assert "This delivery" not in played.text()


@pytest.mark.parametrize("keys", [(), ("enter",), ("enter", "]"), ("w",), ("s",)])
async def test_no_text_of_the_help_is_cut(keys: tuple[str, ...]) -> None:
    """In the table, the payload, the headers, the signature, the events of SSE."""
    async with stage(size=WIDE) as played:
        await played.press(*keys, "?")
        await played.until("Keys: ")
        assert "…" not in "".join(played.dialog_lines())
