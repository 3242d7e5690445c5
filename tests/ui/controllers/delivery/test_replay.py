"""Answering by a rule, forwarding and replaying: keys in, commands and the screen out."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from tests.ui.fake_session import NOW, RUNNING, WAITING, FakeSession
from tests.ui.forwards import APP, SENT, forwarding
from tests.ui.memory_rows import mock_up_rows, stored_delivery
from tests.ui.stage import SMALL, STACKED, WIDE, stage
from webhook_tui.domain.answer_rules.rules import parse
from webhook_tui.domain.commands import ReplayDeliveries, SetAnswerRule, SetForwarding
from webhook_tui.domain.events import Forwarded, Replayed
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult, UsedUrl
from webhook_tui.ui.app import WebhookTuiApp


async def test_the_rules_as_drawn() -> None:
    """The mock-up's words, the present rule chosen."""
    async with stage(size=STACKED) as played:
        await played.press("a")
        await played.until("How the receiver answers")

        assert played.dialog_lines() == [
            "How the receiver answers",
            "● 200 OK",
            "○ One answer         status 503    delay 0 s    body …",
            "○ Fail, then recover 503, 3 times per event, then 200",
            "○ Rate limit         429 Retry-After 5 s, 1 time per event, then 200",
            "○ Now and then       500 for every 5th delivery",
            "○ By event           image_result 500, others 200",
            "○ No answer          reset the connection",
            "Every delivery is stored before it is answered, whatever the answer.",
            "Per event: each event id has its own count. The rule stays in force.",
            "The status line shows the rule, and what is left for the last event.",
            "  Use it enter      Change the numbers e      Cancel esc",
        ]


RULES = [
    (["enter"], "200"),
    (["down", "enter"], "503"),
    (["j", "j", "enter"], "503 x3"),
    (["down", "down", "down", "enter"], "429 retry 5"),
    (["G", *["down"] * 9, "enter"], "reset"),
    ([*["down"] * 4, "up", "tab", "enter"], "429 retry 5"),
    (["e", *["backspace"] * 3, *"none", "enter", "enter"], "none"),
    (["down", "e", *["backspace"] * 20, *"404", "enter", "enter"], "404"),
]


async def test_a_rule_by_keys() -> None:
    """Arrows choose, e writes, enter uses; on what is no rule the dialog stays open, and esc changes nothing."""
    async with stage(size=STACKED) as played:
        await played.press("a")
        await played.until("How the receiver answers")
        await played.press("e", "9", "enter")
        await played.until("A status is a number from 200 to 599.")
        await played.press("escape")
        await played.dialog_closed()
        assert not played.session.commands

        for keys, rule in RULES:
            played.session.commands.clear()
            await played.press("a")
            await played.until("How the receiver answers")
            await played.press(*keys)
            await played.requested(SetAnswerRule(parse(rule)))
            await played.dialog_closed()


async def test_the_rule_in_force_is_in_the_status_line() -> None:
    """Never shortened below its words; a click on a rule chooses it."""
    session = FakeSession(replace(RUNNING, answer="503 ×3 (1 left)", rule=parse("503 x3")), mock_up_rows())
    async with stage(session, size=WIDE) as played:
        for size in (WIDE, STACKED, SMALL):
            await played.pilot.resize_terminal(*size)
            await played.until("503 ×3 (1 left)")
            await played.press("a")
            await played.until("● Fail, then recover")
            await played.press("escape")
            await played.dialog_closed()


async def test_the_app_that_answers_is_in_the_status_line() -> None:
    """In place of 200, which would not be true."""
    async with stage(forwarding(), size=WIDE) as played:
        await played.until("answers as :3000")
        await played.press("a")
        await played.until("● Your app's answer")


async def test_replay_asks_where_to_once() -> None:
    """The second time the URL is there, and enter sends."""
    async with stage(size=STACKED) as played:
        await played.press("r")
        await played.until("Sends #")
        assert played.is_focused("url")
        await played.press("enter")
        await played.until("The URL is empty")
        await played.press(*"example.com", "enter")
        await played.until("write https://example.com")
        await played.press(*["backspace"] * 11, *APP.removeprefix("http://"), "enter")
        await played.until(lambda: len(played.session.commands) == 1)
        await played.dialog_closed()
        await played.press("r")
        await played.until(APP)
        await played.press("tab", "tab", "s", "enter")
        await played.until(lambda: len(played.session.commands) == 2)
        seq = played.main.deliveries.detail.seq
        assert seq is not None
        assert played.session.commands == [ReplayDeliveries((seq,), APP), ReplayDeliveries((seq,), APP, re_sign=True)]


