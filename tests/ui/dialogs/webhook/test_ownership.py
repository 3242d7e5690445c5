"""The question before a webhook that is not ours is replaced."""

from __future__ import annotations

from tests.ui.snapshots import Snapshot
from tests.ui.stage import SMALL, STACKED, stage
from webhook_tui.domain.commands import (
    OwnershipChoice,
    ResolveOwnership,
)
from webhook_tui.domain.events import (
    ForeignWebhook,
    OwnershipQuestioned,
)

FOREIGN = ForeignWebhook(
    "https://api.example.com/hooks/piktid", "2026-11-12T09:41:00+00:00", 200, "2026-11-23T14:18:00Z"
)
ANSWERS = [
    (["escape"], ResolveOwnership(OwnershipChoice.KEEP)),
    (["enter"], ResolveOwnership(OwnershipChoice.KEEP)),
    (["s"], ResolveOwnership(OwnershipChoice.WATCH)),
    (["r", "r"], ResolveOwnership(OwnershipChoice.REPLACE, restore_previous=True)),
    (["r", "space", "r"], ResolveOwnership(OwnershipChoice.REPLACE, restore_previous=False)),
    (["r", "enter"], ResolveOwnership(OwnershipChoice.REPLACE, restore_previous=True)),
    (["r", "escape"], ResolveOwnership(OwnershipChoice.KEEP)),
    (["tab", "enter"], ResolveOwnership(OwnershipChoice.WATCH)),
    (["right", "right", "enter", "r"], ResolveOwnership(OwnershipChoice.REPLACE, restore_previous=True)),
]
BUTTONS = {"safe": OwnershipChoice.KEEP, "watch": OwnershipChoice.WATCH, "register": OwnershipChoice.REPLACE}


async def test_a_webhook_that_is_not_ours(snapshot: Snapshot) -> None:
    """The dialog names it and has the safe button focused; replacing it asks whether to restore it on exit."""
    async with stage(size=STACKED) as played:
        played.session.emit(OwnershipQuestioned(FOREIGN))
        await played.until("A webhook that is not ours is registered")
        snapshot(played.lines(), "ownership-80x24")
        assert played.is_focused("safe")
        await played.press("r")
        await played.until("[x] Restore the previous webhook on exit")
        await played.press("space")
        await played.until("[ ] Restore the previous webhook on exit")
        await played.press("escape")
        await played.dialog_closed()

        for keys, answer in ANSWERS:
            played.session.commands.clear()
            played.session.emit(OwnershipQuestioned(FOREIGN))
            await played.until("Replace it r")
            assert "Restore the previous" not in played.text()
            await played.press(*keys)
            await played.requested(answer)
            await played.dialog_closed()


async def test_a_webhook_that_piktid_does_not_name() -> None:
    """Answered by the mouse, or by one letter: there is nothing to restore."""
    async with stage(size=STACKED) as played:
        for button, choice in BUTTONS.items():
            played.session.emit(OwnershipQuestioned(None))
            await played.until("Is another webhook registered?")
            assert "Asked once for this account; --replace never asks." in played.text()
            await played.pilot.click(f"#{button}")
            await played.requested(ResolveOwnership(choice))
            await played.dialog_closed()

        played.session.commands.clear()
        await played.pilot.resize_terminal(*SMALL)
        played.session.emit(OwnershipQuestioned(None))
        await played.until("Is another webhook registered?")
        await played.press("r")
        await played.requested(ResolveOwnership(OwnershipChoice.REPLACE))
