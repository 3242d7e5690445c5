"""The filter bar and the order of the table: keys in, the screen's text out."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows, stored_delivery
from tests.ui.stage import STACKED, WIDE, Stage, stage
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import Counts
from webhook_tui.named_filters import NamedFilters
from webhook_tui.ui.controllers import search
from webhook_tui.ui.widgets import filter_bar
from webhook_tui.ui.widgets.suggestion_list import SuggestionList


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
        assert lines[23].rstrip() == " tab Complete  enter Keep  esc Clear"
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
        assert lines[23].rstrip() == " " * at + "^^^^^^^^ age needs a number and a unit: <10m"
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
        await played.until("No matches in 12 deliveries.  esc clears the filter.")
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


async def test_a_search_that_has_just_begun_shows_no_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most end before it could be read; the count of one that ended is shown at once."""
    monkeypatch.setattr(search, "COUNT_SECONDS", 3600)
    session = FakeSession.running()
    session.searches_wait = True
    async with stage(session) as played:
        await type_filter(played, "verdict:invalid")
        await played.until("… of 12 ")
        await played.until(lambda: session.searches[-1][0].expression == parse("verdict:invalid"))
        session.search_goes_on()
        await played.until(" 1 of 12 ")


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


def listed(played: Stage) -> list[str]:
    """The lines of the list above the filter bar."""
    region = played.main.query_one(SuggestionList).region
    return [line.rstrip() for line in played.lines()[region.y : region.bottom]]


async def test_tab_completes_and_enter_never_does() -> None:
    """The first line is the one that tab takes; a click takes any."""
    async with stage(size=STACKED) as played:
        await type_filter(played, "ver")
        await played.until("▌  verdict:")
        await played.press("tab")
        await played.until(lambda: listed(played)[:1] == ["▌  valid"] or listed(played)[:1] == ["   valid"])
        assert played.lines()[22].startswith(" / verdict: ")
        assert len(listed(played)) == 6
        await played.press("i", "n")
        await played.until("tab invalid ")
        await played.press("tab", "enter")
        await played.until("1 of 12  / verdict:invalid")
        assert not played.main.query_one(SuggestionList).display
        await played.press("escape", "slash")
        await played.until("   age: ")
        await played.pilot.click("SuggestionList", offset=(5, 4))
        await played.until(" / answered: ")


async def test_the_list_teaches_the_language() -> None:
    """An example in the empty line; fields with what this history holds; down enters the list, and enter takes."""
    session = FakeSession.running()
    session.values = {"verdict": [("valid", 7), ("invalid", 1)], "is": [("marked", 2)]}
    async with stage(session, size=(100, 30), filters=NamedFilters(None, {"broken": "!verdict:valid"})) as played:
        await played.press("slash")
        await played.until("valid 7 · invalid 1")
        lines = played.lines()
        assert lines[28].startswith(" / verdict:invalid  event:image_*  status:failed  or any words ")
        assert lines[28].endswith(" 12 ")
        assert lines[29].rstrip() == " ↓ List  tab Complete  enter Keep  esc Clear"
        shown = listed(played)
        assert [line.split()[0] for line in shown] == [
            *("verdict:", "event:", "status:", "job:", "answered:", "age:", "is:", "@broken"),
        ]
        assert shown[0] == "   verdict:         valid 7 · invalid 1"
        assert shown[7] == f"   {'@broken':<17}{'!verdict:valid':<74}saved"

        await played.press("down")
        await played.until("▌  verdict:")
        await played.press("up")
        await played.until(lambda: "▌  verdict:" not in played.text())
        await played.press("down", *["down"] * 8)
        await played.until("▌  id:")
        assert "verdict: " not in listed(played)[0]
        await played.press("escape")
        await played.until(lambda: "▌  id:" not in played.text())
        assert played.is_focused("FilterInput")
        await played.press("down", "enter")
        await played.until(" / verdict: ")
        await played.until(f"   {'invalid':<95}1")
        await played.press("down", "down", "tab")
        await played.until(" / verdict:invalid ")
        await played.until("1 of 12")


async def test_a_filter_gets_a_name(tmp_path: Path) -> None:
    """It is asked for in the same line, kept in the file, used by its name, and removed in the list."""
    path = tmp_path / "config.toml"
    path.write_text("# mine\n")
    async with stage(size=(100, 30), filters=NamedFilters(path)) as played:
        await type_filter(played, "verdict:invalid or verdict:malformed")
        await played.press("ctrl+s")
        await played.until(" save as @name ")
        assert played.lines()[29].rstrip() == " enter Save  esc Back"
        await played.press(*"bad", "enter")
        await played.until("Saved @bad in config.toml")
        await played.until(" / @bad ")
        await played.until("2 of 12")
        assert path.read_text() == '# mine\n\n[filters]\nbad = "verdict:invalid or verdict:malformed"\n'

        await played.press("enter")
        await played.until("2 of 12  / @bad")
        await played.press("slash", *["backspace"] * 4, *"@bda", "enter")
        await played.until("^^^^ No filter @bda. Nearest: @bad.")
        assert "unchanged: " in played.text()
        await played.press("backspace", "backspace", "backspace")
        await played.until("▌  @bad")
        await played.press("down", "delete")
        await played.until("Removed @bad from config.toml")
        assert path.read_text() == "# mine\n\n[filters]\n"


async def test_a_name_that_cannot_be_saved_is_refused(tmp_path: Path) -> None:
    """The line goes on asking; escape brings the filter back."""
    async with stage(size=(100, 30), filters=NamedFilters(tmp_path / "config.toml")) as played:
        await type_filter(played, "event:ping")
        await played.press("ctrl+s", *"ä", "enter")
        await played.until("A name has letters, digits, - and _.")
        await played.press("escape")
        await played.until(" / event:ping")
        await played.press("ctrl+s")
        await played.until(" save as @name")


async def test_no_match_says_what_the_last_term_costs() -> None:
    """And ctrl+w drops it."""
    async with stage(size=(100, 30)) as played:
        await type_filter(played, "event:ping age:<1s")
        await played.until("No matches in 12 deliveries.  esc clears the filter.")
        await played.until("Without age:<1s there are 3:  ctrl+w drops it.")
        await played.until(lambda: played.lines()[29].startswith(" ctrl+w Drop last "))
        await played.press("ctrl+w")
        await played.until("3 of 12")
        await played.until(" / event:ping ")


async def test_earlier_filters_come_back() -> None:
    """Up in the empty line walks through them, down back; backslash turns the last one off and on."""
    async with stage() as played:
        for text in ("event:ping", "marked"):
            await type_filter(played, text)
            await played.press("enter")
            await played.until(lambda: played.is_focused("deliveries"))
            await played.press("escape")
        await type_filter(played, "ne")
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