async def test_replay_as_drawn() -> None:
    """No letter is a key while the URL has the focus; what is sent and where it leads are said."""
    used = (
        UsedUrl(APP, NOW - timedelta(minutes=2)),
        UsedUrl("http://[::1]:9/", NOW),
        UsedUrl("https://a.example/x", NOW),
    )
    session = FakeSession(replace(RUNNING, used_urls=used), mock_up_rows())
    async with stage(session, size=STACKED) as played:
        await played.press("g", *["j"] * 7, "r")
        await played.until("Sends #8")

        assert played.dialog_lines() == [
            "Replay",
            "send     #8   marked   from #8 on   a time",
            "as       ● original bytes, keep original signature",
            "         ○ original bytes, re-sign with the current secret",
            f"to       {APP}",
            "         last used 2 min ago · ↓ 2 earlier · this machine",
            "Sends #8 once, from this machine. The body stays as received.",
            "Its signature is invalid: a handler that verifies should answer 401.",
            "  Replay enter      Cancel esc",
        ]
        await played.press("down", "down", "down")
        await played.until("a.example is not this machine: real systems may act on it.")
        await played.until("Replay to a.example enter")
        await played.press("tab", "m")
        await played.until("No such delivery: marked.")
        await played.press("left", "tab", "s")
        await played.until("Its signature will be valid with the current secret.")
        await played.press("o", "s", "enter")
        await played.requested(ReplayDeliveries((8,), "https://a.example/x", re_sign=True))


async def test_replay_knows_where_deliveries_are_forwarded_to() -> None:
    """r and enter are all; esc sends nothing."""
    async with stage(forwarding(), size=STACKED) as played:
        await played.press("r")
        await played.until(APP)
        await played.press("escape")
        await played.dialog_closed()
        assert not played.session.commands
        await played.press("r")
        await played.until(APP)
        await played.press("enter")
        await played.until(lambda: len(played.session.commands) == 1)


async def test_what_a_replay_brought_is_a_toast_and_a_tab() -> None:
    """The tab is there when there is something in it; with it in sight there is no toast."""
    async with stage(size=WIDE) as played:
        seq = played.main.deliveries.detail.seq
        assert seq is not None
        assert "Answer" not in played.main.deliveries.detail.tabs
        played.session.emit(Replayed(replace(SENT, seq=seq)))
        await played.until(f"Replayed #{seq}: 200 in 31 ms")
        played.main.deliveries.detail.choose("Answer")
        await played.until("200 OK in 31 ms")

        text = played.text()
        assert '{"ok": true}' in text
        assert "X-App: mine" in text
        assert "canary" not in text
        assert "original signature" in text


async def test_a_forward_without_an_app_has_a_hint() -> None:
    """The row's answer is read again, and the tab says what to do."""
    async with stage(forwarding(), size=WIDE) as played:
        seq = played.main.deliveries.detail.seq
        assert seq is not None
        played.session.emit(
            Forwarded(
                ForwardResult(
                    seq,
                    ForwardOrigin.FORWARDED,
                    APP,
                    NOW,
                    None,
                    tries=3,
                    failure="the connection was refused",
                    cause=Failure.REFUSED,
                )
            )
        )
        await played.until("Raw  Answer")
        played.main.deliveries.detail.choose("Answer")
        await played.until("Nothing listens there")
        assert "Forwarded, 3 tries" in played.text()


async def test_hostile_answers_are_harmless() -> None:
    """What the app says is received text like any other."""
    async with stage(size=WIDE) as played:
        seq = played.main.deliveries.detail.seq
        assert seq is not None
        evil = replace(SENT, seq=seq, headers=((b"X-[bold]", b"\x1b]0;x\x07"),), body=b"\x1b[2J[red]x[/red]\x9b")
        played.session.emit(Replayed(evil))
        await played.until(f"Replayed #{seq}")
        played.main.deliveries.detail.choose("Answer")
        await played.until("[red]x[/red]")
        assert not any(ord(character) < 32 for line in played.lines() for character in line)


JSON_BODY = b'{"id": 1, "data": {"status": "completed"}}'

RETITLED = b'{"id": 1, "data": {"status": "failed"}}'


def editing(monkeypatch: pytest.MonkeyPatch, body: bytes, *, has_secret: bool = True) -> FakeSession:
    """A session whose newest delivery, #13, is edited without a terminal being given away."""
    monkeypatch.setattr(WebhookTuiApp, "suspend", lambda _: contextlib.nullcontext())
    webhook = replace(RUNNING.webhook, secret_since=NOW if has_secret else None)
    session = FakeSession(replace(RUNNING, forward_to=APP, webhook=webhook), mock_up_rows())
    session.rows.add(stored_delivery(13, body=body))
    session.rows.refresh()
    return session


