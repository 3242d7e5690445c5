"""The filter bar and the order of the table: keys in, the screen's text out."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows, stored_delivery
from tests.ui.stage import STACKED, WIDE, Stage, stage
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import Counts
from webhook_tui.ui.widgets import filter_bar
from webhook_tui.ui.widgets.filter_bar import Completions


async def type_filter(played: Stage, text: str) -> None:
    """Open the bar and type."""
    await played.press("slash")
    await played.until(lambda: played.is_focused("FilterInput"))
    await played.press(*("space" if one == " " else one for one in text))


def numbers(played: Stage) -> list[int]:
    """Numbers of the rows on the screen."""
    table = played.main.deliveries.delivery_table
    assert table.rows is not None
    return [row.seq for row in table.rows.window(0, 100)]


async def test_matches_update_while_typing_and_enter_keeps() -> None:
    """The input stands where the buttons were, with the count; a kept filter is named beside the buttons."""
    async with stage(size=STACKED) as played:
        await type_filter(played, "!verdict:valid event:image_*")
        await played.until("2 of 12")
        lines = played.lines()
        assert lines[22].startswith(" / !verdict:valid event:image_*")
        assert lines[22].endswith(" 2 of 12 ")
        assert lines[23].rstrip() == " enter Keep  esc Clear  tab Complete  ↑ Earlier"
        assert numbers(played) == [8, 10]

        await played.press("enter")
        await played.until(lambda: played.is_focused("deliveries"))
        lines = played.lines()
        assert lines[22].startswith("   Test ping t     Register u     Delete X   ")
        assert "2 of 12  / !verdict:valid ev" in lines[22]
        assert "esc Show all" in lines[23]

        await played.press("escape")
        assert numbers(played) == list(range(1, 13))
        assert "of 12" not in played.text()


async def test_a_mistake_is_pointed_at_and_the_table_keeps_the_last_filter() -> None:
    """Carets under the term in the footer's line; enter does not keep it, escape clears it."""
    async with stage(size=STACKED) as played:
        await type_filter(played, "!verdict:valid event:image_*")
        await played.until(lambda: numbers(played) == [8, 10])
        await played.press(*" age:<10x", "space")
        await played.until("^^^^^^^^ age needs a number")
        lines = played.lines()
        at = lines[22].index("age:<10x")
        assert lines[22].endswith(" unchanged: 2 of 12 ")
        assert lines[23].rstrip() == " " * at + "^^^^^^^^ age needs a number and s, m, h or d"
        assert numbers(played) == [8, 10]

        await played.press("enter")
        assert played.is_focused("FilterInput")
        await played.press("escape")
        await played.until(lambda: played.is_focused("deliveries"))
        assert numbers(played) == list(range(1, 13))
        assert "enter Detail" in played.lines()[23]


