"""The dialogs: the safe answer first, letters at once, nothing by accident."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from textual.timer import Timer

from tests.ui.fake_session import LISTENING, LIVE, NOW, RUNNING, STARTING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import SMALL, STACKED, WIDE, Stage, stage
from webhook_tui.domain.commands import (
    AddSecret,
    CheckReachability,
    Command,
    DeleteWebhook,
    OwnershipChoice,
    RegisterWebhook,
    RemoveSecret,
    ResolveOwnership,
    SendTestPing,
    UseToken,
)
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import (
    ForeignWebhook,
    OwnershipQuestioned,
    SecretRingChanged,
    TokenRequired,
)
from webhook_tui.domain.queries import ListSecrets, RevealSecret, SecretTrial, TrySecret
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin, RingEntry
from webhook_tui.domain.status import TunnelState, TunnelStatus, WebhookState, WebhookStatus
from webhook_tui.ui.dialogs.dialog import Dialog
from webhook_tui.ui.dialogs.secrets.ring import SecretsDialog

FOREIGN = ForeignWebhook(
    "https://api.example.com/hooks/piktid", "2026-11-12T09:41:00+00:00", 200, "2026-11-23T14:18:00Z"
)


@pytest.mark.parametrize(
    ("keys", "typing", "key", "back"),
    [
        (["a", "e"], "Change the numbers      Cancel esc", "Change the numbers e", ["tab"]),
        (["e", "tab"], "   curl ", "c   curl ", ["shift+tab"]),
        (
            ["enter", "ctrl+f"],
            "Test ping     Register     Delete  ",
            "Test ping t     Register u     Delete X",
            ["escape"],
        ),
        (["enter", "ctrl+f"], "judged when it comes.  ", "w Why", ["escape"]),
        (["k", "enter", "ctrl+f"], "1 below  ", "1 below · f follow the newest", ["escape"]),
    ],
)
async def test_no_letter_is_shown_as_a_key_where_it_is_text(
    keys: list[str], typing: str, key: str, back: list[str]
) -> None:
    """Buttons, menus and the note lose their letters while an input has the focus, and get them again."""
    async with stage(size=STACKED) as played:
        await played.press(*keys)
        await played.until(typing)
        assert key not in played.text()
        await played.press(*back)
        await played.until(key)


async def test_the_guard_names_the_webhook_that_would_be_replaced() -> None:
    """The mock-up's words, the safe button with the focus."""
    async with stage(size=STACKED) as played:
        played.session.emit(OwnershipQuestioned(FOREIGN))
        await played.until("A webhook that is not ours is registered")

        assert played.dialog_lines() == [
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
        (["escape"], ResolveOwnership(OwnershipChoice.KEEP)),
        (["enter"], ResolveOwnership(OwnershipChoice.KEEP)),
        (["s"], ResolveOwnership(OwnershipChoice.WATCH)),
        (["r", "r"], ResolveOwnership(OwnershipChoice.REPLACE, restore_previous=True)),
        (["r", "space", "r"], ResolveOwnership(OwnershipChoice.REPLACE, restore_previous=False)),
        (["r", "enter"], ResolveOwnership(OwnershipChoice.REPLACE, restore_previous=True)),
        (["r", "escape"], ResolveOwnership(OwnershipChoice.KEEP)),
        (["tab", "enter"], ResolveOwnership(OwnershipChoice.WATCH)),
        (["right", "right", "enter", "r"], ResolveOwnership(OwnershipChoice.REPLACE, restore_previous=True)),
    ],
)
async def test_the_guard_is_answered_by_keys(keys: list[str], answer: ResolveOwnership) -> None:
    """Replacing asks one thing more; space changes it."""
    async with stage(size=STACKED) as played:
        played.session.emit(OwnershipQuestioned(FOREIGN))
        await played.until("Replace it r")
        await played.press(*keys)
        await played.requested(answer)
        await played.dialog_closed()


async def test_the_guard_asks_whether_to_put_the_old_url_back() -> None:
    """After the first r, as a line above the buttons."""
    async with stage(size=STACKED) as played:
        played.session.emit(OwnershipQuestioned(FOREIGN))
        await played.until("Replace it r")
        assert "Restore the previous" not in played.text()
        await played.press("r")
        await played.until("[x] Restore the previous webhook on exit")
        await played.press("space")
        await played.until("[ ] Restore the previous webhook on exit")


