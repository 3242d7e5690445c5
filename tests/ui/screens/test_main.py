"""The main screen: what it shows at each size, and what each key and each click does."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from msgspec.structs import replace
from textual import events

from tests.ui.fake_session import LISTENING, LIVE, NOW, RUNNING, STARTING, WAITING, FakeSession
from tests.ui.memory_rows import MemoryRows, mock_up_rows, stored_delivery
from tests.ui.snapshots import Snapshot
from tests.ui.stage import SMALL, STACKED, WIDE, Stage, stage
from tests.ui.terminal_view import lines
from webhook_tui.domain.commands import RegisterWebhook, SendTestPing
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import DeliveriesDeleted, Notified, ProblemOccurred, StatusChanged
from webhook_tui.domain.queries import ExplainSignature, ListSecrets
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import TunnelState, TunnelStatus, WebhookState, WebhookStatus
from webhook_tui.ui.app import WebhookTuiApp
from webhook_tui.ui.screens.main import MainScreen
from webhook_tui.ui.widgets.filter_bar import FilterBar

REFUSED = Problem(
    "PiktID refused the token (401): it is wrong or has expired.",
    "Create one at app.on-model.com/profile?tab=tokens, then u to enter it.",
    needs_token=True,
)


async def choose(played: Stage, seq: int) -> None:
    """Put the cursor on a delivery of the mock-ups."""
    await played.press("g", *["j"] * (seq - 1))
    await played.until(lambda: played.main.deliveries.detail.seq == seq)


def count_calls(target: MemoryRows, name: str, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """A list that gets an item whenever that method is called."""
    calls: list[None] = []
    method = getattr(target, name)

    def counted() -> object:
        calls.append(None)
        return method()

    monkeypatch.setattr(target, name, counted)
    return calls


async def test_the_screen_fits_every_size(snapshot: Snapshot) -> None:
    """Below 100 columns the panes stack; at 60 the least important goes; below 40×10 there is one line."""
    async with stage(size=WIDE) as played:
        await choose(played, 8)
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


async def test_the_steps_until_the_first_delivery(snapshot: Snapshot) -> None:
    """What is awaited and what to do; Test ping has the focus; then table and detail take the place."""
    at = NOW - timedelta(seconds=6)
    waiting = replace(WAITING, webhook=replace(WAITING.webhook, registered_at=at, since=at, secret_since=at))
    async with stage(FakeSession(STARTING), size=STACKED) as played:
        await played.until("opening 127.0.0.1:9876")

        assert played.lines()[0].startswith(" ◐ starting")
        assert played.app.query("#ping").first().disabled

        played.session.emit(StatusChanged(waiting))
        await played.until("● webhook    41")
        await played.until(lambda: played.is_focused("ping"))
        snapshot(played.lines(), "waiting-80x24")
        await played.press("enter")
        await played.requested(SendTestPing())

        refused = (Refusal(404, "not the webhook's path", "POST /"),)
        played.session.emit(StatusChanged(replace(waiting, refusals=refused)))
        await played.until("refused    1 request (404): not the webhook's path (POST /)")
        assert "1 refused" in played.lines()[0]
        await played.pilot.click("StatusBar", offset=(played.lines()[0].index("refused"), 0))
        await played.until("counting")
        await played.press("escape")
        await played.until(lambda: len(played.app.screen_stack) == 1)

        played.session.deliver(stored_delivery(1, event="batch_edit"))
        await played.until("✓ valid       batch_edit")
        await played.until(lambda: played.is_focused("deliveries"))
        await played.until("batch_edit  #1")
        assert "following the newest" in played.text()


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


async def test_a_refused_token_has_a_notice_and_u_asks_for_another() -> None:
    """No dialog opens by itself; the button of the next step has the focus."""
    status = replace(LISTENING, tunnel=LIVE, webhook=WebhookStatus(WebhookState.REFUSED, problem=REFUSED))
    async with stage(FakeSession(status), size=STACKED) as played:
        await played.until("▌ PiktID refused the token (401): it is wrong or has expired.")
        await played.until(lambda: played.is_focused("register"))
        lines = played.lines()
        assert lines[0].startswith(" ○ not registered → ● b7c41d09ee2f4a.lhr.life → ● :9876 → 200 ")
        assert lines[1].startswith(" ▌ PiktID refused")
        assert "○ webhook    not registered: PiktID refused the token (401)" in played.text()

        await played.press("u")
        await played.until("Another token")
        assert played.session.commands == []


async def test_a_webhook_that_was_taken_is_reported_and_taken_back_by_u() -> None:
    """Lamp, notice and step name who has it; X does not touch it."""
    taken = Problem(
        "api.example.com was registered instead at 14:31: nothing arrives here.",
        "u takes it back and asks first; s watches without taking it.",
    )
    webhook = replace(WAITING.webhook, state=WebhookState.TAKEN, taken_by="api.example.com", problem=taken)
    async with stage(FakeSession(replace(WAITING, webhook=webhook)), size=STACKED) as played:
        await played.until("○ taken by api.example.com")
        await played.until(taken.message)
        await played.until(taken.hint)
        await played.until("○ webhook    taken by api.example.com")
        await played.press("X", "u")
        await played.requested(RegisterWebhook())
        assert (len(played.session.commands), len(played.app.screen_stack)) == (1, 1)


async def test_a_closed_tunnel_counts_down_in_three_places() -> None:
    """The lamp, the notice and the step say when it is tried again; the clock goes on."""
    now = [NOW]
    closed = Problem("The tunnel closed: ssh ended.", "Next try in {again}; u tries now.", is_transient=True)
    tunnel = TunnelStatus(TunnelState.DOWN, since=NOW, next_try_at=NOW + timedelta(seconds=4), tries=2, problem=closed)
    status = replace(WAITING, tunnel=tunnel, webhook=replace(WAITING.webhook, state=WebhookState.STALE))
    async with stage(FakeSession(status), size=STACKED, now=lambda: now[0]) as played:
        await played.until("○ tunnel down, again in 4 s")
        await played.until("Next try in 4 s; u tries now.")
        await played.until("○ tunnel     down since 14:22:02; try 3 in 4 s")
        now[0] += timedelta(seconds=3)
        await played.until("again in 1 s")
        await played.until("Next try in 1 s")
        await played.until("try 3 in 1 s")


async def test_the_first_delivery_brings_the_table_and_the_focus() -> None:
    """Steps go, table and detail come."""
    async with stage(FakeSession(WAITING), size=STACKED) as played:
        await played.until(lambda: played.is_focused("ping"))
        played.session.deliver(stored_delivery(1, event="batch_edit"))

        await played.until("✓ valid       batch_edit")
        await played.until(lambda: played.is_focused("deliveries"))
        await played.until("batch_edit  #1")
        assert "following the newest" in played.text()


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


async def test_new_rows_are_followed_until_the_user_moves() -> None:
    """Following waits while the detail is read, or the terminal has no focus; f goes back to the newest."""
    async with stage(size=STACKED) as played:
        detail = played.main.deliveries.detail

        def shows(seq: int) -> bool:
            return detail.seq == seq

        played.session.deliver(stored_delivery(13))
        await played.until(lambda: detail.seq == 13)

        await played.press("k")
        played.session.deliver(stored_delivery(14))
        await played.until("2 below · f follow the newest")
        assert detail.seq == 12

        await played.press("f")
        await played.until("following the newest")
        assert detail.seq == 14

        newest = 14
        for into, back in (("enter", "escape"), ("z", "z"), ("w", "escape")):
            await played.press(into)
            await played.until("following waits")
            played.session.deliver(stored_delivery(newest + 1))
            played.session.deliver(stored_delivery(newest + 2))
            await played.until("2 below · f follow the newest")
            assert detail.seq == newest

            newest += 3
            await played.press("f")
            await played.until(partial(shows, newest - 1))
            played.session.deliver(stored_delivery(newest))
            await played.until("1 below · f follow the newest")
            await played.press(back)
            await played.until("following the newest")
            await played.until(partial(shows, newest))

        await played.press("enter")
        await played.until("following waits")
        played.app.post_message(events.AppBlur())
        await played.until(lambda: played.focused() is None)
        played.session.deliver(stored_delivery(newest + 1))
        await played.until("1 below · f follow the newest")
        played.app.post_message(events.AppFocus())
        await played.until(lambda: played.focused() is not None)
        assert detail.seq == newest


async def test_a_changed_verdict_shows_in_table_and_headline() -> None:
    """pending becomes valid without a key."""
    async with stage(size=STACKED) as played:
        await choose(played, 12)
        assert "… pending   ping  #12" in played.text()

        played.session.check_signature(12, Verdict.VALID)

        await played.until("✓ valid   ping  #12")
        await played.until("▌  12  14:21:37   ✓ valid")


async def test_a_flood_of_facts_makes_few_refreshes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand deliveries and statuses are a handful of refreshes, and the last of them is shown."""
    async with stage(size=STACKED) as played:
        refreshes = count_calls(played.session.rows, "refresh", monkeypatch)
        for seq in range(13, 1013):
            played.session.deliver(stored_delivery(seq))
            played.session.emit(StatusChanged(replace(RUNNING, counts=replace(RUNNING.counts, received=seq))))

        await played.until("1012  ✓ 8")
        await played.until(lambda: played.main.deliveries.detail.seq == 1012)

    assert len(refreshes) < 100


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

        await choose(played, 8)
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
        await choose(played, 8)
        await played.press("w")
        await played.requested(ExplainSignature(8))
        await played.until(lambda: played.is_focused("signature"))
        await played.until(lambda: "p Add secret" in played.lines()[41])

        await played.press("escape")
        await played.until(lambda: played.is_focused("deliveries"))
        await played.press("j")
        await played.requested(ExplainSignature(9))