async def test_what_is_half_typed_is_no_mistake_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter makes it one; the next letter takes that back."""
    monkeypatch.setattr(filter_bar, "REST_SECONDS", 3600)
    async with stage(size=STACKED) as played:
        await type_filter(played, "event:ping")
        await played.until("3 of 12")
        await played.press(*" age:")
        await played.until("unchanged: 3 of 12")
        assert "^" not in played.lines()[23]
        assert numbers(played) == [1, 5, 12]

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
        await type_filter(played, "verdict:")
        await played.until("^^^^^^^^ verdict is valid, older")


async def test_a_bare_word_is_looked_for_as_a_verdict() -> None:
    """What stands in a column is found by its word."""
    async with stage(size=STACKED) as played:
        await type_filter(played, "malf")
        await played.until(lambda: numbers(played) == [10])


async def test_no_match_is_reported_where_the_rows_were() -> None:
    """The detail keeps the delivery that it showed, and esc brings back the rows."""
    async with stage() as played:
        await played.press("g", "j")
        await played.until(lambda: played.main.deliveries.detail.seq == 2)
        await type_filter(played, "nowhere")
        await played.press("enter")
        await played.until("None of 12 matches. esc shows all.")
        assert played.main.deliveries.detail.seq == 2
        await played.press("escape")
        await played.until(lambda: played.main.deliveries.delivery_table.seq == 2)


async def test_the_cursor_stays_on_its_delivery() -> None:
    """With a filter and without it again."""
    async with stage() as played:
        await played.press("g", *"jjjjjjj")
        await type_filter(played, "verdict:invalid or verdict:malformed")
        await played.press("enter")
        await played.until(lambda: numbers(played) == [8, 10])
        assert played.main.deliveries.delivery_table.seq == 8
        await played.press("escape")
        assert played.main.deliveries.delivery_table.seq == 8


async def test_what_was_found_keeps_the_cursor_without_the_filter() -> None:
    """Also when the newest match was followed; only on the newest of all it is followed further."""
    async with stage() as played:
        for text, found, follows in (("verdict:malformed", 10, False), ("event:ping", 12, True)):
            await type_filter(played, text)
            await played.until(lambda found=found: played.main.deliveries.delivery_table.seq == found)  # type: ignore[misc]  # a default binds it now
            await played.press("escape")
            await played.until(lambda: numbers(played) == list(range(1, 13)))
            assert (played.main.deliveries.delivery_table.seq, played.main.deliveries.table.following) == (
                found,
                follows,
            )
            await played.press("f")


async def test_a_slow_search_leaves_the_table_alone() -> None:
    """What is typed is handled meanwhile; the rows change when there is a match."""
    session = FakeSession.running()
    session.searches_wait = True
    async with stage(session) as played:
        await type_filter(played, "verdict:invalid")
        await played.until("0 of 12 · 40 %")
        await played.until(lambda: session.searches[-1][0].expression == parse("verdict:invalid"))
        assert numbers(played) == list(range(1, 13))
        session.search_goes_on()
        await played.until("1 of 12")
        assert numbers(played) == [8]


async def test_what_comes_and_what_changes_is_looked_at_again() -> None:
    """A new delivery that passes is shown, one that was verified again is tested again."""
    session = FakeSession.running()
    async with stage(session) as played:
        await type_filter(played, "verdict:invalid")
        await played.press("enter")
        await played.until("1 of 12")
        session.deliver(stored_delivery(13, Verdict.INVALID, event="image_result"))
        await played.until("2 of 13")
        session.check_signature(8, Verdict.VALID)
        await played.until("1 of 13")
        assert numbers(played) == [13]
        assert session.searches[-1][0].reconsidered == [8]


async def test_tab_completes_and_enter_never_does() -> None:
    """At most six lines above the input; the first is the one that tab takes."""
    async with stage(size=STACKED) as played:
        await type_filter(played, "ver")
        await played.until("verdict:  tab")
        assert len(played.app.screen.query_one(Completions).completions) <= 6
        await played.press("tab")
        await played.until("valid  tab")
        assert played.lines()[22].startswith(" / verdict: ")
        await played.press("i", "n", "tab", "enter")
        await played.until("1 of 12  / verdict:invalid")
        assert not played.app.screen.query_one(Completions).display


async def test_earlier_filters_come_back() -> None:
    """Up and down walk through them, back to what was typed; backslash turns the last one off and on."""
    async with stage() as played:
        for text in ("event:ping", "marked"):
            await type_filter(played, text)
            await played.press("enter")
            await played.until(lambda: played.is_focused("deliveries"))
            await played.press("escape")
        await type_filter(played, "ne")
        await played.press("up")
        await played.until(" / marked")
        await played.press("up", "up")
        await played.until(" / event:ping")
        await played.press("down", "down")
        await played.until(" / ne")
        await played.press("up", "up", "enter")
        await played.until("3 of 12")
        await played.press("backslash")
        assert len(numbers(played)) == 12
        await played.press("backslash")
        await played.until("3 of 12")


@pytest.mark.parametrize("earlier", [0, 3])
async def test_a_click_on_a_count_finds_as_many_as_it_says(earlier: int) -> None:
    """The counts are of this run: what earlier runs received is not found."""
    counts = Counts(received=12 - earlier, good=8 - earlier, bad=3, pending=1)
    session = FakeSession(replace(RUNNING, counts=counts), mock_up_rows())
    for seq in range(1, earlier + 1):
        session.rows.set(seq, run=0)
    async with stage(session) as played:
        for sign, shown in (("✓", counts.good), ("✗", counts.bad), ("…", counts.pending)):
            column = played.lines()[1].index(f"{sign} {shown}")
            await played.pilot.click("StatusBar", offset=(column + 1, 1))
            await played.until(f"{shown} of 12")
            assert len(numbers(played)) == shown


async def test_a_click_on_a_heading_sorts_by_it() -> None:
    """A second click turns the order, a third brings that of arrival back; time is the order of arrival."""
    async with stage(size=WIDE) as played:
        top, heading = next((at, line) for at, line in enumerate(played.lines()) if " verdict " in line)
        for shown in "event↑", "event↓":
            await played.pilot.click(offset=(heading.index("event") + 1, top))
            await played.until(shown)
        await played.pilot.click(offset=(heading.index("event") + 1, top))
        await played.until(lambda: "event↓" not in played.text())
        assert numbers(played) == list(range(1, 13))
        await played.pilot.click(offset=(heading.index("time") + 1, top))
        await played.until("#↓")
        assert numbers(played)[0] == 12


async def test_sorting_goes_through_the_columns() -> None:
    """Upwards, downwards, the next one; f goes back to the order of arrival and follows."""
    async with stage(size=WIDE) as played:
        await played.press("O")
        await played.until("verdict↑")
        assert numbers(played)[-1] == 12
        assert numbers(played)[-4:-1] == [8, 9, 10]
        await played.press("O")
        await played.until("verdict↓")
        assert numbers(played)[0] == 12
        assert not played.main.deliveries.table.following
        await played.press("f")
        await played.until("following the newest")
        assert numbers(played) == list(range(1, 13))
        assert "verdict↓" not in played.text()
