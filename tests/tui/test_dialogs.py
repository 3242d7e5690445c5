"""The dialogs: the safe answer first, letters at once, nothing by accident."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.tui.fake_session import LISTENING, LIVE, NOW, RUNNING, STARTING, FakeSession
from tests.tui.memory_rows import mock_up_rows
from tests.tui.stage import SMALL, STACKED, WIDE, Stage, stage
from webhook_tui.domain.facts import ForeignWebhook, GuardAsked, SecretRevealed, TokenAsked
from webhook_tui.domain.problem import Problem
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.status import TunnelState, TunnelStatus, WebhookState, WebhookStatus
from webhook_tui.domain.wishes import (
    AddSecretWish,
    DeleteWish,
    GuardAnswer,
    GuardChoice,
    ProveWish,
    TestPingWish,
    TokenAnswer,
)
from webhook_tui.tui.modals.dialog import Dialog

FOREIGN = ForeignWebhook(
    "https://api.example.com/hooks/piktid", "2026-11-12T09:41:00+00:00", 200, "2026-11-23T14:18:00Z"
)


def words(played: Stage) -> list[str]:
    """The lines of the dialog that are not blank, without its bar."""
    region = played.app.screen.query_one("#sheet").region
    rows = played.lines()[region.y : region.bottom]
    shown = [row[region.x : region.right].removeprefix("▌  ").rstrip() for row in rows]
    return [line for line in shown if line and line != "▌"]


async def closed(played: Stage) -> None:
    """Wait until no dialog is open."""
    await played.until(lambda: len(played.app.screen_stack) == 1)


async def test_the_guard_names_the_webhook_that_would_be_replaced() -> None:
    """The mock-up's words, the safe button with the focus."""
    async with stage(size=STACKED) as played:
        played.session.emit(GuardAsked(FOREIGN))
        await played.until("A webhook that is not ours is registered")

        assert words(played) == [
            "A webhook that is not ours is registered",
            "PiktID keeps one webhook per account. This is the present one:",
            "  URL           https://api.example.com/hooks/piktid",
            "  registered    12 Nov 2026, 09:41",
            "  last answer   200, 4 min ago",
            "If you replace it, deliveries come here, and api.example.com gets",
            "none until you register it again and give it the new secret.",
            "  Keep it esc      Watch by SSE s      Replace it r",
        ]
        assert played.is_focused("safe")


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["escape"], GuardAnswer(GuardChoice.KEEP)),
        (["enter"], GuardAnswer(GuardChoice.KEEP)),
        (["s"], GuardAnswer(GuardChoice.WATCH)),
        (["r", "r"], GuardAnswer(GuardChoice.REPLACE, put_back=True)),
        (["r", "space", "r"], GuardAnswer(GuardChoice.REPLACE, put_back=False)),
        (["r", "enter"], GuardAnswer(GuardChoice.REPLACE, put_back=True)),
        (["r", "escape"], GuardAnswer(GuardChoice.KEEP)),
        (["tab", "enter"], GuardAnswer(GuardChoice.WATCH)),
        (["right", "right", "enter", "r"], GuardAnswer(GuardChoice.REPLACE, put_back=True)),
    ],
)
async def test_the_guard_is_answered_by_keys(keys: list[str], answer: GuardAnswer) -> None:
    """Replacing asks one thing more; space changes it."""
    async with stage(size=STACKED) as played:
        played.session.emit(GuardAsked(FOREIGN))
        await played.until("Replace it r")
        await played.press(*keys)
        await played.wished(answer)
        await closed(played)


async def test_the_guard_asks_whether_to_put_the_old_url_back() -> None:
    """After the first r, as a line above the buttons."""
    async with stage(size=STACKED) as played:
        played.session.emit(GuardAsked(FOREIGN))
        await played.until("Replace it r")
        assert "Restore the previous" not in played.text()
        await played.press("r")
        await played.until("[x] Restore the previous webhook on exit")
        await played.press("space")
        await played.until("[ ] Restore the previous webhook on exit")


