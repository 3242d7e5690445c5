"""Clicks on the parts of a row and of the status line; a click elsewhere in a row only chooses it."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.fake_session import NOW, RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows, stored_delivery
from tests.ui.stage import STACKED, WIDE, Stage, stage
from webhook_tui.domain.comparison.compared_event import ComparedEvent, DifferingDelivery, Reason, Seen
from webhook_tui.domain.events import ReplayAdvanced
from webhook_tui.domain.forwarding.forward_result import ReplayProgress
from webhook_tui.domain.queries import ComparedEvents, EventSides, GetComparison, GetEventSides
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.status import StreamStatus

SECOND_ATTEMPT = 4
"""The number of the mock-ups' only delivery that is a second attempt."""
UNEQUAL = StreamStatus(
    "live", both=10, only_sse=1, lost=1, differing=1, differing_deliveries=(DifferingDelivery(4, "$", 1),)
)


def compared(event_id: str, *, reason: Reason | None = None, differing: int | None = 0) -> ComparedEvent:
    """One event of both channels, or (with a reason) of SSE alone."""
    is_lost = reason is not None
    return ComparedEvent(
        event_id,
        "image_result",
        webhook_at=None if is_lost else NOW,
        seq=None if is_lost else SECOND_ATTEMPT,
        sse_at=NOW,
        backfilled=False,
        happened_at=None,
        seen=Seen.SSE if is_lost else Seen.BOTH,
        differing=None if is_lost else differing,
        reason=reason,
    )


async def click_row(played: Stage, number: int, text: str) -> None:
    """Click on a text in the row of that number."""
    top = played.main.deliveries.table.region.y
    shown = next(
        (row, line) for row, line in enumerate(played.lines()) if row > top and line[:6].strip(" ▌◆") == str(number)
    )
    await played.pilot.click(offset=(shown[1].index(text), shown[0]))
    await played.pilot.pause()


async def click_status(played: Stage, text: str) -> None:
    """Click on a text in the status line."""
    row, line = next((row, line) for row, line in enumerate(played.lines()) if text in line)
    await played.pilot.click(offset=(line.index(text) + len(text) - 1, row))
    await played.pilot.pause()


async def test_a_value_filters_and_a_sign_opens_what_it_stands_for() -> None:
    """Also where the values stand in the event's cell, and back to the table each time."""
    session = FakeSession.running()
    session.answer(GetEventSides("90377"), EventSides("90377", b'{"a":1}', b'{"a":2}'))
    session.rows.set(SECOND_ATTEMPT, comment="later", differs=True)
    async with stage(session, size=WIDE) as played:
        search = played.main.controllers.filter.search

        await click_row(played, 8, "image_result")
        assert (played.main.deliveries.delivery_table.seq, search.text) == (8, "")

        await click_row(played, 8, "7c1e90")
        assert search.text == "job:job_7c1e90"
        await played.press("escape")
        await click_row(played, 3, "503")
        assert search.text == "answered:503"
        await played.press("escape")

        await click_row(played, SECOND_ATTEMPT, "×2")
        await played.until(lambda: played.main.deliveries.detail.tab == "Attempts")
        assert played.main.deliveries.detail.seq == SECOND_ATTEMPT
        await played.press("escape")
        await click_row(played, SECOND_ATTEMPT, ";")
        await played.until("Comment on #4")
        await played.press("escape")
        await played.dialog_closed()
        await click_row(played, SECOND_ATTEMPT, "≠")
        await played.until("only by webhook   + only by SSE")


async def test_without_a_column_the_job_at_the_end_of_the_event_filters() -> None:
    """At 100 columns it stands in the event's cell."""
    async with stage(size=(100, 30)) as played:
        await click_row(played, 8, "7c1e90")
        assert played.main.controllers.filter.search.text == "job:job_7c1e90"


async def test_a_job_whose_id_cannot_be_typed_is_no_filter() -> None:
    """It would stand in the input as it came."""
    session = FakeSession.running()
    session.rows.add(stored_delivery(13, body=b'{"data": {"job_id": "a\\u202eb"}}'))
    session.rows.refresh()
    async with stage(session, size=WIDE) as played:
        await click_row(played, 13, "a\ufffdb")
        assert played.main.controllers.filter.search.text == ""


def listed_events(played: Stage) -> list[str]:
    """The events the comparison lists; the cursor is on the last one."""
    ids = [line.split()[0] for line in played.lines() if "image_result" in line]
    return [one.strip("▌") or "90377" for one in ids]


async def test_each_part_of_the_status_line_leads_to_what_it_is_about() -> None:
    """Where the line is short, too: the answer, the refused requests, what is lost or differs; elsewhere the URLs."""
    session = FakeSession(replace(RUNNING, refusals=(Refusal(404, "no", count=2),), stream=UNEQUAL), mock_up_rows())
    events = (compared("1"), compared("2", reason=Reason.LOST), compared("90377", differing=1))
    for version in (-1, 1):
        session.answer(GetComparison(version), ComparedEvents(1, events))
    async with stage(session, size=WIDE) as played:
        for size, unequal in ((WIDE, "differs"), (STACKED, "lost 1 ≠")):
            await played.pilot.resize_terminal(*size)
            await played.until(unequal)
            parts = [("→  answers 200", "How the receiver answers"), ("2 refused", "› Status"), ("● web", "Addresses")]
            for text, title in parts if size == WIDE else (("→ 200", "How the receiver answers"),):
                await click_status(played, text)
                await played.until(title)
                await played.press("escape")
                await played.dialog_closed()
            await click_status(played, unequal)
            await played.until("lost or different 2")
            await played.until(lambda: listed_events(played) == ["2", "90377"])
            await played.press("escape")
            await played.until(lambda: played.is_focused("deliveries"))


async def test_a_click_on_the_progress_brings_the_hidden_replay_back() -> None:
    """As r does."""
    session = FakeSession.running()
    async with stage(session, size=STACKED) as played:
        session.emit(ReplayAdvanced(ReplayProgress("http://127.0.0.1:3000/hook", 12)))
        await played.until("Replaying 12 deliveries")
        await played.press("escape")
        await played.dialog_closed()
        await played.until("◐ replay")
        await click_status(played, "◐ replay")
        await played.until("Replaying 12 deliveries")
