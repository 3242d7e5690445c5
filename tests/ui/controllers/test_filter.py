"""The filter bar and the order of the table: keys in, the screen's text out."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import STACKED, WIDE, stage
from webhook_tui.domain.delivery.rows import SortColumn
from webhook_tui.domain.status import Counts
from webhook_tui.named_filters import NamedFilters
from webhook_tui.ui.preferences import Preferences, PreferencesFile


async def test_matches_update_while_typing_and_enter_keeps() -> None:
    """The input stands where the buttons were, with the count; a kept filter is named beside the buttons."""
    async with stage(size=STACKED) as played:
        await played.type_filter("!verdict:valid event:image_*")
        await played.until("2 of 12")
        await played.until(lambda: played.lines()[23].rstrip() == " tab Complete  enter Keep  esc Clear")
        lines = played.lines()
        assert lines[22].startswith(" / !verdict:valid event:image_*")
        assert lines[22].endswith(" 2 of 12 ")
        assert played.numbers() == [8, 10]

        await played.press("enter")
        await played.until(lambda: played.is_focused("deliveries"))
        lines = played.lines()
        assert lines[22].startswith("   Test ping t     Register u     Delete X   ")
        assert "2 of 12  / !verdict:valid ev" in lines[22]
        assert "esc Show all" in lines[23]

        await played.press("escape")
        assert played.numbers() == list(range(1, 13))
        assert "of 12" not in played.text()


async def test_a_kept_filter_whose_name_is_gone_is_a_notice(tmp_path: Path) -> None:
    """There is no input in which the mistake could be marked, and the footer stays."""
    path = tmp_path / "screen.json"
    PreferencesFile(path).write(Preferences(filter="@gone"))
    async with stage(size=STACKED, preferences=PreferencesFile(path)) as played:
        await played.until("The filter was not applied: No filter @gone. None has a name yet.")
        assert played.lines()[-1].startswith(" enter Detail")
        assert played.numbers() == list(range(1, 13))


async def test_a_delivery_is_gone_to_while_an_order_is_looked_for() -> None:
    """By arrival then; it is in the history."""
    session = FakeSession.running()
    session.searches_wait = True
    async with stage(session, size=STACKED) as played:
        filter_ = played.main.controllers.filter
        filter_.sort_by(SortColumn.VERDICT)
        await played.until(lambda: not played.main.deliveries.delivery_table.widget.places)
        filter_.go_to(3)
        await played.until(lambda: played.main.deliveries.detail.seq == 3)
        assert "not in the history" not in played.text()


async def test_a_bare_word_is_looked_for_as_a_verdict() -> None:
    """What stands in a column is found by its word."""
    async with stage(size=STACKED) as played:
        await played.type_filter("malf")
        await played.until(lambda: played.numbers() == [10])


async def test_a_filter_gets_a_name(tmp_path: Path) -> None:
    """It is asked for in the same line, kept in the file, used by its name, and removed in the list."""
    path = tmp_path / "config.toml"
    path.write_text("# mine\n")
    async with stage(size=(100, 30), filters=NamedFilters(path)) as played:
        await played.type_filter("verdict:invalid or verdict:malformed")
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
        await played.type_filter("event:ping")
        await played.press("ctrl+s", *"ä", "enter")
        await played.until("A name has letters, digits, - and _.")
        await played.press("escape")
        await played.until(" / event:ping")
        await played.press("ctrl+s")
        await played.until(" save as @name")


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
            assert len(played.numbers()) == shown


async def test_a_click_on_a_heading_sorts_by_it() -> None:
    """A second click turns the order, a third brings that of arrival back; time is the order of arrival."""
    async with stage(size=WIDE) as played:
        top, heading = next((at, line) for at, line in enumerate(played.lines()) if " verdict " in line)
        for shown in "event↑", "event↓":
            await played.pilot.click(offset=(heading.index("event") + 1, top))
            await played.until(shown)
        await played.pilot.click(offset=(heading.index("event") + 1, top))
        await played.until(lambda: "event↓" not in played.text())
        assert played.numbers() == list(range(1, 13))
        await played.pilot.click(offset=(heading.index("time") + 1, top))
        await played.until("#↓")
        assert played.numbers()[0] == 12


async def test_sorting_goes_through_the_columns() -> None:
    """Upwards, downwards, the next one; f goes back to the order of arrival and follows."""
    async with stage(size=WIDE) as played:
        await played.press("O")
        await played.until("verdict↑")
        assert played.numbers()[-1] == 12
        assert played.numbers()[-4:-1] == [8, 9, 10]
        await played.press("O")
        await played.until("verdict↓")
        assert played.numbers()[0] == 12
        assert not played.main.deliveries.table.following
        await played.press("f")
        await played.until("following the newest")
        assert played.numbers() == list(range(1, 13))
        assert "verdict↓" not in played.text()
