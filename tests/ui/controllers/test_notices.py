"""The notice bar: which problem it shows, and how it is closed."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import Notified, ProblemOccurred, StatusChanged
from webhook_tui.domain.queries import ListSecrets
from webhook_tui.domain.status import TunnelState, TunnelStatus


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
        assert (
            line.strip() == "▌ Sent to the terminal: the public URL, 31 bytes for its clipboard"
        )  # the whole line, over no other text
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
    """The next one comes when one was done; closed, they do not come back with the next status, but by a command."""
    status = replace(RUNNING, sandbox=True, tunnel=TunnelStatus(TunnelState.NONE))
    async with stage(FakeSession(status, mock_up_rows()), size=STACKED) as played:
        await played.until("▌ Sandbox: an embedded PiktID plays sample jobs")
        assert "▌ Tip 1 of 5  Go up to a red row and press w: why its signature fails." in played.text()
        await played.press("w")
        await played.until("▌ Tip 2 of 5  Go to an image_result row and press o")
        await played.press("escape")
        await played.until(lambda: played.is_focused("deliveries"))
        assert played.lines()[0].startswith(" ● sandbox ")
        await played.press("o")
        await played.until("There is no web link in this payload.")
        await played.press("k")
        await played.until("▌ Tip 2 of 5")
        await played.press("escape")
        await played.until(lambda: "Sandbox:" not in played.text())
        played.session.emit(StatusChanged(replace(status, counts=replace(status.counts, received=13))))
        await played.until("13 received")
        assert "Sandbox:" not in played.text()
        played.main.action_run("screen.tips")
        await played.until("▌ Tip 1 of 5")


async def test_a_tip_is_over_when_its_action_is_carried_out() -> None:
    """Not when its dialog is closed without an answer."""
    async with stage(FakeSession(replace(RUNNING, sandbox=True), mock_up_rows()), size=STACKED) as played:
        for action in ("delivery.why", "payload.open_link", "app.jobs"):
            played.main.notices.on_action(action)
        await played.until("▌ Tip 4 of 5  Press a and choose 503")
        await played.press("a")
        await played.until("How the receiver answers")
        await played.press("escape")
        await played.dialog_closed()
        assert "▌ Tip 4 of 5" in played.text()
        await played.press("a", "down", "enter")
        await played.until("▌ Tip 5 of 5  Press C")
        await played.press("C")
        await played.until("Contract")
        await played.press("escape")
        await played.dialog_closed()
        assert "▌ Tip" not in played.text()


@pytest.mark.parametrize(("in_ascii", "glyph"), [(False, "✗"), (True, "x")])
async def test_without_colours_a_tip_names_the_glyph_and_the_word(
    monkeypatch: pytest.MonkeyPatch, in_ascii: bool, glyph: str
) -> None:
    """As the row has them; with colours also `--ascii` has red rows."""
    status = replace(RUNNING, sandbox=True, tunnel=TunnelStatus(TunnelState.NONE))
    async with stage(FakeSession(status, mock_up_rows()), size=STACKED, in_ascii=in_ascii) as played:
        await played.until("Tip 1 of 5  Go up to a red row and press w")
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage(FakeSession(status, mock_up_rows()), size=STACKED, in_ascii=in_ascii) as played:
        await played.until(f"Tip 1 of 5  Go up to a {glyph} invalid row and press w: why its signature fails.")
        assert f"{glyph} invalid     image_result" in played.text()