@pytest.mark.parametrize(
    ("button", "answer"),
    [
        ("safe", ResolveOwnership(OwnershipChoice.KEEP)),
        ("watch", ResolveOwnership(OwnershipChoice.WATCH)),
        ("register", ResolveOwnership(OwnershipChoice.REPLACE)),
    ],
)
async def test_the_guard_that_cannot_tell_is_answered_by_the_mouse(button: str, answer: ResolveOwnership) -> None:
    """Where PiktID does not say what is registered."""
    async with stage(size=STACKED) as played:
        played.session.emit(OwnershipQuestioned(None))
        await played.until("Is another webhook registered?")
        assert "Asked once for this account; --replace never asks." in played.text()
        await played.pilot.click(f"#{button}")
        await played.requested(answer)
        await played.dialog_closed()


async def test_the_guard_that_cannot_tell_registers_by_r() -> None:
    """One letter, for there is nothing to put back."""
    async with stage(size=SMALL) as played:
        played.session.emit(OwnershipQuestioned(None))
        await played.until("Is another webhook registered?")
        await played.press("r")
        await played.requested(ResolveOwnership(OwnershipChoice.REPLACE))


async def test_deleting_asks_and_d_confirms() -> None:
    """The mock-up's words; the key that opened it changes nothing."""
    async with stage(size=STACKED) as played:
        await played.press("X")
        await played.until("Delete the webhook?")
        assert played.dialog_lines() == [
            "Delete the webhook?",
            "PiktID stops sending to https://b7c41d09ee2f4a.lhr.life/h/4f9c…e21a.",
            "The 12 deliveries received stay here. u registers again, with a new",
            "secret.",
            "  Keep it esc      Delete it d",
        ]
        await played.press("X", "x")
        assert played.session.commands == []
        await played.press("d")
        await played.requested(DeleteWebhook())
        await played.dialog_closed()
        assert played.is_focused("DeliveryTable")


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_deleting_is_safe_by_default(key: str) -> None:
    """esc keeps it, and so does enter on the button that has the focus."""
    async with stage(size=STACKED) as played:
        await played.pilot.click("#delete")
        await played.until("Delete the webhook?")
        await played.press(key)
        await played.dialog_closed()
        assert played.session.commands == []


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
        assert played.session.commands == []
        assert len(played.app.screen_stack) == 2
        now[0] += 0.02
        await played.press("d")
        await played.requested(DeleteWebhook())


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
        played.session.emit(TokenRequired(None))
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
        await played.requested(UseToken(Secret("hunter2q?")))
        await played.dialog_closed()


async def test_a_token_typed_at_once_keeps_its_first_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """No dialog hears the first keys, but this one does no harm by them."""
    monkeypatch.setattr(Dialog, "clock", staticmethod(lambda: 0.0))
    async with stage(FakeSession(STARTING), size=STACKED) as played:
        played.session.emit(TokenRequired(None))
        await played.until("API token")
        await played.press(*"abc", "enter")
        await played.requested(UseToken(Secret("abc")))


async def test_a_token_is_taken_out_of_its_header() -> None:
    """As it is copied from a command or from the network tab of a browser."""
    async with stage(FakeSession(STARTING), size=STACKED) as played:
        played.session.emit(TokenRequired(None))
        await played.until("API token")
        await played.press(*"Bearer", "space", *"abc", "enter")
        await played.requested(UseToken(Secret("abc")))


async def test_a_token_that_cannot_be_one_is_not_taken() -> None:
    """Nothing, or two words."""
    async with stage(FakeSession(STARTING), size=STACKED) as played:
        played.session.emit(TokenRequired(None))
        await played.until("API token")
        await played.press("enter")
        await played.until("A token is one word. Paste all of it.")
        await played.press("escape")
        assert played.is_focused("leave")
        assert played.session.commands == []


async def test_the_sandbox_takes_the_place_of_the_session_without_a_token() -> None:
    """The first session ends before the second is made."""
    first, second = FakeSession(STARTING), FakeSession.running()

    def sandbox() -> FakeSession:
        assert first.ended.is_set()
        return second

    async with stage(first, size=STACKED, sandbox=sandbox) as played:
        played.session.emit(TokenRequired(None))
        await played.until("Try the sandbox")
        await played.pilot.click("#sandbox")
        await played.until("12  ✓ 8  ✗ 3")
        await played.until("image_result")
        played.session = second
        await played.press("t")
        await played.requested(SendTestPing())
    assert (first.stops, second.stops) == (1, 1)


