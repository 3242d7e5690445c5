"""A check of a handler: what each case expects, what was answered, and what that means."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.errors import Problem

LONGEST_SHOWN = 4096
"""Bytes that are kept of each body."""


class Expected(StrEnum):
    """Which answers are right. The value is for people."""

    ACCEPTED = "2xx"
    REFUSED = "4xx"
    SURVIVED = "2xx or 4xx"

    def is_met_by(self, status: int) -> bool:
        """Whether an answer is one of them."""
        hundreds = {Expected.ACCEPTED: (2,), Expected.REFUSED: (4,), Expected.SURVIVED: (2, 4)}[self]
        return status // 100 in hundreds

    @property
    def verb(self) -> str:
        """What the handler should do."""
        return {Expected.ACCEPTED: "accept", Expected.REFUSED: "refuse", Expected.SURVIVED: "survive"}[self]


class CaseResult(Struct, frozen=True):
    """One case, and what was answered once it was sent."""

    name: str
    """Stable, for programs."""
    title: str
    expected: Expected
    statuses: tuple[int, ...] = ()
    """Of the requests that were answered, in order; the last one is the wrong one where there is one."""
    seconds: float = 0.0
    """For all of its requests."""
    no_answer: str = ""
    """Why there was none, as a clause; "" when all that was sent was answered."""
    meaning: str = ""
    """What it means that it failed; "" when it passed."""
    advice: str = ""
    """What to change, where it failed and that is known."""

    @property
    def passed(self) -> bool:
        """Whether every request was answered as expected."""
        return (
            bool(self.statuses)
            and not self.no_answer
            and all(self.expected.is_met_by(status) for status in self.statuses)
        )

    @property
    def explanation(self) -> str:
        """What it means that it failed, and what to change; "" when it passed."""
        return f"{self.meaning} {self.advice}".strip()

    @property
    def said(self) -> str:
        """The answers in a few words."""
        words = [str(status) for status in self.statuses]
        if len(set(words)) == 1 and not self.no_answer:
            words = words[:1]
        return ", ".join([*words, *([self.no_answer] if self.no_answer else [])])


class HandlerExchange(Struct, frozen=True):
    """One request of a case and its answer; bodies are cut to LONGEST_SHOWN bytes."""

    url: str
    headers: Headers
    body: bytes
    size: int
    """Bytes of the whole body."""
    status: int | None = None
    answer_headers: Headers = ()
    answer_body: bytes = b""
    failure: str = ""
    """Why there is no answer, as a clause."""


class CheckState(StrEnum):
    """Of a check."""

    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"


class HandlerCheck(Struct, frozen=True):
    """The progress of one check."""

    url: str
    cases: tuple[CaseResult, ...] = ()
    """All of them, in order."""
    done: int = 0
    """How many of them were sent; while it runs, the next one is under way."""
    state: CheckState = CheckState.RUNNING
    problem: Problem | None = None
    """Why it could not be carried out."""

    @property
    def results(self) -> tuple[CaseResult, ...]:
        """The cases that were sent."""
        return self.cases[: self.done]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """Those of them that were not answered as expected."""
        return tuple(result for result in self.results if not result.passed)
