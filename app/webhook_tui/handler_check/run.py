"""Sends the cases one after the other and keeps what was answered; ends in bounded time, whatever the handler does."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from webhook_tui.domain.delivery.event import KNOWN_EVENTS
from webhook_tui.domain.failure import Failure, SendError
from webhook_tui.domain.forwarding.handler_check import LONGEST_SHOWN, CaseResult, Expected, HandlerExchange
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.handler_check.cases import Case, Message, cases
from webhook_tui.http.sender import OutboundSender, Reply
from webhook_tui.sandbox.jobs import FIRST_ID, sample_data

LONGEST_SECONDS = 120.0
"""After so long nothing more is sent: the rest has failed."""

_NOTES = {
    404: "Nothing is at that path.",
    405: "It takes no POST there.",
}
_CHECK_URL = "Is the URL right?"


class CheckedCase(Struct, frozen=True):
    """The result of a case, with what was sent and answered."""

    result: CaseResult
    exchanges: tuple[HandlerExchange, ...] = ()


def all_cases(secret: Secret, *, now: float) -> tuple[Case, ...]:
    """Return the cases with valid events of every known kind. `now`: Unix seconds for their timestamps."""
    samples = [(name, sample_data(name, random.random)) for name in KNOWN_EVENTS]
    return cases(secret, samples, first_id=FIRST_ID + secrets.randbelow(FIRST_ID), now=round(now, 3))


def unsent(case: Case) -> CaseResult:
    """Return the case without an answer."""
    return CaseResult(case.name, case.title, case.expected)


async def check(
    sender: OutboundSender, cases: Iterable[Case], *, clock: Callable[[], float] = time.monotonic
) -> list[CaseResult]:
    """Send every case to the sender's own URL; as `checked_cases`."""
    return [checked.result async for checked in checked_cases(sender, cases, clock=clock)]


async def checked_cases(
    sender: OutboundSender, cases: Iterable[Case], *, clock: Callable[[], float] = time.monotonic
) -> AsyncGenerator[CheckedCase, None]:
    """Send every case to the sender's own URL, and yield each once it was answered.

    `clock`: seconds, for the limit on the whole. Raises SendError when nothing listens for the very first request.
    """
    end = clock() + LONGEST_SECONDS
    is_first = True
    for case in cases:
        if clock() > end:
            yield CheckedCase(_result(case, (), 0.0, f"not sent: {LONGEST_SECONDS:g} s were over"))
        else:
            yield await _checked(sender, case, is_first=is_first)
        is_first = False


async def _checked(sender: OutboundSender, case: Case, *, is_first: bool) -> CheckedCase:
    statuses: list[int] = []
    exchanges: list[HandlerExchange] = []
    seconds = 0.0
    no_answer = ""
    for message in case.messages:
        started = time.perf_counter()
        try:
            reply = await sender.send("POST", sender.base_target, message.headers, message.body, pieces=message.pieces)
        except SendError as error:
            if is_first and error.failure.is_before_sending:
                raise
            seconds += time.perf_counter() - started
            no_answer = error.reason
            exchanges.append(_exchange(sender, message, failure=no_answer))
            break
        seconds += reply.seconds
        exchanges.append(_exchange(sender, message, reply))
        if reply.cut not in (None, Failure.TOO_LARGE):
            no_answer = f"{reply.status}, body cut off: {reply.cut.value}"
            break
        statuses.append(reply.status)
        if not case.expected.is_met_by(reply.status):
            break
    return CheckedCase(_result(case, tuple(statuses), seconds, no_answer), tuple(exchanges))


def _exchange(
    sender: OutboundSender, message: Message, reply: Reply | None = None, *, failure: str = ""
) -> HandlerExchange:
    return HandlerExchange(
        sender.base_target,
        message.headers,
        message.body[:LONGEST_SHOWN],
        len(message.body),
        None if reply is None else reply.status,
        () if reply is None else reply.headers,
        b"" if reply is None else reply.body[:LONGEST_SHOWN],
        failure,
    )


def _result(case: Case, statuses: tuple[int, ...], seconds: float, no_answer: str) -> CaseResult:
    result = CaseResult(case.name, case.title, case.expected, statuses, seconds, no_answer)
    if result.passed:
        return result
    meaning, advice = _explanation(case, result)
    return replace(result, meaning=meaning, advice=advice)


def _explanation(case: Case, result: CaseResult) -> tuple[str, str]:
    """Return what it means that a case failed, and what to change."""
    if result.no_answer:
        return "Without an answer a delivery counts as failed: PiktID sends it again.", ""
    status, expected = result.statuses[-1], case.expected
    if (note := _NOTES.get(status)) is not None and expected is Expected.ACCEPTED:
        return note, _CHECK_URL
    if 300 <= status < 400:
        return "It redirects, which no sender of webhooks has to follow.", "Answer at the URL itself."
    if status >= 500 and expected is not Expected.SURVIVED:
        way = "accepting" if expected is Expected.ACCEPTED else "refusing"
        return (
            f"It crashes instead of {way} it: PiktID sends again what is answered 5xx.",
            "Its own log says where.",
        )
    return case.meaning, case.advice