async def test_zoom_and_mouse() -> None:
    """z hides the table and shows it again; clicks do what keys do."""
    async with stage(size=STACKED) as played:
        await choose(played, 8)
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


async def test_ping_and_register_by_key_and_by_mouse() -> None:
    """Both ask the session for the same."""
    deleted = replace(RUNNING, webhook=WebhookStatus(WebhookState.DELETED))
    async with stage(FakeSession(deleted, mock_up_rows()), size=STACKED) as played:
        for key, button, command in (("t", "ping", SendTestPing()), ("u", "register", RegisterWebhook())):
            played.session.commands.clear()
            await played.press(key)
            await played.requested(command)
            await played.pilot.click(f"#{button}")
            await played.until(partial(played.session.commands.__eq__, [command, command]))


async def test_buttons_notices_and_dialogs() -> None:
    """left and right move between the buttons; a notice goes with esc or the next command; a dialog has the footer."""
    async with stage(size=STACKED) as played:
        await played.press("shift+tab", "left", "left", "left")
        assert played.is_focused("ping")
        await played.press("right")
        assert played.is_focused("register")

        await played.press("c")
        await played.until("Sent to the terminal: the public URL, 31 bytes")
        line = next(line for line in played.lines() if "Sent to" in line)
        assert line.strip() == "▌ Sent to the terminal: the public URL, 31 bytes"  # the whole line, over no other text
        assert played.app.clipboard == "https://b7c41d09ee2f4a.lhr.life"

        await played.press("escape")
        problem = Problem("PiktID has no webhook to ping (404).", "u registers it.")
        played.session.emit(ProblemOccurred(problem))
        await played.until("▌ PiktID has no webhook to ping (404).")
        await played.press("escape")
        await played.until(lambda: "no webhook to ping" not in played.text())

        played.session.emit(ProblemOccurred(problem))
        await played.until("▌ PiktID has no webhook to ping (404).")
        await played.press("t")
        await played.until(lambda: "no webhook to ping" not in played.text())

        played.session.emit(Notified("Secret added."))
        await played.until("Secret added.")

        await played.press("X")
        await played.until("Delete the webhook?")
        await played.until(lambda: not played.lines()[23].strip())
        await played.press("escape")
        await played.until(lambda: "q Leave" in played.lines()[23])

        await played.press("S")
        await played.requested(ListSecrets())


