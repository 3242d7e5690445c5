"""The detail of a delivery: its tabs, a large body, one more attempt."""

from __future__ import annotations

import pytest

from tests.ui.controllers.delivery.test_images import BLOCKED, delivery
from tests.ui.fake_session import FakeSession
from tests.ui.memory_rows import MemoryRows, stored_delivery
from tests.ui.stage import WIDE, stage
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.queries import ExplainSignature
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.widgets.detail.prose_view import ProseView


async def test_the_last_line_and_a_large_body() -> None:
    """The JSON path at the left, notes at the right; a large body is loaded in a worker, in both tabs."""
    small = b'{"id": 1, "data": {"job_id": "j", "job_id": "k"}}'
    large = b'{"items": [' + b",".join(b'{"n": %d}' % number for number in range(20_000)) + b"]}"
    session = FakeSession(deliveries=[stored_delivery(1, body=large), stored_delivery(2, body=small)])
    async with stage(session, size=WIDE) as played:
        await played.press("enter", *"jjj")
        await played.until("$.data.job_id")
        await played.until("1 note")
        await played.press("escape", "k")
        await played.until('"items": [')
        await played.press("[")
        await played.until('{"items": [{"n": 0},{"n": 1}')


async def test_one_more_attempt_brings_its_tab_without_asking_again() -> None:
    """New rows do not read the chosen delivery again; the report is asked for once."""
    async with stage(size=WIDE) as played:
        await played.choose(3)
        await played.press("k", "w")
        await played.requested(ExplainSignature(2))
        for seq in range(13, 20):
            played.session.deliver(stored_delivery(seq))
        await played.until("17 below")
        assert played.session.commands == [ExplainSignature(2)]

        await played.press("escape", "j")
        await played.until("Attempts")
        played.session.deliver(stored_delivery(20, event="image_result", event_id="90377", attempt=3))
        await played.press("[", "[", "[")
        await played.until("Answered 200 after 1 refusal.")


async def test_another_history_has_another_delivery_of_that_number() -> None:
    """Its payload is shown under its headline."""
    session = FakeSession(deliveries=[stored_delivery(1, body=b'{"of": "the one"}')])
    async with stage(session, size=WIDE) as played:
        await played.until('"of": "the one"')
        other = MemoryRows([stored_delivery(1, Verdict.INVALID, body=b'{"of": "the other"}')])
        played.main.open_history(other)
        await played.until('"of": "the other"')
        assert "✗ invalid" in played.text()


@pytest.mark.parametrize("gone", [3, 4], ids=["the other", "itself"])
async def test_an_attempt_that_is_deleted_when_another_delivery_arrives(gone: int) -> None:
    """One that is left has no tab for its attempts; one that is gone itself stays as it was until another is shown."""
    async with stage(size=WIDE) as played:
        await played.choose(4)
        await played.press("enter")
        detail = played.main.deliveries.detail
        detail.choose("Attempts")
        await played.until("Answered 200 after 1 refusal.")
        played.session.rows.delete((gone,))
        played.session.deliver(stored_delivery(13))
        await played.until(lambda: "Attempts" not in detail.tabs)
        await played.pilot.resize_terminal(100, 30)
        await played.until(lambda: detail.tab == "Payload")
        assert played.is_focused("payload")


async def test_the_attempts_are_laid_out_again_when_the_delivery_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A change of size that was on its way then."""

    def fail(_seq: int) -> None:
        raise ProblemError(Problem("The history is damaged.", "Name another."))

    async with stage(size=WIDE) as played:
        await played.choose(4)
        detail = played.main.deliveries.detail
        detail.choose("Attempts")
        await played.until("Answered 200 after 1 refusal.")
        monkeypatch.setattr(played.session.rows, "stored", fail)
        detail.reread()
        detail.query_one("#attempts", ProseView).on_resize()
        await played.until("The history is damaged.")


async def test_the_focus_of_a_button_goes_with_the_tab() -> None:
    """The button is hidden, and the body of the next tab takes its focus."""
    async with stage(FakeSession(deliveries=[delivery(1, BLOCKED.format(1))]), size=WIDE) as played:
        await played.press("o")
        await played.until("Load images from")
        await played.press("tab")
        await played.until(lambda: played.is_focused("load"))
        await played.press("]")
        await played.until(lambda: played.is_focused("payload"))
