"""A problem in two sentences: what happened, and what to do next; the same words on the screen and on exit."""

from __future__ import annotations

import re
from enum import IntEnum, StrEnum

from msgspec import Struct


class ExitCode(IntEnum):
    """How the program ends (128+n after a signal is added by the command line)."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    API = 3
    TUNNEL = 4
    PORT = 5
    NOT_IN_TIME = 6
    """What was waited for did not come in time."""
    FORBIDDEN = 7
    """A forbidden delivery arrived."""


class Severity(StrEnum):
    """Which notice wins the one place for it, the first the most severe."""

    ERROR = "error"
    WARNING = "warning"
    TIP = "tip"


class Problem(Struct, frozen=True):
    """An error, a warning or a tip for people. Text of other programs is sanitised before it is put in."""

    message: str
    """What happened; at most 78 cells."""
    hint: str
    """What to do about it, naming no key; at most 78 cells. `{again}` stands for the seconds until the next try."""
    exit_code: ExitCode = ExitCode.FAILURE
    is_transient: bool = False
    """Whether trying again by itself can help (no network, 5xx, 429), or only a person can (wrong token)."""
    needs_token: bool = False
    """Whether another token is the remedy: u then opens the token prompt."""
    severity: Severity = Severity.ERROR
    retry_after: float | None = None
    """Seconds that the other side asked us to wait, where it did."""
    screen_hint: str | None = None
    """The same as `hint` on the screen, where there are keys; None: `hint` itself."""

    def sentence(self, again: float | None = None) -> str:
        """Both sentences in one line, without keys; `again`: seconds until the next try by itself, 0 during it."""
        return f"{self.message} {_with_seconds(self.hint, again)}".strip()

    def advice(self, again: float | None = None) -> str:
        """The second sentence as the screen shows it; `again`: seconds until the next try by itself, 0 during it."""
        return _with_seconds(self.hint if self.screen_hint is None else self.screen_hint, again)


def _with_seconds(hint: str, again: float | None) -> str:
    """The hint with its seconds filled in; without them, the clause that names them is left out."""
    if "{again}" not in hint:
        return hint
    if again is not None and again <= 0:
        return hint.replace("in {again}", "now")
    if again is not None:
        return hint.replace("{again}", f"{max(1, round(again))} s")
    kept = " ".join(clause for clause in re.split(r"(?<=[.;?]) ", hint) if "{again}" not in clause)
    if kept.endswith(";"):
        kept = f"{kept[:-1]}."
    is_key = kept[1:2] == " "
    return kept if is_key else kept[:1].upper() + kept[1:]


_UNTIL_RESTARTED = "Until then PiktID gets no answer and tries again later."


def ended(message: str, *, hint: str = _UNTIL_RESTARTED) -> Problem:
    """Return the problem of a session that has ended while its screen goes on; `message` says how it ended."""
    return Problem(message, f"Restart it. {hint}", screen_hint=f"u restarts it. {hint}")


def cannot_remove(short_id: str) -> Problem:
    """Return why the current secret of a ring stays."""
    return Problem(
        f"Secret {short_id} is the current one: PiktID signs with it.",
        "It can be removed when another is registered or the webhook is deleted.",
        severity=Severity.WARNING,
    )


def delivery_gone(seq: int) -> Problem:
    """Return the problem of a delivery that was deleted before what was to be done with it."""
    return Problem(f"#{seq} is not in the history any more.", "", severity=Severity.WARNING)


INVALID_EVENT_NAME = Problem("That cannot be an event's name.", "Use visible characters on one line.", ExitCode.USAGE)


class ProblemError(Exception):
    """Raised for an error that the user can understand; `problem` is what to show."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence())
        self.problem = problem
