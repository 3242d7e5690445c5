"""Keys of the user's own: what config.toml's [keymap] may say."""

from __future__ import annotations

from tests.ui.stage import WIDE, stage
from webhook_tui.ui.keymap import unknown_ids


def test_a_name_that_no_key_has_is_named_with_the_nearest() -> None:
    """A slip does not go unseen."""
    problem = unknown_ids(["delivery.why", "delivery.repaly", "piktid.pign"])

    assert problem is not None
    assert "delivery.repaly (nearest: delivery.replay), piktid.pign (nearest: piktid.ping)" in problem.message
    assert unknown_ids(["delivery.why", "table.down"]) is None


async def test_an_unknown_name_is_a_notice_and_the_others_work() -> None:
    """The screen opens all the same."""
    async with stage(size=WIDE, keymap={"delivery.why": "v", "delivery.repaly": "x"}) as played:
        await played.until("delivery.repaly (nearest: delivery.replay)")
        await played.until("v Why")
