"""The contract: C in, a filter out; y copies it."""

from __future__ import annotations

from functools import partial

from tests.domain.contract.events import contract_of
from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import STACKED, WIDE, Stage, stage
from webhook_tui.domain.contract.event_contract import ContractSnapshot, EventContract
from webhook_tui.domain.queries import GetContract

IMAGE = contract_of([{"status": "completed", "score": 0.5}] * 205 + [{"score": "high"}] + [{}] * 8)

PING = contract_of([{}] * 7, "ping")

NAMES = ((IMAGE.name, IMAGE.deliveries), (PING.name, PING.deliveries))


def _snapshot(contract: EventContract | None, *, is_done: bool = True) -> ContractSnapshot:
    return ContractSnapshot(NAMES if contract else (), contract, 221, 221, is_done)


def session_with_contracts() -> FakeSession:
    """A session that knows the contracts of two events."""
    session = FakeSession(RUNNING, [stored_delivery(1, event="image_result")])
    for of_all in (False, True):
        session.answers[GetContract("image_result", of_all)] = _snapshot(IMAGE)
        session.answers[GetContract("ping", of_all)] = _snapshot(PING)
    return session


async def _opened(played: Stage) -> None:
    await played.press("C")
    await played.until("valid deliveries of this account")


def _is_copied(played: Stage, start: str) -> bool:
    return played.app.clipboard.startswith(start)


async def test_the_tree_the_page_and_the_filters() -> None:
    """Enter leaves to those that have the field, ! to those that lack it, d to those that depart."""
    async with stage(session_with_contracts(), size=WIDE) as played:
        await _opened(played)
        text = played.text()
        assert "image_result 214  ping 7" in text
        assert "$.data   " in text
        for key, term in (("enter", "has"), ("!", "!has"), ("d", "departs")):
            if key != "enter":
                await _opened(played)
            await played.press("j", "j")
            await played.until("$.data.score")
            assert '≠ number | string  ━━━━━━━─   96 %  0.5 · "high" 1' in played.text()
            await played.press(key)
            await played.dialog_closed()
            assert played.main.controllers.filter.search.text == f"event:image_result {term}:data.score"


async def test_another_event_and_every_verdict() -> None:
    """Each is asked for; few deliveries are said to be few."""
    async with stage(session_with_contracts(), size=STACKED) as played:
        await _opened(played)
        await played.press("]")
        await played.until("n = 7: too few to rely on.")
        await played.press("a")
        await played.until("deliveries of every verdict")
        await played.press("[")
        await played.requested(GetContract("image_result", all_verdicts=True))
        await played.press("d")  # nothing departs at `data`: nowhere to go
        await played.press("escape")
        await played.dialog_closed()
        assert played.main.controllers.filter.search.text == ""


async def test_it_is_copied_in_any_form() -> None:
    """Text, JSON Schema, TypeScript, Python."""
    async with stage(session_with_contracts(), size=WIDE) as played:
        await _opened(played)
        for key, start in (("t", "image_result   214"), ("j", '{\n  "$schema"'), ("s", "/** image"), ("p", '"""The')):
            await played.press("y")
            await played.until("Copy the contract")
            await played.press(key)
            await played.until(partial(_is_copied, played, start))


async def test_while_it_is_read_and_without_deliveries() -> None:
    """It shows the problem, and goes on asking, unless x stops it."""
    session = FakeSession(RUNNING, [stored_delivery(1, event="image_result")])
    session.answers[GetContract("image_result")] = _snapshot(None, is_done=False)
    async with stage(session, size=WIDE) as played:
        await played.press("C")
        await played.until("reading the deliveries")
        session.answers[GetContract("image_result")] = _snapshot(None)
        await played.until("No valid delivery yet: nothing to describe.")
        session.answers[GetContract("image_result")] = _snapshot(IMAGE, is_done=False)
        await played.until("◐ read 221 of 221 deliveries  x stops")
        await played.press("x")
        await played.until("○ read 221 of 221 deliveries  x goes on")
        session.answers[GetContract("image_result")] = _snapshot(IMAGE)
        await played.press("x")
        await played.until(lambda: "read 221" not in played.text())
