"""The filter bar: mistakes at their place, and earlier filters."""

from __future__ import annotations

import pytest

from tests.ui.stage import STACKED, stage
from webhook_tui.ui.widgets import filter_bar


async def test_a_mistake_is_pointed_at_and_the_table_keeps_the_last_filter() -> None:
    """Carets under the term in the footer's line; enter does not keep it, escape clears it."""
    async with stage(size=STACKED) as played:
        await played.type_filter("!verdict:valid event:image_*")
        await played.until(lambda: played.numbers() == [8, 10])
        await played.press(*" age:<10x", "space")
        await played.until("^^^^^^^^ age needs a number")
        lines = played.lines()
        at = lines[22].index("age:<10x")
        assert lines[22].endswith(" unchanged: 2 of 12 ")
        assert lines[23].rstrip() == " " * at + "^^^^^^^^ age needs a number and a unit: <10m"
        assert played.numbers() == [8, 10]

        await played.press("enter")
        assert played.is_focused("FilterInput")
        await played.press("escape")
        await played.until(lambda: played.is_focused("deliveries"))
        assert played.numbers() == list(range(1, 13))
        assert "enter Detail" in played.lines()[23]


async def test_what_is_half_typed_is_no_mistake_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter makes it one; the next letter takes that back."""
    monkeypatch.setattr(filter_bar, "REST_SECONDS", 3600)
    async with stage(size=STACKED) as played:
        await played.type_filter("event:ping")
        await played.until("3 of 12")
        await played.press(*" age:")
        await played.until("unchanged: 3 of 12")
        assert "^" not in played.lines()[23]
        assert played.numbers() == [1, 5, 12]

        await played.press("enter")
        assert "^^^^ age needs a number" in played.lines()[23]
        await played.press("<")
        await played.until(lambda: "^" not in played.lines()[23])
        await played.press(*"9d")
        await played.until(lambda: "unchanged" not in played.text())
        assert "3 of 12" in played.text()


async def test_what_is_half_typed_is_a_mistake_after_a_pause() -> None:
    """After a pause the text counts as complete."""
    async with stage(size=STACKED) as played:
        await played.type_filter("verdict:")
        await played.until("^^^^^^^^ verdict is valid, older")


async def test_earlier_filters_come_back() -> None:
    """Up in the empty line walks through them, down back; backslash turns the last one off and on."""
    async with stage() as played:
        for text in ("event:ping", "marked"):
            await played.type_filter(text)
            await played.press("enter")
            await played.until(lambda: played.is_focused("deliveries"))
            await played.press("escape")
        await played.type_filter("ne")
        await played.press("up")
        assert " / ne " in played.text()
        await played.press("backspace", "backspace", "up")
        await played.until(" / marked")
        await played.press("up", "up")
        await played.until(" / event:ping")
        await played.press("down", "down")
        await played.until(" / verdict:invalid  event")
        await played.press("up", "up", "enter")
        await played.until("3 of 12")
        await played.press("backslash")
        assert len(played.numbers()) == 12
        await played.press("backslash")
        await played.until("3 of 12")
