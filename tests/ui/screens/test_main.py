"""The main screen: what it shows at each size, and what each key and each click does."""

from __future__ import annotations

import pytest

from tests.ui.fake_session import NOW, WAITING, FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.snapshots import Snapshot
from tests.ui.stage import SMALL, STACKED, WIDE, stage
from tests.ui.terminal_view import lines
from webhook_tui.domain.events import DeliveriesDeleted
from webhook_tui.domain.queries import ExplainSignature
from webhook_tui.ui.app import WebhookTuiApp
from webhook_tui.ui.screens.main import MainScreen
from webhook_tui.ui.widgets.filter_bar import FilterBar


async def test_the_screen_fits_every_size(snapshot: Snapshot) -> None:
    """Below 100 columns the panes stack; at 60 the least important goes; below 40×10 there is one line."""
    async with stage(size=WIDE) as played:
        await played.choose(8)
        snapshot(played.lines(), "main-140x42")
        for width, height in (STACKED, SMALL):
            await played.pilot.resize_terminal(width, height)
            snapshot(played.lines(), f"main-{width}x{height}")
        for width, height in ((38, 9), (39, 24), (80, 9)):
            await played.pilot.resize_terminal(width, height)
            lines = [line.strip() for line in played.lines() if line.strip()]
            assert lines == [f"webhook-tui needs 40×10, this is {width}×{height}"]
        await played.pilot.resize_terminal(80, 24)
        await played.until("Payload  Headers")
        await played.until(lambda: played.is_focused("deliveries"))


async def test_a_screen_that_begins_too_small_gets_the_table_once_there_is_room() -> None:
    """The table has the focus then."""
    async with stage(size=(39, 24)) as played:
        await played.pilot.resize_terminal(80, 24)
        await played.until("Payload  Headers")
        await played.until(lambda: played.is_focused("deliveries"))


async def test_the_table_has_the_room_beside_the_detail() -> None:
    """The detail is 50 wide below 160 columns; from there it is half, and the table keeps its result column."""
    async with stage(size=(120, 30)) as played:
        await played.until("#12")
        for width, table in ((120, 70), (140, 90), (159, 109), (160, 90), (180, 90), (200, 100)):
            await played.pilot.resize_terminal(width, 30)
            await played.until(lambda: played.main.deliveries.detail.region.right == width)  # noqa: B023 -- at once
            assert (played.main.deliveries.table.region.width, played.main.deliveries.detail.region.x) == (table, table)


async def test_the_heading_is_where_it_will_be_with_deliveries() -> None:
    """Alone it has no focus and sorts nothing; without deliveries the steps are below it again."""
    async with stage(FakeSession(WAITING), size=WIDE) as played:
        for size in (WIDE, (100, 30), STACKED):
            await played.pilot.resize_terminal(*size)
            await played.until("Press t to send a test ping")
            lines = played.lines()
            line = next(number for number, text in enumerate(lines) if text.startswith("    #  time       verdict"))
            heading = lines[line].rstrip()
            await played.pilot.click("#deliveries", offset=(20, line - played.main.deliveries.table.region.y))
            await played.press("tab", "tab", "tab", "tab")
            assert not played.is_focused("deliveries")

            played.session.deliver(stored_delivery(1, event="batch_edit"))
            await played.until(lambda: played.is_focused("deliveries"))
            assert played.lines()[line].startswith(heading)

            played.session.emit(DeliveriesDeleted(played.session.rows.delete([1])))
            await played.until("Press t to send a test ping")
            await played.until(lambda: not played.is_focused("deliveries"))
            assert played.lines()[line].rstrip() == heading
        await played.until(lambda: played.is_focused("ping"))


class _FirstFrame(WebhookTuiApp):
    """Keeps the first frame that is not blank."""

    lines: tuple[str, ...] = ()

    def post_display_hook(self) -> None:
        self.lines = self.lines or tuple(line for text in lines(self) if (line := text.rstrip()))


async def test_the_first_frame_has_the_heading_in_the_columns_for_its_size() -> None:
    """With the steps below it."""
    app = _FirstFrame(FakeSession(), now=lambda: NOW)
    async with app.run_test(size=STACKED) as pilot:
        while not app.host.is_running:
            await pilot.pause()

    assert app.lines[1] == "    #  time       verdict       event                   job       status"
    assert app.lines[2] == "     ◐ receiver   opening 127.0.0.1:9876"


async def test_every_binding_has_an_id_and_says_what_it_does() -> None:
    """Help, palette, keymap and the README's table are made of them."""
    async with stage() as played:
        await played.choose(8)
        for keys in ((), ("enter",), ("]",), ("]",), ("]",)):
            await played.press(*keys)
            for active in played.main.active_bindings.values():
                ours = type(active.node).__module__.startswith("webhook_tui")
                if ours and active.binding.action != "command_palette" and active.binding.id is not None:
                    assert active.binding.tooltip, active.binding
        for part in (played.main, played.app, played.main.deliveries.detail, played.main.deliveries.delivery_table):
            for binding in part.BINDINGS:
                assert binding.id, binding  # type: ignore[union-attr]  # all of them are Bindings


async def test_a_keymap_changes_a_key_in_footer_and_help() -> None:
    """As written in config.toml: binding id to keys."""
    async with stage(size=WIDE, keymap={"delivery.why": "v"}) as played:
        await played.choose(8)
        await played.until(lambda: "v Why" in played.lines()[41])
        await played.press("v")
        await played.requested(ExplainSignature(8))


async def test_a_keymap_that_gives_one_key_to_two_actions_is_reported() -> None:
    """The notice names the action that lost its key."""
    async with stage(size=STACKED, keymap={"delivery.why": "v", "piktid.ping": "v"}) as played:
        await played.until("▌ [keymap] gives one key to two actions; ")


async def test_a_key_that_is_pressed_before_all_is_mounted_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first frame shows neither the detail nor the filter; until they are there, actions wait."""
    mounted = MainScreen.on_mount

    def press(screen: MainScreen) -> None:
        mounted(screen)
        assert not screen.query(FilterBar)
        screen.action_run("table.filter")

    monkeypatch.setattr(MainScreen, "on_mount", press)
    async with stage() as played:
        assert played.main.query_one(FilterBar).display
