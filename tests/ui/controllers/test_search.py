"""A search under the table: its count, its end, and the cursor meanwhile."""

from __future__ import annotations

import pytest

from tests.ui.fake_session import FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import stage
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.controllers import search


async def test_no_match_is_reported_where_the_rows_were() -> None:
    """The detail keeps the delivery that it showed, and esc brings back the rows."""
    async with stage() as played:
        await played.press("g", "j")
        await played.until(lambda: played.main.deliveries.detail.seq == 2)
        await played.type_filter("nowhere")
        await played.press("enter")
        await played.until("No matches in 12 deliveries.  esc clears the filter.")
        assert played.main.deliveries.detail.seq == 2
        await played.press("escape")
        await played.until(lambda: played.main.deliveries.delivery_table.seq == 2)


async def test_the_cursor_stays_on_its_delivery() -> None:
    """With a filter and without it again."""
    async with stage() as played:
        await played.press("g", *"jjjjjjj")
        await played.type_filter("verdict:invalid or verdict:malformed")
        await played.press("enter")
        await played.until(lambda: played.numbers() == [8, 10])
        await played.until(lambda: played.main.deliveries.delivery_table.seq == 8)
        await played.press("escape")
        assert played.main.deliveries.delivery_table.seq == 8


async def test_what_was_found_keeps_the_cursor_without_the_filter() -> None:
    """Also when the newest match was followed; only on the newest of all it is followed further."""
    async with stage() as played:
        for text, found, follows in (("verdict:malformed", 10, False), ("event:ping", 12, True)):
            await played.type_filter(text)
            await played.until(lambda found=found: played.main.deliveries.delivery_table.seq == found)  # type: ignore[misc]  # a default binds it now
            await played.press("escape")
            await played.until(lambda: played.numbers() == list(range(1, 13)))
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
        await played.type_filter("verdict:invalid")
        await played.until("… of 12 ")
        await played.until(lambda: session.searches[-1][0].expression == parse("verdict:invalid"))
        session.search_goes_on()
        await played.until(" 1 of 12 ")


async def test_a_slow_search_leaves_the_table_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed is handled meanwhile; the rows change when there is a match."""
    monkeypatch.setattr(search, "LONG_SECONDS", 3600)
    session = FakeSession.running()
    session.searches_wait = True
    async with stage(session) as played:
        await played.type_filter("verdict:invalid")
        await played.until("0 of 12 · 40 %")
        await played.until(lambda: session.searches[-1][0].expression == parse("verdict:invalid"))
        assert played.numbers() == list(range(1, 13))
        session.search_goes_on()
        await played.until("1 of 12")
        assert played.numbers() == [8]


async def test_a_long_search_without_a_match_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of rows that do not pass; esc ends it, and the rows are there again, the cursor where it was."""
    monkeypatch.setattr(search, "LONG_SECONDS", 0.01)
    session = FakeSession.running()
    session.searches_wait = True
    async with stage(session) as played:
        await played.choose(3)
        await played.type_filter("verdict:invalid")
        await played.until("No match in the newest 40 of 100 deliveries yet.  esc ends the search.")
        await played.until("0 of 12 · 40 %")
        assert played.numbers() == []
        await played.press("escape")
        await played.until(lambda: played.numbers() == list(range(1, 13)))
        await played.until(lambda: played.main.deliveries.delivery_table.seq == 3)

        session.searches.clear()
        await played.type_filter("verdict:invalid")
        whole = parse("verdict:invalid")
        await played.until(lambda: bool(session.searches) and session.searches[-1][0].expression == whole)
        session.search_goes_on()
        await played.until(lambda: played.numbers() == [8])


async def test_what_comes_and_what_changes_is_looked_at_again() -> None:
    """A new delivery that passes is shown, one that was verified again is tested again."""
    session = FakeSession.running()
    async with stage(session) as played:
        await played.type_filter("verdict:invalid")
        await played.press("enter")
        await played.until("1 of 12")
        session.deliver(stored_delivery(13, Verdict.INVALID, event="image_result"))
        await played.until("2 of 13")
        session.check_signature(8, Verdict.VALID)
        await played.until("1 of 13")
        assert played.numbers() == [13]
        assert session.searches[-1][0].reconsidered == [8]


async def test_no_match_says_what_the_last_term_costs() -> None:
    """And ctrl+w drops it."""
    async with stage(size=(100, 30)) as played:
        await played.type_filter("event:ping age:<1s")
        await played.until("No matches in 12 deliveries.  esc clears the filter.")
        await played.until("Without age:<1s there are 3:  ctrl+w drops it.")
        await played.until(lambda: played.lines()[29].startswith(" ctrl+w Drop last "))
        await played.press("ctrl+w")
        await played.until("3 of 12")
        await played.until(" / event:ping ")


async def test_half_a_filter_does_not_lose_the_delivery() -> None:
    """`ping` does not match it, the whole filter does."""
    async with stage() as played:
        await played.press("g", *"jjjjjjj")
        await played.type_filter("event:ping")
        await played.until(lambda: 8 not in played.numbers())
        await played.press("space", *"or", "space", *"verdict:invalid", "enter")
        await played.until(lambda: 8 in played.numbers())
        await played.until(lambda: played.main.deliveries.delivery_table.seq == 8)