async def test_the_token_is_kept_if_the_user_wants_it() -> None:
    """Where there is a place for it."""
    status = replace(STARTING, token_place="the system keyring")
    async with stage(FakeSession(status), size=STACKED) as played:
        played.session.emit(TokenRequired(None))
        await played.until("[ ] Keep it in the system keyring")
        await played.press(*"abc", "tab", "space")
        await played.until("[x] Keep it in the system keyring")
        await played.press("tab", "enter")
        await played.requested(UseToken(Secret("abc"), keep=True))


async def test_after_a_refused_token_another_can_be_given_or_not() -> None:
    """u opens the prompt with the reason; esc goes back; enter gives it to the session."""
    refused = Problem("PiktID refused the token (401): it is wrong or has expired.", "…", needs_token=True)
    status = replace(RUNNING, webhook=WebhookStatus(WebhookState.REFUSED, problem=refused))
    async with stage(FakeSession(status, mock_up_rows()), size=STACKED) as played:
        played.session.emit(TokenRequired(refused))
        await played.press("u")
        await played.until("Another token")
        await played.press("escape")
        await played.dialog_closed()
        await played.pilot.click("#register")
        await played.until("Another token")
        await played.press(*"new", "enter")
        await played.requested(UseToken(Secret("new")))


async def test_a_working_registration_is_made_again_only_after_a_question() -> None:
    """By u and by the button; it says what the new secret breaks. esc and enter keep the present one."""
    webhook = replace(RUNNING.webhook, secret_short_id="9f2c")
    async with stage(FakeSession(replace(RUNNING, webhook=webhook), mock_up_rows()), size=STACKED) as played:
        await played.press("u")
        await played.until("Create a new signing secret?")
        assert played.dialog_lines() == [
            "Create a new signing secret?",
            "Webhook 41 is registered and working. Registering again keeps the URL",
            "and replaces the secret: servers that use the present one will refuse",
            "PiktID's deliveries until they get the new one.",
            "present secret   14:19:00 · 9f2c · 3 min old · kept as an older secret",
            "  Keep it esc      Create a new secret n      Check the route v",
        ]
        assert played.is_focused("safe")
        await played.press("escape")
        await played.dialog_closed()
        await played.pilot.click("#register")
        await played.until("Create a new signing secret?")
        await played.press("enter")
        await played.dialog_closed()
        assert played.session.commands == []


@pytest.mark.parametrize(("key", "command"), [("n", RegisterWebhook(new_secret=True)), ("v", CheckReachability())])
async def test_the_question_before_a_new_secret_is_answered_by_keys(key: str, command: Command) -> None:
    """n registers again, v checks the route."""
    async with stage(size=STACKED) as played:
        await played.press("u")
        await played.until("Create a new signing secret?")
        await played.press(key)
        await played.requested(command)
        await played.dialog_closed()


def _entry(text: str, origin: Origin, since: datetime, until: datetime | None = None, *, verifies: int) -> RingEntry:
    is_current = origin is Origin.REGISTERED and until is None
    secret = Secret(text)
    return RingEntry(secret.fingerprint(), secret.short_id, origin, since, until, is_current, len(text), verifies)


REPLACED_AT = datetime(2026, 11, 23, 14, 19, 2, tzinfo=UTC)
FIRST_AT = datetime(2026, 11, 23, 14, 2, 9, tzinfo=UTC)
RING = (
    _entry("current", Origin.REGISTERED, REPLACED_AT, verifies=8),
    _entry("former", Origin.REGISTERED, FIRST_AT, REPLACED_AT, verifies=1),
    _entry("kept", Origin.KEPT, datetime(2026, 11, 12, 9, 41, tzinfo=UTC), verifies=3),
    _entry("file", Origin.FILE, FIRST_AT, verifies=0),
    _entry("stray", Origin.EARLIER, FIRST_AT, verifies=0),
)


@asynccontextmanager
async def listed(entries: tuple[RingEntry, ...] = RING, size: tuple[int, int] = STACKED) -> AsyncIterator[Stage]:
    """The dialog of the ring, filled."""
    session = FakeSession(replace(RUNNING, ring_place="file, 0600"), mock_up_rows())
    async with stage(session, size=size) as played:
        await played.press("S")
        await played.requested(ListSecrets())
        session.answer(ListSecrets(), entries)
        await played.until(f"{len(entries)} in the ring")
        yield played


