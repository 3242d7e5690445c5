"""Keys and mouse between table and detail."""

from __future__ import annotations

from functools import partial

from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import STACKED, WIDE, stage
from webhook_tui.domain.events import SecretRingChanged
from webhook_tui.domain.queries import ExplainSignature


async def test_keys_move_between_table_and_detail() -> None:
    """enter and right go in, esc comes back, tab goes round, [ ] change the tab; the footer follows the focus."""
    async with stage(size=WIDE) as played:
        order = []
        for _ in range(6):
            widget = played.focused()
            order.append(widget.id or type(widget).__name__ if widget else "")
            await played.press("tab")
        await played.press("shift+tab")

        assert order == ["deliveries", "payload", "ping", "register", "delete", "deliveries"]
        assert played.is_focused("deliveries")

        await played.choose(8)
        assert played.lines()[41].startswith(" enter Detail  ")

        await played.press("enter")
        await played.until(lambda: played.is_focused("payload"))
        await played.until(lambda: played.lines()[41].startswith(" esc Back  [ ] Tabs  n Next match  "))

        await played.press("escape")
        await played.until(lambda: played.is_focused("deliveries"))

        await played.press("right")
        await played.until(lambda: played.is_focused("payload"))
        await played.press("escape")

        await played.press("]")
        await played.until("X-Webhook-Signature   sha256=5f1c")
        await played.press("[", "[")
        await played.until('{"id":90412,"name":"image_result"')
        assert played.is_focused("deliveries")


async def test_w_shows_why_and_esc_comes_back_to_where_it_was_pressed() -> None:
    """The report is requested, also when the cursor moves while the tab is active."""
    async with stage(size=WIDE) as played:
        await played.choose(8)
        await played.press("w")
        await played.requested(ExplainSignature(8))
        await played.until(lambda: played.is_focused("signature"))
        await played.until(lambda: "p Add secret" in played.lines()[41])

        await played.press("escape")
        await played.until(lambda: played.is_focused("deliveries"))
        await played.press("j")
        await played.requested(ExplainSignature(9))


async def test_the_report_is_asked_for_again_when_the_ring_has_changed() -> None:
    """It lists the secrets; a delivery whose verdict stays is not read again."""
    async with stage(size=WIDE) as played:
        await played.choose(8)
        await played.press("w")
        await played.requested(ExplainSignature(8))
        played.session.commands.clear()
        played.session.emit(SecretRingChanged())
        await played.requested(ExplainSignature(8))


async def test_the_focus_comes_back_with_the_room() -> None:
    """Where letters were typed they stay letters; in the comparison esc still leads back."""
    async with stage(size=STACKED) as played:
        for keys, name in (("enter", "payload"), ("/", "FilterInput"), ("s", "compared-events")):
            await played.press("escape", keys)
            await played.until(partial(played.is_focused, name))
            await played.pilot.resize_terminal(30, 8)
            await played.until("needs 40×10")
            await played.pilot.resize_terminal(*STACKED)
            await played.until(partial(played.is_focused, name))


async def test_all_are_deleted_while_the_detail_is_zoomed() -> None:
    """The next one is shown in the table, which has the focus."""
    async with stage(size=STACKED) as played:
        await played.press("z")
        played.main.action_run("history.clear")
        await played.until("Delete all deliveries except the marked?")
        await played.press("d")
        await played.until("none is in the history any more")
        played.session.deliver(stored_delivery(13))
        await played.until("▌  13")
        assert played.is_focused("deliveries")


async def test_zoom_and_mouse() -> None:
    """z hides the table and shows it again; clicks do what keys do."""
    async with stage(size=STACKED) as played:
        await played.choose(8)
        await played.press("z")
        await played.until(lambda: played.lines()[1].startswith("  ✗ invalid   image_result  #8"))
        await played.press("z")
        await played.until(lambda: "verdict       event" in played.lines()[1])
        await played.press("z", "escape")
        await played.until(lambda: "verdict       event" in played.lines()[1])
        assert played.is_focused("deliveries")

        await played.pilot.click("TabStrip", offset=(10, 0))
        await played.until(lambda: played.is_focused("headers"))
        await played.pilot.click("Headline", offset=(5, 1))
        await played.until(lambda: played.is_focused("signature"))
        await played.pilot.click("FollowNote")
        await played.until("following waits")
        await played.pilot.click("FooterKey")
        await played.until(lambda: played.is_focused("deliveries"))

        await played.press("[", "[")

        await played.press("g")
        await played.pilot.click("#deliveries", offset=(20, 3))
        await played.until(lambda: played.main.deliveries.detail.seq == 3)
        await played.pilot.click("#deliveries", offset=(20, 3), times=2)
        await played.until(lambda: played.is_focused("payload"))
