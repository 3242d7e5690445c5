"""The marked delivery that another one is compared with."""

from __future__ import annotations

from tests.ui.stage import WIDE, stage


async def test_without_a_marked_one_the_diff_says_what_to_do() -> None:
    """Its own mark does not count."""
    async with stage(size=WIDE) as played:
        await played.choose(8)
        await played.press("m", "D")
        await played.until("No other delivery is marked.")
        assert "m marks the one to compare with; then D on this one." in played.text()
