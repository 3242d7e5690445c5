"""Sends the cases one after the other and keeps what was answered; ends in bounded time, whatever the handler does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from msgspec import Struct

from webhook_tui.domain.failure import Failure
from webhook_tui.handler_check.cases import Case, Expected
from webhook_tui.http.sender import OutboundSender, SendError

LONGEST_SECONDS = 120.0
"""After so long nothing more is sent: the rest has failed."""

_NOTES = {
    404: "Nothing is at that path: is the URL right?",
    405: "It takes no POST there: is the URL right?",
}


class Result(Struct, frozen=True):
    """What became of one case."""

    case: Case
    statuses: tuple[int, ...]
    """Of the messages that were answered, in order; the last one is the wrong one where there is one."""
    seconds: float
    """For all of its messages."""
    no_answer: str = ""
    """Why there was none, as a clause; "" when all that was sent was answered."""

    @property
    def passed(self) -> bool:
        """Whether every message was answered as expected."""
        return not self.no_answer and all(self.case.expected.is_met_by(status) for status in self.statuses)

    @property
    def meaning(self) -> str:
        """What it means that it failed; "" when it passed."""
        if self.passed:
            return ""
        if self.no_answer:
            return "Without an answer a delivery counts as failed: PiktID sends it again."
        status = self.statuses[-1]
        if (note := _NOTES.get(status)) is not None and self.case.expected is Expected.ACCEPTED:
            return note
        if 300 <= status < 400:
            return "It redirects. No sender of webhooks has to follow: answer at the URL itself."
        if status >= 500 and self.case.expected is not Expected.SURVIVED:
            way = "accepting" if self.case.expected is Expected.ACCEPTED else "refusing"
            return f"It crashes instead of {way} it: its own log says where. PiktID sends again what is answered 5xx."
        return self.case.meaning

    @property
    def said(self) -> str:
        """The answers in a few words."""
        words = [str(status) for status in self.statuses]
        if len(set(words)) == 1 and not self.no_answer:
            words = words[:1]
        return ", ".join([*words, *([self.no_answer] if self.no_answer else [])])


async def check(
    sender: OutboundSender, cases: Iterable[Case], *, clock: Callable[[], float] = time.monotonic
) -> list[Result]:
    """Send every case to the sender's own URL. `clock`: seconds, for the limit on the whole.

    Raises SendError when the very first message finds nobody who listens.
    """
    results: list[Result] = []
    end = clock() + LONGEST_SECONDS
    for case in cases:
        if clock() > end:
            results.append(Result(case, (), 0.0, f"not sent: {LONGEST_SECONDS:g} s were over"))
            continue
        results.append(await _result(sender, case, is_first=not results))
    return results


async def _result(sender: OutboundSender, case: Case, *, is_first: bool) -> Result:
    statuses: list[int] = []
    seconds = 0.0
    for message in case.messages:
        started = time.perf_counter()
        try:
            reply = await sender.send("POST", sender.base_target, message.headers, message.body, pieces=message.pieces)
        except SendError as error:
            if is_first and error.failure.is_before_sending:
                raise
            return Result(case, tuple(statuses), seconds + time.perf_counter() - started, error.reason)
        seconds += reply.seconds
        if reply.cut not in (None, Failure.TOO_LARGE):
            return Result(case, tuple(statuses), seconds, f"{reply.status}, body cut off: {reply.cut.value}")
        statuses.append(reply.status)
        if not case.expected.is_met_by(reply.status):
            break
    return Result(case, tuple(statuses), seconds)
