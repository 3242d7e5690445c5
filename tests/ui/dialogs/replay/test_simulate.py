"""Simulating an event: keys in, the command and the screen out."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import msgspec
import pytest

from tests.ui.fake_session import WAITING, FakeSession
from tests.ui.forwards import APP, forwarding
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import SMALL, STACKED, Stage, stage
from webhook_tui.domain.commands import SimulateEvent
from webhook_tui.ui.app import WebhookTuiApp


async def simulated(played: Stage, *keys: str) -> SimulateEvent:
    """What those keys ask for, the dialog just opened."""
    count = len(played.session.commands)
    played.main.action_run("delivery.simulate")
    await played.until("Simulate an event")
    await played.press(*keys)
    await played.until(lambda: len(played.session.commands) > count)
    await played.dialog_closed()
    command = played.session.commands[-1]
    assert isinstance(command, SimulateEvent)
    return command


async def test_a_file_is_the_payload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte; for one that cannot be read there is a notice, and nothing is sent."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p").write_bytes(b"\xff{")
    async with stage(forwarding(), size=STACKED) as played:
        keys = ("down", "down", "right", "right", "enter")
        assert (await simulated(played, *keys, "p", "enter")).body == b"\xff{"

        sent = len(played.session.commands)
        played.main.action_run("delivery.simulate")
        await played.until("Simulate an event")
        await played.press(*keys)
        await played.until("Name the file that holds the payload.")
        await played.press("q", "enter")
        await played.until("q cannot be read: No such file or directory.")
        assert len(played.session.commands) == sent


async def test_kind_destination_and_payload_by_keys() -> None:
    """Enter alone is a sample of the kind under the cursor, to the receiver; up and down go through the fields."""
    async with stage(forwarding(), size=STACKED) as played:
        assert any(command.title == "Simulate an event" for command in played.app.get_system_commands(played.main))
        await played.press("g", "j")
        await played.until(lambda: played.main.deliveries.detail.seq == 2)
        assert await simulated(played, "enter") == SimulateEvent("batch_edit", None)
        assert await simulated(played, *"ide", "right", "enter") == SimulateEvent("identity_preprocessing", None)
        assert await simulated(played, "down", "right", "enter") == SimulateEvent("batch_edit", APP)

        body = b'{"id": 1, "name": "ping", "data": {}, "timestamp": 1795443602.418}'
        keys = ("down", "down", "left", "left", "enter")
        assert await simulated(played, *keys) == SimulateEvent("batch_edit", None, body)

        played.main.action_run("delivery.simulate")
        await played.until("Simulate an event")
        assert played.dialog_lines() == [
            "Simulate an event",
            "It is signed with the current secret, as PiktID would sign it.",
            "kind      batch_edit",
            "to        the receiver   your app   a URL",
            "payload   sample   sample, edited   file   #2   #2, edited",
            "  Send enter      Cancel esc",
            "→ completes: batch_edit, image_result, identity_preprocessing, ping.",
            "↑ ↓ go from field to field.",
        ]
        await played.press("escape")
        await played.dialog_closed()


async def test_a_url_is_asked_for_and_remembered() -> None:
    """Without one nothing is sent; no delivery is needed."""
    async with stage(FakeSession(WAITING), size=SMALL) as played:
        played.main.action_run("delivery.simulate")
        await played.until("Simulate an event")
        await played.press(*["backspace"] * 12, "enter")
        await played.until("Enter an event name, such as ping.")
        await played.press(*"x.y", "down", "left", "enter")
        await played.until("The URL is empty")
        await played.press(*APP, "enter")
        await played.requested(SimulateEvent("x.y", APP))
        await played.dialog_closed()
        await played.until(lambda: bool(played.main.context.status.used_urls))
        assert await simulated(played, "down", "right", "enter") == SimulateEvent("batch_edit", APP)


async def test_a_sample_and_a_stored_one_can_be_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The editor gets the payload, JSON indented, and what it leaves is sent."""
    monkeypatch.setattr(WebhookTuiApp, "suspend", lambda _: contextlib.nullcontext())
    seen: list[tuple[bytes, int | None]] = []

    def edit(body: bytes, seq: int | None) -> bytes:
        seen.append((body, seq))
        return body + b" "

    session = FakeSession.running()
    session.rows.add(stored_delivery(13, event="\x1b[31mred", body=b"\x00"))
    session.rows.refresh()
    async with stage(session, size=STACKED) as played:
        played.main.controllers.editor.run_editor = edit
        command = await simulated(played, *"ping", "down", "down", "right", "enter")
        assert command.body is not None
        assert json.loads(command.body)["name"] == "ping"
        assert seen == [(msgspec.json.format(command.body) + b"\n", None)]
        command = await simulated(played, "down", "down", "left", "enter")
        assert (command.event, command.body) == ("␛[31mred", b"\x00 ")
        assert seen[1] == (b"\x00", 13)
