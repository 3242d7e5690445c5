"""Diff with the marked one, links, runs: keys in, the screen's text out."""

from __future__ import annotations

from tests.ui.fake_session import FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import WIDE, stage


async def test_the_diff_says_what_came_went_and_changed() -> None:
    """Signature, headers and paths, then lines; the earlier one first; y copies the page."""
    session = FakeSession.running()
    usual = ((b"X-Webhook-Signature", b"sha256=aa"), (b"X-Old", b"1"))
    other = ((b"x-webhook-signature", b"sha256=bb"), (b"X-New", b"\x1b[31m"))
    session.rows.add(stored_delivery(13, body=b'{"a": 1, "b": [1, 2], "gone": null}', headers=usual))
    session.rows.add(stored_delivery(14, body=b'{"a": 1.0, "b": [1, 3, 4]}', headers=other))
    session.rows.refresh()
    async with stage(session, size=WIDE) as played:
        await played.choose(14)
        await played.press("m")
        await played.choose(13)
        await played.press("D")
        await played.until("#13 and #14")
        page = played.text()
        for line in ("- sha256=aa", "+ sha256=bb", "- X-Old: 1", "+ X-New: ␛[31m", "≠ $.b[1]", "+ $.b[2]  4"):
            assert line in page
        assert "- $.gone  null" in page
        assert "$.a" not in page
        await played.press("y")
        await played.until("Sent to the terminal: the diff")
        assert "≠ $.b[1]" in played.app.clipboard
        await played.press("escape")
        await played.until(lambda: played.is_focused("deliveries"))
