"""Of several marked deliveries, one is chosen to compare with."""

from __future__ import annotations

from tests.ui.fake_session import FakeSession
from tests.ui.stage import STACKED, stage


async def test_of_several_marked_ones_one_is_chosen() -> None:
    """Newest first, with what distinguishes them; its own is not among them, esc compares nothing."""
    session = FakeSession.running()
    for seq, comment in ((3, ""), (8, "the \x1b[31m good one"), (10, ""), (11, "")):
        session.rows.set(seq, marked=True, comment=comment)
    session.rows.refresh()
    async with stage(session, size=STACKED) as played:
        await played.choose(10)
        await played.press("D")
        await played.until("Compare #10 with")
        lines = [line for line in played.dialog_lines() if line.strip().startswith("#")]
        assert [line.split()[:4] for line in lines] == [
            ["#11", "14:21:10", "✓", "valid"],
            ["#8", "14:20:02", "✗", "invalid"],
            ["#3", "14:02:58", "✓", "valid"],
        ]
        assert lines[1].rstrip().endswith("image_result   the ␛[31m good one")
        await played.press("escape")
        await played.dialog_closed()
        await played.press("D")
        await played.until("Compare #10 with")
        await played.press("down", "enter")
        await played.until("#8 and #10")
