"""The registry of the main screen's actions: each has a handler, and each handler its action."""

from __future__ import annotations

from tests.ui.stage import STACKED, stage
from webhook_tui.ui.actions import ACTIONS


async def test_every_action_has_a_handler() -> None:
    """A key that is in the help and in the README does something."""
    async with stage(size=STACKED) as played:
        assert {action.id for action in ACTIONS if not action.runs} == set(played.main.controllers.handlers)
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


def test_what_has_no_key_has_a_name_in_the_palette() -> None:
    """And what has a key has a tooltip, which help and palette show."""
    assert all(action.label and action.tooltip for action in ACTIONS)
