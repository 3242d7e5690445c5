"""Exports: their name, where they go, and what they may not replace."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import STACKED, stage

JOB = mock_up_rows()[7].delivery.body


async def test_an_export_has_a_name_of_ours_and_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the current directory, one more number when there is such a file."""
    monkeypatch.chdir(tmp_path)
    async with stage() as played:
        await played.choose(8)
        await played.press("e")
        await played.until("delivery-8.json")
        await played.press("h")
        await played.until("Exported #8 to delivery-8.har")
        await played.press("e", "h")
        await played.until("Exported #8 to delivery-8-2.har")
        await played.press("e", "left", "l")
        await played.until("Exported 12 deliveries to deliveries.jsonl")
        await played.press("e", "left", "p")
        await played.until("Exported 12 deliveries to deliveries")
        await played.until((tmp_path / "deliveries" / "delivery-12.json").exists)
    assert json.loads((tmp_path / "delivery-8.har").read_text())["log"]["entries"]
    assert (tmp_path / "delivery-8-2.har").read_bytes() == (tmp_path / "delivery-8.har").read_bytes()
    assert len((tmp_path / "deliveries.jsonl").read_text().splitlines()) == 12
    assert (tmp_path / "deliveries" / "delivery-8.json").read_bytes() == JOB


async def test_an_export_goes_where_it_is_asked_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is there is overwritten, said before; one that cannot be written is a notice."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.json").write_text("before")
    async with stage(size=STACKED) as played:
        await played.choose(8)
        await played.press("e", "tab")
        await played.until(lambda: played.is_focused("path"))
        played.app.screen.query_one("#path", Input).value = "mine.json"
        await played.until("This file exists: it is overwritten.")
        await played.press("enter")
        await played.until("Exported #8 to mine.json")
        await played.press("e", "tab")
        played.app.screen.query_one("#path", Input).value = "nowhere/mine.json"
        await played.press("enter")
        await played.until("nowhere/mine.json cannot be written: No such file or directory.")
    assert (tmp_path / "mine.json").read_bytes() == JOB


@pytest.mark.parametrize("path", ["~no-such-user/mine.json", "x" * 300])
async def test_a_path_that_cannot_be_looked_at_is_a_notice(path: str) -> None:
    """A home directory that is not known while it is typed, and a name that is too long."""
    async with stage(size=(400, 24)) as played:
        await played.choose(8)
        await played.press("e", "tab")
        await played.until(lambda: played.is_focused("path"))
        played.app.screen.query_one("#path", Input).value = path
        await played.press("enter")
        await played.until(f"{path} cannot be written: ")


async def test_an_export_to_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link is followed, a pipe written; one without a reader blocks nothing."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    os.mkfifo("read")
    reader = os.open("read", os.O_RDONLY | os.O_NONBLOCK)
    (tmp_path / "link").symlink_to("target")
    outcomes = {
        "-": "Standard output belongs to the screen.",
        "pipe": "pipe cannot be written: no program reads it.",
        "read": "Exported #8 to read",
        "link": "Exported #8 to link",
    }
    async with stage(size=STACKED) as played:
        await played.choose(8)
        for path, outcome in outcomes.items():
            assert not (tmp_path / "target").exists()
            await played.press("e", "tab")
            await played.until(lambda: played.is_focused("path"))
            played.app.screen.query_one("#path", Input).value = path
            await played.press("enter")
            await played.until(outcome)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == JOB
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == JOB