async def test_json_is_indented_for_the_editor_and_sent_in_its_own_spacing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The difference is shown by JSON path first; it is signed with the current secret."""
    seen: list[bytes] = []

    def retitle(text: bytes, _seq: int | None) -> bytes:
        seen.append(text)
        return text.replace(b"completed", b"failed") + b"\n"

    async with stage(editing(monkeypatch, JSON_BODY), size=STACKED) as played:
        played.main.controllers.editor.run_editor = retitle
        await played.press("R")
        await played.until("Replay #13 with your changes?")
        assert seen == [b'{\n  "id": 1,\n  "data": {\n    "status": "completed"\n  }\n}\n']
        text = played.text()
        assert '≠ $.data.status  "completed"  →  "failed"' in text
        assert "1 change · 42 → 39 bytes · spacing and key order kept" in text
        await played.press("enter")
        await played.requested(ReplayDeliveries((13,), APP, re_sign=True, body=RETITLED))


async def test_the_signature_can_be_kept_and_the_body_edited_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the editor gets the exact bytes of what was edited so far."""
    seen: list[bytes] = []

    def retitle(text: bytes, _seq: int | None) -> bytes:
        seen.append(text)
        return text.replace(b"completed", b"failed").replace(b'"failed"}}', b'"failed" }}')

    async with stage(editing(monkeypatch, JSON_BODY), size=STACKED) as played:
        played.main.controllers.editor.run_editor = retitle
        await played.press("R")
        await played.until("k keeps it")
        await played.press("k")
        await played.until("Keeps the original signature")
        await played.press("e")
        await played.until("key order kept")
        assert seen[1] == RETITLED
        await played.until("spacing changed, key order kept")
        await played.press("s")
        kept = RETITLED.replace(b'"}}', b'" }}')
        await played.requested(ReplayDeliveries((13,), APP, re_sign=False, body=kept))


async def test_without_a_secret_the_editor_gets_the_exact_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signature is kept, for there is none to make; y shows the whole difference."""
    async with stage(editing(monkeypatch, JSON_BODY, has_secret=False), size=STACKED) as played:
        played.main.controllers.editor.run_editor = lambda text, _seq: text + b"{\x1b"
        await played.press("R")
        await played.until("It is not JSON any more.")
        await played.until("There is no current secret to sign with")
        assert "}{␛" in played.text()
        await played.press("k", "y")
        await played.until("#13 and your changes")
        await played.press("escape")
        await played.until("with your changes?")
        await played.press("s")
        await played.requested(ReplayDeliveries((13,), APP, re_sign=False, body=JSON_BODY + b"{\x1b"))


def _add(ending: bytes, text: bytes, _seq: int | None) -> bytes:
    return text + ending


@pytest.mark.parametrize("has_secret", [True, False], ids=["indented", "exact"])
async def test_an_editor_that_changes_nothing_sends_nothing(monkeypatch: pytest.MonkeyPatch, has_secret: bool) -> None:
    """The newline that editors write after the last line is no change."""
    async with stage(editing(monkeypatch, JSON_BODY, has_secret=has_secret), size=STACKED) as played:
        for ending in (b"", b"\n"):
            played.main.controllers.editor.run_editor = partial(_add, ending)
            await played.press("R")
            await played.until("Nothing changed: not sent.")
            await played.press("t")
            await played.until(lambda: "Nothing changed" not in played.text())
        assert [command for command in played.session.commands if isinstance(command, ReplayDeliveries)] == []


async def test_a_terminal_that_cannot_be_given_away_is_reported() -> None:
    """As under a test runner."""
    async with stage(forwarding(), size=STACKED) as played:
        await played.press("R")
        await played.until("This terminal cannot be given to an editor.")


async def test_forwarding_begins_and_ends_from_the_palette() -> None:
    """There is no key for it."""
    async with stage(size=STACKED) as played:
        played.main.action_run("receiver.forward")
        await played.until("Forward every delivery")
        await played.press(*APP, "enter")
        await played.requested(SetForwarding(APP))
        await played.dialog_closed()
        assert any(command.title == "Forward every delivery" for command in played.app.get_system_commands(played.main))
    async with stage(forwarding(), size=STACKED) as played:
        played.main.action_run("receiver.forward")
        await played.until("Stop ctrl+n")
        await played.press("ctrl+n")
        await played.requested(SetForwarding(None))


async def test_the_footer_offers_answers_while_nothing_came() -> None:
    """And replay as soon as there is a delivery."""
    async with stage(FakeSession(WAITING), size=STACKED) as played:
        assert "a Answers" in played.lines()[-1]
        assert "Replay" not in played.lines()[-1]
    async with stage(size=STACKED) as played:
        assert "r Replay" in played.lines()[-1]
        await played.press("enter")
        assert "Replay" not in played.lines()[-1]
