"""Finding, marking, comparing and exporting in the real program, over the real store and the sandbox."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.integration.terminal import terminal


async def test_find_mark_compare_export_and_delete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each through session and store to the screen and back."""
    monkeypatch.chdir(tmp_path)
    async with terminal("--sandbox", "--port", "0") as screen:
        await screen.until(re.compile(r"^.? +5  \d\d:", re.MULTILINE).search)
        await screen.pressing("/", "enter Keep")
        screen.type("id:1000x")
        await screen.until("No matches in ")
        await screen.pressing("esc", "enter Detail")
        await screen.pressing("/", "enter Keep")
        screen.type("age:<10x")
        await screen.until("^^^^^^^^ age needs a number and a unit: <10m")
        await screen.pressing("esc", "enter Detail")
        await screen.pressing("/", "enter Keep")
        screen.type("!verdict:valid")
        await screen.until(re.compile(r" / !verdict:valid +[1-9]\d* of \d+").search)
        screen.press("enter")
        await screen.until(re.compile(r"\d+ of \d+  / !verdict:valid").search)
        await screen.pressing("esc", lambda text: "/ !verdict:valid" not in text)

        screen.press("g")
        await screen.pressing("m", re.compile(r"^▌◆  1  ", re.MULTILINE).search)
        await screen.pressing(";", "Comment on #1")
        await screen.dialog("Comment on #1")
        screen.type("the first")
        screen.press("enter")
        await screen.until("; the first")
        screen.press("j")
        await screen.until(re.compile(r"  #2\b").search)
        screen.press("D")
        await screen.dialog("#1 and #2")
        await screen.pressing("esc", "enter Detail")

        screen.press("/")
        await screen.until("enter Keep")
        screen.type("marked")
        screen.press("enter")
        await screen.until(re.compile(r"1 of \d+  / marked").search)
        screen.press("e")
        await screen.dialog("1 filtered")
        await screen.pressing("right", re.compile("into +deliveries").search)
        screen.press("l")
        await screen.until("Exported 1 delivery to deliveries.jsonl")
        await screen.pressing("esc", lambda text: "esc Show all" not in text)

        screen.press(":")
        await screen.until("Search for commands")
        screen.type("delete all")
        await screen.gone("Compare webhook and SSE")  # before it is searched, enter runs the first of all commands
        await screen.until("Delete all except marked")
        screen.press("enter")
        await screen.dialog("Delete all deliveries except the marked?")
        screen.press("d")
        await screen.until(re.compile(r"Deleted \d+ deliver").search)
        await screen.until(lambda text: not re.search(r"^.? +2  \d\d:", text, re.MULTILINE))
        await screen.until(re.compile(r"^.?◆  1  ", re.MULTILINE).search)
        screen.press("q")
        assert await screen.ended() == 0
    (line,) = (tmp_path / "deliveries.jsonl").read_text().splitlines()
    assert json.loads(line)["seq"] == 1