@pytest.mark.parametrize(
    ("button", "answer"),
    [
        ("safe", GuardAnswer(GuardChoice.KEEP)),
        ("watch", GuardAnswer(GuardChoice.WATCH)),
        ("register", GuardAnswer(GuardChoice.REPLACE)),
    ],
)
async def test_the_guard_that_cannot_tell_is_answered_by_the_mouse(button: str, answer: GuardAnswer) -> None:
    """Where PiktID does not say what is registered."""
    async with stage(size=STACKED) as played:
        played.session.emit(GuardAsked(None))
        await played.until("Is another webhook registered?")
        assert "Asked once for this account; --replace never asks." in played.text()
        await played.pilot.click(f"#{button}")
        await played.wished(answer)
        await closed(played)


async def test_the_guard_that_cannot_tell_registers_by_r() -> None:
    """One letter, for there is nothing to put back."""
    async with stage(size=SMALL) as played:
        played.session.emit(GuardAsked(None))
        await played.until("Is another webhook registered?")
        await played.press("r")
        await played.wished(GuardAnswer(GuardChoice.REPLACE))


async def test_deleting_asks_and_d_confirms() -> None:
    """The mock-up's words; the key that opened it changes nothing."""
    async with stage(size=STACKED) as played:
        await played.press("X")
        await played.until("Delete the webhook?")
        assert words(played) == [
            "Delete the webhook?",
            "PiktID stops sending to https://b7c41d09ee2f4a.lhr.life/h/4f9c…e21a.",
            "The 12 deliveries received stay here. u registers again, with a new",
            "secret.",
            "  Keep it esc      Delete it d",
        ]
        await played.press("X", "x")
        assert played.session.wishes == []
        await played.press("d")
        await played.wished(DeleteWish())
        await closed(played)
        assert played.is_focused("DeliveryTable")


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_deleting_is_safe_by_default(key: str) -> None:
    """esc keeps it, and so does enter on the button that has the focus."""
    async with stage(size=STACKED) as played:
        await played.pilot.click("#delete")
        await played.until("Delete the webhook?")
        await played.press(key)
        await closed(played)
        assert played.session.wishes == []


async def test_there_is_nothing_to_delete_without_a_webhook() -> None:
    """The notice says so; no dialog opens."""
    status = replace(LISTENING, tunnel=LIVE, webhook=WebhookStatus(WebhookState.NOT_REGISTERED))
    async with stage(FakeSession(status, mock_up_rows()), size=STACKED) as played:
        await played.press("X")
        await played.until("There is no webhook of ours to delete.")
        assert len(played.app.screen_stack) == 1