async def test_the_ring_is_listed_without_a_secret() -> None:
    """Where each came from, what it is used for, how many deliveries it verifies."""
    async with listed() as played:
        assert played.dialog_lines() == [
            "Signing secrets                               5 in the ring · file, 0600",
            "id    from                 since       used for                verifies",
            f"▌▌ {RING[0].short_id}  registered           14:19:02    current                 8",
            f"{RING[1].short_id}  registered           14:02:09    until 14:19:02          1",
            f"{RING[2].short_id}  added with p         12 Nov      every run               3",
            f"{RING[3].short_id}  --secret-file        14:02:09    this run only           0",
            f"{RING[4].short_id}  an earlier version   14:02:09    nothing                 0",
            f"{RING[0].short_id}  •••••••  7 characters",
            "The id is the start of its SHA-256 and does not reveal it.",
            "PiktID shows a secret once, when the webhook is registered.",
            "  Close esc      Reveal 10 s r      Copy c      Add p      Remove D",
        ]
        await played.press("escape")
        await played.dialog_closed()


async def test_an_empty_ring_says_how_to_get_a_secret() -> None:
    """Nothing to reveal, copy or remove."""
    async with listed(()) as played:
        await played.until("No secret yet. u registers and gets one; p adds yours.")
        await played.press("r", "c", "D", "d", "escape")
        await played.dialog_closed()
        assert played.session.commands == [ListSecrets()]


async def test_a_secret_is_revealed_until_the_next_key() -> None:
    """r asks the session for that one; r again, or any key, hides it."""
    async with listed() as played:
        await played.press("j", "r")
        await played.requested(RevealSecret(RING[1].secret_id))
        played.session.answer(RevealSecret(RING[1].secret_id), Secret("former"))
        await played.until(f"{RING[1].short_id}  former  6 characters")
        await played.press("r")
        await played.until(f"{RING[1].short_id}  ••••••  6 characters")
        assert played.session.commands.count(RevealSecret(RING[1].secret_id)) == 1


async def test_a_revealed_secret_is_hidden_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten seconds; the test's clock is its own."""
    elapsed: list[Callable[[], Any]] = []
    set_timer = SecretsDialog.set_timer

    def recording(dialog: SecretsDialog, delay: float, callback: Callable[[], Any], **options: Any) -> Timer:
        if delay == 10:
            elapsed.append(callback)
        return set_timer(dialog, delay, callback, **options)

    monkeypatch.setattr(SecretsDialog, "set_timer", recording)
    async with listed() as played:
        await played.press("r")
        played.session.answer(RevealSecret(RING[0].secret_id), Secret("current"))
        await played.until("current  7 characters")
        elapsed[0]()
        await played.until("•••••••  7 characters")


async def test_a_secret_is_copied_under_its_id() -> None:
    """It is not shown for that."""
    async with listed() as played:
        await played.press("c")
        await played.requested(RevealSecret(RING[0].secret_id))
        played.session.answer(RevealSecret(RING[0].secret_id), Secret("current"))
        await played.until(f"Sent to the terminal: secret {RING[0].short_id}")
        assert played.app.clipboard == "current"
        assert "current  7" not in played.text()


async def test_removing_a_secret_asks_in_its_row() -> None:
    """With what it changes; esc and moving on keep it, d removes it; the current one is never asked about."""
    question = f"Remove {RING[2].short_id}? 3 deliveries valid with it become invalid."
    async with listed() as played:
        await played.press("D", "d")
        assert "Remove " + RING[0].short_id not in played.text()
        await played.press("j", "j", "D")
        await played.until(question)
        assert played.dialog_lines()[-1] == "  Keep it esc      Remove it d"
        await played.press("escape")
        await played.until("added with p")
        await played.press("D", "k")
        await played.until("added with p")
        await played.press("j", "d")
        assert not any(isinstance(command, RemoveSecret) for command in played.session.commands)
        await played.press("D", "d")
        await played.requested(RemoveSecret(RING[2].secret_id))
        played.session.answer(ListSecrets(), (*RING[:2], *RING[3:]))
        played.session.emit(SecretRingChanged())
        await played.until("4 in the ring")


@pytest.mark.parametrize("width", [80, 60, 40])
async def test_the_ring_fits_a_narrow_terminal(width: int) -> None:
    """What goes first is how many it verifies, then since when; the id and its use stay."""
    async with listed(size=(width, 24)) as played:
        assert RING[3].short_id in played.text()
        assert "this run only" in played.text()


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


