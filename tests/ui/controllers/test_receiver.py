"""The receiver's answer: the rule in force, the app that answers, and both in the status line."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, WAITING, FakeSession
from tests.ui.forwards import forwarding
from tests.ui.memory_rows import mock_up_rows, stored_delivery
from tests.ui.stage import SMALL, STACKED, WIDE, stage
from webhook_tui.domain.answer_rules.rules import parse


async def test_the_rule_in_force_is_in_the_status_line() -> None:
    """Never shortened below its words; a click on a rule chooses it."""
    session = FakeSession(replace(RUNNING, answer="503 ×3 (1 left)", rule=parse("503 x3")), mock_up_rows())
    async with stage(session, size=WIDE) as played:
        for size in (WIDE, STACKED, SMALL):
            await played.pilot.resize_terminal(*size)
            await played.until("503 ×3 (1 left)")
            await played.press("a")
            await played.until("● Fail, then recover")
            await played.press("escape")
            await played.dialog_closed()


async def test_the_app_that_answers_is_in_the_status_line() -> None:
    """In place of 200, which would not be true."""
    async with stage(forwarding(), size=WIDE) as played:
        await played.until("answers as :3000")
        await played.press("a")
        await played.until("● Your app's answer")


async def test_the_footer_offers_answers_while_nothing_came() -> None:
    """And replay as soon as there is a delivery."""
    async with stage(FakeSession(WAITING), size=STACKED) as played:
        assert "a Answers" in played.lines()[-1]
        assert "Replay" not in played.lines()[-1]
    async with stage(size=STACKED) as played:
        assert "r Replay" in played.lines()[-1]
        await played.press("enter")
        assert "Replay" not in played.lines()[-1]


async def test_a_deleted_delivery_is_no_payload_of_a_simulated_event() -> None:
    """The detail holds the last one until another comes."""
    async with stage(FakeSession(RUNNING, [stored_delivery(1)]), size=STACKED) as played:
        played.main.action_run("history.clear")
        await played.until("Delete all deliveries except the marked?")
        await played.press("d")
        await played.until("none is in the history any more")
        played.main.action_run("delivery.simulate")
        await played.until("Simulate an event")
        assert "#1" not in "".join(played.dialog_lines())