async def test_the_sandbox_has_tips_that_esc_closes_for_good() -> None:
    """The next one comes when one was done; closed, they do not come back with the next status."""
    status = replace(RUNNING, sandbox=True, tunnel=TunnelStatus(TunnelState.NONE))
    async with stage(FakeSession(status, mock_up_rows()), size=STACKED) as played:
        await played.until("▌ Sandbox: an embedded PiktID plays sample jobs")
        assert "▌ Tip 1 of 5  Go up to a red row and press w: why its signature fails." in played.text()
        await played.press("w")
        await played.until("▌ Tip 2 of 5  Go to an image_result row and press o")
        await played.press("escape")
        await played.until(lambda: played.is_focused("deliveries"))
        assert played.lines()[0].startswith(" ● sandbox ")
        await played.press("escape")
        await played.until(lambda: "Sandbox:" not in played.text())
        played.session.emit(StatusChanged(replace(status, counts=replace(status.counts, received=13))))
        await played.until("13 received")
        assert "Sandbox:" not in played.text()


async def test_the_palette_has_every_action_by_name() -> None:
    """: and ctrl+p open it; a command runs."""
    async with stage(size=WIDE) as played:
        for key in (":", "ctrl+p"):
            await played.press(key)
            await played.until("Addresses in full")
            await played.press("escape")
            await played.until(lambda: len(played.app.screen_stack) == 1)
        names = {command.title for command in played.app.get_system_commands(played.main)}
        assert {"Why this verdict", "Delete the webhook", "Leave", "Addresses in full", "Theme"} <= names
        assert "Check the public URL" in names

        await played.press(":", *"test ping", "enter")
        await played.requested(SendTestPing())


async def test_every_binding_has_an_id_and_says_what_it_does() -> None:
    """Help, palette, keymap and the README's table are made of them."""
    async with stage() as played:
        await choose(played, 8)
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
        await choose(played, 8)
        await played.until(lambda: "v Why" in played.lines()[41])
        await played.press("v")
        await played.requested(ExplainSignature(8))


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
        await choose(played, 3)
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
        assert played.main.has_class("-filtering")
