"""T: rows that turn green and red, what each failure means, and what was sent."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.stage import STACKED, WIDE, Stage, stage
from webhook_tui.domain.commands import CheckHandler, StopHandlerCheck
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import HandlerCheckAdvanced
from webhook_tui.domain.forwarding.handler_check import CaseResult, CheckState, Expected, HandlerCheck, HandlerExchange
from webhook_tui.domain.queries import GetHandlerExchanges

URL = "http://127.0.0.1:3000/hook"
CASES = (
    CaseResult("valid-ping", "valid: ping", Expected.ACCEPTED),
    CaseResult("unset-secret", "signed with no secret", Expected.REFUSED),
    CaseResult("not-json", "not JSON, well signed", Expected.SURVIVED),
)
DONE = (
    replace(CASES[0], statuses=(200,), seconds=0.01),
    replace(CASES[1], statuses=(200,), meaning="Anyone can forge events.", advice="Is the secret set?"),
    replace(CASES[2], statuses=(400,)),
)


def _check(done: int, state: CheckState = CheckState.RUNNING) -> HandlerCheckAdvanced:
    return HandlerCheckAdvanced(HandlerCheck(URL, (*DONE[:done], *CASES[done:]), done, state))


def _session(**changes: object) -> FakeSession:
    return FakeSession(replace(RUNNING, **changes))


def _has(played: Stage, *parts: str) -> bool:
    return any(all(part in line for part in parts) for line in played.lines())


async def test_it_stops_with_the_session() -> None:
    """And does not start without one."""
    session = _session(forward_to=URL)
    async with stage(session, size=STACKED) as played:
        await played.press("T")
        session.emit(_check(1))
        await played.until("1 passed  0 failed   2 of 3")
        session.die()
        await played.until("Session ended unexpectedly.")
        assert not _has(played, "◐")
        await played.press("r")
        await played.until(lambda: _has(played, "○", "valid: ping"))
        assert played.session.commands.count(CheckHandler(URL)) == 1


async def test_forwarded_to_it_starts_at_once_and_advances() -> None:
    """Below a failed row stands what it means; space leaves the failed ones; enter shows the exchange; y copies."""
    session = _session(forward_to=URL)
    exchange = HandlerExchange("/hook", ((b"X-Webhook-Event", b"ping"),), b"{}", 9000, 200, (), b"fine \x1b[2J")
    session.answers[GetHandlerExchanges("unset-secret")] = (exchange,)
    async with stage(session, size=STACKED) as played:
        await played.press("T")
        await played.requested(CheckHandler(URL))
        await played.until(lambda: _has(played, "Back esc", "URL u") and _has(played, "Copy y"))
        session.emit(_check(0))
        await played.until("0 passed  0 failed   1 of 3")
        session.emit(_check(2))
        await played.until("1 passed  1 failed   3 of 3")
        assert _has(played, "✓  valid: ping", "accept", "200")
        assert _has(played, "✗  signed with no secret", "refuse", "200")
        assert _has(played, "Is the secret set?")
        session.emit(_check(3, CheckState.ENDED))
        await played.until("2 passed  1 failed in 0 s.  Start with: signed with no secret.")

        await played.press("space")
        assert not _has(played, "valid: ping")
        await played.press("enter")
        await played.until("POST /hook")
        assert _has(played, "of 8.8 kB") or _has(played, "of 9")
        await played.press("]")
        await played.until("fine")
        assert "\x1b" not in played.text()
        await played.press("escape", "y")
        await played.until(lambda: "✗ fail  signed with no secret" in played.app.clipboard)

        await played.press("space", "r")
        await played.until(partial(_has, played, "valid: ping", "accept"))
        session.emit(_check(1))
        await played.until("1 passed  0 failed   2 of 3")
        await played.press("escape")
        await played.requested(StopHandlerCheck())
        await played.dialog_closed()


async def test_without_a_url_it_asks_and_another_machine_is_confirmed() -> None:
    """A mistake in the URL is shown; no answer ends the test with the reason; a wide row has the explanation."""
    session = _session()
    async with stage(session, size=WIDE) as played:
        await played.press("T")
        await played.until(lambda: played.is_focused("url"))
        assert not any(isinstance(command, CheckHandler) for command in session.commands)
        await played.until("Sends valid, forged and malformed deliveries, and checks each answer.")
        assert _has(played, "Back esc", "Start enter")
        assert not _has(played, "Sent enter")
        await played.press(*"http://192.0.2.1/hook", "enter")
        await played.until("Test a handler on another machine?")
        await played.press("m")
        await played.requested(CheckHandler("http://192.0.2.1/hook", elsewhere=True))
        problem = Problem("It does not answer: connection refused.", "Start it.", screen_hint="Start it, then r.")
        session.emit(
            HandlerCheckAdvanced(HandlerCheck("http://192.0.2.1/hook", problem=problem, state=CheckState.ENDED))
        )
        await played.until("It does not answer: connection refused.  Start it, then r.")

        await played.press("u", *URL, "enter")
        await played.requested(CheckHandler(URL))
        session.emit(_check(3, CheckState.ENDED))
        await played.until(partial(_has, played, "signed with no secret", "Anyone can forge events."))
        assert _has(played, "Is the secret set?")


async def test_at_the_end_the_cursor_is_on_the_first_that_failed() -> None:
    """Also when the last one failed, whose explanation is added below it; not where the user moved it away."""
    failed = [replace(case, statuses=(500,), meaning="It crashes.", advice="See its log.") for case in CASES]
    session = _session(forward_to=URL)
    async with stage(session, size=STACKED) as played:
        await played.press("T")
        await played.requested(CheckHandler(URL))
        for wanted in ("valid: ping", "not JSON, well signed"):
            for done in range(4):
                state = CheckState.ENDED if done == 3 else CheckState.RUNNING
                check = HandlerCheck(URL, (*failed[:done], *CASES[done:]), done, state)
                session.emit(HandlerCheckAdvanced(check))
                await played.until(f"{done} failed")
                if done == 1 and wanted != "valid: ping":
                    await played.press("G")
            if wanted == "valid: ping":
                await played.until(partial(_has, played, "▌ ✗  valid: ping"))
                await played.press("r")
                await played.until("0 failed")
        assert not _has(played, "▌ ✗  valid: ping")
