"""Diff with the marked one, links, runs: keys in, the screen's text out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.ui.fake_session import NOW, FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import STACKED, WIDE, Stage, stage
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.statistics.counts import Run


async def choose(played: Stage, seq: int) -> None:
    """Put the cursor on a delivery of the mock-ups."""
    await played.press("g", *["j"] * (seq - 1))
    await played.until(lambda: played.main.deliveries.detail.seq == seq)


def opened_links(played: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The links that would go to a browser from now on."""
    opened: list[str] = []
    monkeypatch.setattr(played.app, "open_url", opened.append)
    return opened


async def test_the_diff_says_what_came_went_and_changed() -> None:
    """Signature, headers and paths, then lines; the earlier one first; y copies the page."""
    session = FakeSession.running()
    usual = ((b"X-Webhook-Signature", b"sha256=aa"), (b"X-Old", b"1"))
    other = ((b"x-webhook-signature", b"sha256=bb"), (b"X-New", b"\x1b[31m"))
    session.rows.add(stored_delivery(13, body=b'{"a": 1, "b": [1, 2], "gone": null}', headers=usual))
    session.rows.add(stored_delivery(14, body=b'{"a": 1.0, "b": [1, 3, 4]}', headers=other))
    session.rows.refresh()
    async with stage(session, size=WIDE) as played:
        await choose(played, 14)
        await played.press("m")
        await choose(played, 13)
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


async def test_without_a_marked_one_the_diff_says_what_to_do() -> None:
    """Its own mark does not count."""
    async with stage(size=WIDE) as played:
        await choose(played, 8)
        await played.press("m", "D")
        await played.until("No other delivery is marked.")
        assert "m marks the one to compare with; then D on this one." in played.text()


async def test_of_several_marked_ones_one_is_chosen() -> None:
    """Newest first, with what tells them apart; its own is not among them, esc compares nothing."""
    session = FakeSession.running()
    for seq, comment in ((3, ""), (8, "the \x1b[31m good one"), (10, ""), (11, "")):
        session.rows.set(seq, marked=True, comment=comment)
    session.rows.refresh()
    async with stage(session, size=STACKED) as played:
        await choose(played, 10)
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


async def test_a_link_is_shown_in_full_and_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several one is chosen; the safe button has the focus; b opens it unchanged."""
    thumb = "https://cdn.example.com/jobs/job_7c1e90/thumb/3.png"
    async with stage(size=STACKED) as played:
        opened = opened_links(played, monkeypatch)
        await choose(played, 8)
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


async def test_the_link_of_the_line_under_the_cursor_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else is asked for it; a payload without links gets a notice."""
    async with stage() as played:
        opened = opened_links(played, monkeypatch)
        await choose(played, 8)
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


async def test_the_runs_are_listed_and_one_is_chosen() -> None:
    """Newest first, with what is stored of each; enter filters by it."""
    session = FakeSession.running()
    day = timedelta(days=1)
    session.runs = (
        Run(1, NOW - day, NOW - day + timedelta(hours=2), {Verdict.VALID: 3, Verdict.INVALID: 1}),
        Run(2, NOW, None, {}),
    )
    async with stage(session) as played:
        played.main.action_run("history.runs")
        await played.until("nothing stored")
        assert "   1  22 Nov 2026, 14:22  2 h         " in played.text()
        assert "4 stored  ✓ 3  ✗ 1" in played.text()
        await played.press("down", "enter")
        await played.until("12 of 12  / run:1")
