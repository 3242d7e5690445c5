"""Adding a signing secret."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.ring import RING
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.commands import (
    AddSecret,
)
from webhook_tui.domain.queries import SecretTrial, TrySecret
from webhook_tui.domain.signature.secret import Secret

TRIALS: list[tuple[dict[str, Any], str]] = [
    ({"matches": 3, "tried": 4}, "✓ explains 3 deliveries that are invalid now · id 4124"),
    ({"matches": 1, "tried": 4}, "✓ explains 1 delivery that is invalid now · id 4124"),
    ({"matches": 2, "pending": 1, "tried": 4}, "✓ explains 2 deliveries that are not valid now · id 4124"),
    ({"tried": 44}, "matches none of 44 deliveries"),
    ({"tried": 1000, "is_all": False}, "matches none of the newest 1,000 deliveries"),
    ({}, "no delivery is invalid now"),
]


async def test_a_secret_is_added_for_this_run_or_for_every_run() -> None:
    """Masked; without the blank that was copied with it."""
    async with stage(FakeSession(replace(RUNNING, ring_place="file, 0600"), mock_up_rows()), size=STACKED) as played:
        await played.press("p")
        await played.until("Add a signing secret")
        await played.press("enter")
        await played.until("No secret yet. Type or paste one.")
        assert len(played.app.screen_stack) == 2
        await played.press(*"s3", "space")
        await played.until("ends in a blank: removed")
        await played.press("enter")
        await played.requested(AddSecret(Secret("s3")))
        await played.dialog_closed()
        await played.press("p", "x", "tab", "down")
        await played.until("● in the ring (file, 0600), for every run of this account")
        await played.press("enter")
        await played.requested(AddSecret(Secret("x"), keep=True))
        await played.dialog_closed()
        await played.press("p", "y", "escape")
        await played.dialog_closed()
        assert AddSecret(Secret("y")) not in played.session.commands


async def test_what_a_typed_secret_would_change_is_shown_at_once() -> None:
    """The session tries it; a result for another text is ignored. Without a ring on disk there is no choice."""
    typed = Secret("s3")
    assert typed.short_id == "4124"
    async with stage(size=STACKED) as played:
        for outcome, result in TRIALS:
            await played.press("p", *"s3")
            await played.requested(TrySecret(typed))
            played.session.answer(TrySecret(Secret("s")), SecretTrial(None, 7, 0, 7))
            played.session.answer(TrySecret(typed), SecretTrial(None, **outcome))
            await played.until(result)
            assert "explains 7" not in played.text()
            await played.press("x")
            await played.until(lambda: not any(result in line for _, result in TRIALS for line in played.lines()))
            await played.press("escape")
            await played.dialog_closed()
            played.session.answers.clear()
            played.session.commands.clear()

        await played.press("p", *"file")
        await played.until("● for this run")
        assert "in the ring" not in played.text()
        played.session.answer(TrySecret(Secret("file")), SecretTrial(RING[3]))
        await played.until(f"known already: {RING[3].short_id} (this run only)")