async def test_without_a_file_a_secret_is_for_this_run() -> None:
    """The sandbox keeps nothing: there is no choice."""
    async with stage(size=STACKED) as played:
        await played.press("p")
        await played.until("● for this run")
        assert "in the ring" not in played.text()


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ({"matches": 3, "tried": 4}, "✓ explains 3 deliveries that are invalid now · id 4124"),
        ({"matches": 1, "tried": 4}, "✓ explains 1 delivery that is invalid now · id 4124"),
        ({"matches": 2, "pending": 1, "tried": 4}, "✓ explains 2 deliveries that are not valid now · id 4124"),
        ({"tried": 44}, "matches none of 44 deliveries"),
        ({"tried": 1000, "is_all": False}, "matches none of the newest 1000 deliveries"),
        ({}, "no delivery is invalid now"),
    ],
)
async def test_what_a_typed_secret_would_change_is_said_at_once(outcome: dict[str, Any], said: str) -> None:
    """The session tries it; what it says of another text than the present one is not shown."""
    typed = Secret("s3")
    assert typed.short_id == "4124"
    async with stage(size=STACKED) as played:
        await played.press("p", *"s3")
        await played.requested(TrySecret(typed))
        played.session.answer(TrySecret(Secret("s")), SecretTrial(None, 7, 0, 7))
        played.session.answer(TrySecret(typed), SecretTrial(None, **outcome))
        await played.until(said)
        assert "explains 7" not in played.text()
        await played.press("x")
        await played.until(lambda: said not in played.text())


async def test_a_secret_that_the_ring_has_is_known() -> None:
    """For this run only, or not."""
    async with stage(size=STACKED) as played:
        await played.press("p", *"file")
        played.session.answer(TrySecret(Secret("file")), SecretTrial(RING[3]))
        await played.until(f"known already: {RING[3].short_id} (this run only)")


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
        await played.until("Sent to the terminal: the hook's URL")
        await played.press("c")
        await played.until(lambda: played.app.clipboard == "https://b7c41d09ee2f4a.lhr.life")
        await played.press("escape")
        await played.dialog_closed()


@pytest.mark.parametrize(
    ("tunnel", "words"),
    [
        (replace(LIVE, verified_at=NOW - timedelta(seconds=6)), "proof 6 s ago"),
        (LIVE, "no proof yet"),
        (replace(LIVE, state=TunnelState.UNVERIFIED, verified_at=NOW), "unproven: not reached from here"),
    ],
)
async def test_the_addresses_say_when_the_public_url_was_proven(tunnel: TunnelStatus, words: str) -> None:
    """And v tries it now."""
    async with stage(FakeSession(replace(RUNNING, tunnel=tunnel), mock_up_rows()), size=STACKED) as played:
        await played.pilot.click("StatusBar")
        await played.until(words)
        await played.press("v")
        await played.requested(CheckReachability())
        await played.press("escape")
        await played.dialog_closed()


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
        await played.dialog_closed()

        await played.press("enter", "f1")
        await played.until("Keys: this delivery")
        await played.press("q")
        await played.dialog_closed()


async def test_a_click_on_a_key_in_help_does_what_the_key_does() -> None:
    """The dialog closes first."""
    async with stage(size=WIDE) as played:
        await played.press("?")
        await played.until("send a test ping")
        line = next(i for i, text in enumerate(played.lines()) if "send a test ping" in text)
        column = played.lines()[line].index("send a test ping")
        await played.pilot.click(offset=(column, line))
        await played.requested(SendTestPing())
        await played.dialog_closed()


@pytest.mark.parametrize("size", [STACKED, SMALL, (40, 10)])
async def test_every_dialog_fits_or_scrolls(size: tuple[int, int]) -> None:
    """Also on the smallest screen the safe answer works."""
    async with stage(size=size, sandbox=FakeSession) as played:
        for fact in (OwnershipQuestioned(FOREIGN), OwnershipQuestioned(None)):
            played.session.emit(fact)
            await played.until(lambda: len(played.app.screen_stack) == 2)
            await played.press("escape")
            await played.dialog_closed()
        for key in ("X", "u", "p", "S", "?"):
            await played.press(key)
            await played.until(lambda: len(played.app.screen_stack) == 2)
            await played.press("escape")
            await played.dialog_closed()