async def test_keys_of_the_first_300_ms_answer_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds a key down, or types while a dialog opens, answers nothing by it."""
    now = [100.0]
    monkeypatch.setattr(Dialog, "clock", staticmethod(lambda: now[0]))
    async with stage(size=STACKED) as played:
        await played.press("X")
        await played.until("Delete the webhook?")
        now[0] += 0.29
        await played.press("d", "enter", "escape")
        assert played.session.wishes == []
        assert len(played.app.screen_stack) == 2
        now[0] += 0.02
        await played.press("d")
        await played.wished(DeleteWish())


async def test_a_dialog_can_be_left_by_leaving_the_program() -> None:
    """ctrl+q works everywhere, and at once."""
    async with stage(size=STACKED) as played:
        await played.press("X")
        await played.until("Delete the webhook?")
        await played.press("ctrl+q")
        await played.until(lambda: played.session.stops == 1)
    assert played.app.return_code == 0


async def test_the_first_run_asks_for_a_token_masked() -> None:
    """It names the sandbox, and the token is never on the screen."""
    async with stage(FakeSession(STARTING), size=STACKED, sandbox=FakeSession.running) as played:
        played.session.emit(TokenAsked(None))
        await played.until("API token")
        text = played.text()
        for line in (
            "make one at app.on-model.com/profile?tab=tokens",
            "Start enter",
            "Try the sandbox",
            "Leave ctrl+q",
            "The sandbox needs no token, no tunnel and no internet.",
        ):
            assert line in text

        await played.press(*"hunter2q?")
        await played.until("•••••••••")
        assert "hunter" not in played.text()
        await played.press("enter")
        await played.wished(TokenAnswer(Secret("hunter2q?")))
        await closed(played)


async def test_a_token_typed_at_once_keeps_its_first_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """No dialog hears the first keys, but this one does no harm by them."""
    monkeypatch.setattr(Dialog, "clock", staticmethod(lambda: 0.0))
    async with stage(FakeSession(STARTING), size=STACKED) as played:
        played.session.emit(TokenAsked(None))
        await played.until("API token")
        await played.press(*"abc", "enter")
        await played.wished(TokenAnswer(Secret("abc")))


async def test_a_token_that_cannot_be_one_is_not_taken() -> None:
    """Nothing, or two words."""
    async with stage(FakeSession(STARTING), size=STACKED) as played:
        played.session.emit(TokenAsked(None))
        await played.until("API token")
        await played.press("enter")
        await played.until("A token is one word: paste it whole.")
        await played.press("escape")
        assert played.is_focused("leave")
        assert played.session.wishes == []


async def test_the_sandbox_takes_the_place_of_the_session_without_a_token() -> None:
    """The first session ends before the second is made."""
    first, second = FakeSession(STARTING), FakeSession.running()

    def sandbox() -> FakeSession:
        assert first.ended.is_set()
        return second

    async with stage(first, size=STACKED, sandbox=sandbox) as played:
        played.session.emit(TokenAsked(None))
        await played.until("Try the sandbox")
        await played.pilot.click("#sandbox")
        await played.until("12  ✓ 8  ✗ 3")
        await played.until("image_result")
        played.session = second
        await played.press("t")
        await played.wished(TestPingWish())
    assert (first.stops, second.stops) == (1, 1)


async def test_the_token_is_kept_if_the_user_wants_it() -> None:
    """Where there is a place for it."""
    status = replace(STARTING, token_place="the system keyring")
    async with stage(FakeSession(status), size=STACKED) as played:
        played.session.emit(TokenAsked(None))
        await played.until("[ ] Keep it in the system keyring")
        await played.press(*"abc", "tab", "space")
        await played.until("[x] Keep it in the system keyring")
        await played.press("tab", "enter")
        await played.wished(TokenAnswer(Secret("abc"), keep=True))


async def test_after_a_refused_token_another_can_be_given_or_not() -> None:
    """u opens the prompt with the reason; esc goes back; enter gives it to the session."""
    refused = Problem("PiktID refused the token (401): it is wrong or has expired.", "…", wants_token=True)
    status = replace(RUNNING, webhook=WebhookStatus(WebhookState.REFUSED, problem=refused))
    async with stage(FakeSession(status, mock_up_rows()), size=STACKED) as played:
        played.session.emit(TokenAsked(refused))
        await played.press("u")
        await played.until("Another token")
        await played.press("escape")
        await closed(played)
        await played.pilot.click("#register")
        await played.until("Another token")
        await played.press(*"new", "enter")
        await played.wished(TokenAnswer(Secret("new")))


async def test_the_secret_is_masked_until_asked_and_can_be_copied() -> None:
    """Dots whose number tells nothing; r reveals and hides, c copies."""
    since = datetime(2026, 11, 23, 14, 19, tzinfo=UTC)
    async with stage(size=STACKED) as played:
        played.session.emit(SecretRevealed("whsec_7f", since))
        await played.until("secret of 14:19   ••••••••••••")
        assert "whsec_7f" not in played.text()
        await played.press("r")
        await played.until("secret of 14:19   whsec_7f")
        await played.press("r")
        await played.until("••••••••••••")
        await played.press("c")
        await played.until("Copied: the signing secret, 8 bytes")
        assert played.app.clipboard == "whsec_7f"
        await played.press("escape")
        await closed(played)


async def test_no_secret_says_how_to_get_one() -> None:
    """Nothing to reveal, nothing to copy."""
    async with stage(size=STACKED) as played:
        played.session.emit(SecretRevealed(None, None))
        await played.until("No secret is known")
        await played.press("r", "c", "enter")
        await closed(played)


async def test_a_secret_can_be_added() -> None:
    """As typed, blanks and all; masked."""
    async with stage(size=STACKED) as played:
        await played.press("p")
        await played.until("Add a secret")
        await played.press("enter")
        assert len(played.app.screen_stack) == 2
        await played.press(*"s3", "space", "enter")
        await played.wished(AddSecretWish(Secret("s3 ")))
        await closed(played)
        await played.press("p", "x", "escape")
        await closed(played)
        assert len(played.session.wishes) == 1


async def test_the_addresses_are_shown_whole_and_copied() -> None:
    """A click on the status line opens them, with what PiktID saw last."""
    seen = replace(RUNNING.webhook, last_response_status=200, last_response_at="2026-11-23T14:18:02Z")
    async with stage(FakeSession(replace(RUNNING, webhook=seen), mock_up_rows()), size=STACKED) as played:
        await played.pilot.click("StatusBar")
        await played.until("public URL    https://b7c41d09ee2f4a.lhr.life")
        await played.until("https://b7c41d09ee2f4a.lhr.life/h/4f9c0123456789abcdef0123456ae21a")
        assert "receiver      http://127.0.0.1:9876" in played.text()
        assert "last answer   200, 4 min ago (as PiktID saw it)" in played.text()
        await played.press("h")
        await played.until("Copied: the hook's URL")
        await played.press("c")
        await played.until(lambda: played.app.clipboard == "https://b7c41d09ee2f4a.lhr.life")
        await played.press("escape")
        await closed(played)


@pytest.mark.parametrize(
    ("tunnel", "words"),
    [
        (replace(LIVE, proven_at=NOW - timedelta(seconds=6)), "proof 6 s ago"),
        (LIVE, "no proof yet"),
        (replace(LIVE, state=TunnelState.UNPROVEN, proven_at=NOW), "unproven: not reached from here"),
    ],
)
async def test_the_addresses_say_when_the_public_url_was_proven(tunnel: TunnelStatus, words: str) -> None:
    """And v tries it now."""
    async with stage(FakeSession(replace(RUNNING, tunnel=tunnel), mock_up_rows()), size=STACKED) as played:
        await played.pilot.click("StatusBar")
        await played.until(words)
        await played.press("v")
        await played.wished(ProveWish())
        await played.press("escape")
        await closed(played)


async def test_help_shows_the_keys_that_work_where_the_focus_was() -> None:
    """The focused pane's group first; keys that belong together share a line."""
    async with stage(size=STACKED) as played:
        await played.press("?")
        await played.until("Keys: deliveries")
        text = played.text()
        for line in ("↑ ↓  k j    move", "w           why this verdict", "X           delete the webhook"):
            assert line in text
        assert "esc closes; a click on a key does what the key does" in text
        await played.press("escape")
        await closed(played)

        await played.press("enter", "f1")
        await played.until("Keys: this delivery")
        await played.press("q")
        await closed(played)


async def test_a_click_on_a_key_in_help_does_what_the_key_does() -> None:
    """The dialog closes first."""
    async with stage(size=WIDE) as played:
        await played.press("?")
        await played.until("send a test ping")
        line = next(i for i, text in enumerate(played.lines()) if "send a test ping" in text)
        column = played.lines()[line].index("send a test ping")
        await played.pilot.click(offset=(column, line))
        await played.wished(TestPingWish())
        await closed(played)


@pytest.mark.parametrize("size", [STACKED, SMALL, (40, 10)])
async def test_every_dialog_fits_or_scrolls(size: tuple[int, int]) -> None:
    """Also on the smallest screen the safe answer works."""
    async with stage(size=size, sandbox=FakeSession) as played:
        for fact in (GuardAsked(FOREIGN), GuardAsked(None), SecretRevealed("x", None)):
            played.session.emit(fact)
            await played.until(lambda: len(played.app.screen_stack) == 2)
            await played.press("escape")
            await closed(played)
        for key in ("X", "p", "?"):
            await played.press(key)
            await played.until(lambda: len(played.app.screen_stack) == 2)
            await played.press("escape")
            await closed(played)
