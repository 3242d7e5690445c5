"""When `listen` gives up: at once, after 30 s, or never, by a clock that the test moves."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass, field
from errno import ENOSPC
from typing import BinaryIO

import pytest

from webhook_tui.domain.errors import ExitCode, Problem
from webhook_tui.domain.events import ProblemOccurred, SessionEvent, SessionReady, SessionStopped
from webhook_tui.headless.event_queue import EventQueue
from webhook_tui.headless.listen import GIVE_UP_SECONDS, Headless
from webhook_tui.headless.output import JsonWriter
from webhook_tui.streams import OutputError

NO_NETWORK = Problem(
    "There is no network.",
    "Check the connection; retrying in {again}.",
    ExitCode.API,
    is_transient=True,
    screen_hint="Retrying in {again}; u tries now.",
)
NO_DISK = Problem("The disk is full.", "Free some space.", is_transient=True)
REFUSED = Problem("PiktID refused the token (401).", "Get another.", ExitCode.API)
READY = SessionReady("https://example.com", 9876)


@dataclass
class _Run:
    """A front end over a session that gets events, and that stops when it is asked to."""

    seconds: float = 100.0
    events: EventQueue = field(default_factory=EventQueue)
    said: BinaryIO = field(default_factory=io.BytesIO)
    noted: io.StringIO = field(default_factory=io.StringIO)
    stops: int = 0

    def __post_init__(self) -> None:
        self.front = Headless(self._stop, JsonWriter(self.said), self.noted, clock=lambda: self.seconds)

    def _stop(self) -> None:
        if not self.stops:
            self.events.put(SessionStopped())
        self.stops += 1

    def happens(self, *events: SessionEvent) -> None:
        """Pass events to the front end, in order, and run it until the session has stopped."""
        for event in events:
            self.events.put(event)
        self.front.follow(self.events)


def test_it_gives_up_after_thirty_seconds() -> None:
    """After what has happened until then is printed; the last problem of the route gives the exit code."""
    run = _Run()
    run.events.put(ProblemOccurred(NO_NETWORK, 4.0))
    run.events.put(ProblemOccurred(NO_DISK))
    run.seconds += GIVE_UP_SECONDS + 0.1
    run.happens()
    assert run.front.exit_code == 3
    assert run.noted.getvalue() == (
        "webhook-tui: There is no network. Check the connection; retrying in 4 s.\n"
        "webhook-tui: The disk is full. Free some space.\n"
        "webhook-tui: Not ready after 30 s; leaving. There is no network. Check the connection.\n"
    )


def test_it_goes_on_before() -> None:
    """29 s are not 30."""
    run = _Run()
    run.seconds += GIVE_UP_SECONDS - 1
    run.happens(ProblemOccurred(NO_NETWORK, 4.0), SessionStopped())
    assert run.front.exit_code == 0
    assert not run.stops


def test_a_slow_tunnel_has_a_longer_deadline() -> None:
    """A tunnel without a problem that is not open yet."""
    run = _Run()
    run.seconds += 10 * GIVE_UP_SECONDS
    run.happens(SessionStopped())
    assert run.front.exit_code == 0
    assert not run.stops


@pytest.mark.parametrize("problem", [NO_NETWORK, REFUSED], ids=["mends itself", "does not"])
def test_once_ready_it_never_gives_up(problem: Problem) -> None:
    """Neither after a minute nor for a problem that only a person can solve."""
    run = _Run()
    run.events.put(READY)
    run.seconds += 2 * GIVE_UP_SECONDS
    run.happens(ProblemOccurred(problem, None, fatal=not problem.is_transient), SessionStopped())
    assert run.front.exit_code == 0
    assert not run.stops


def test_what_cannot_mend_itself_ends_it_at_once() -> None:
    """Without any waiting."""
    run = _Run()
    run.happens(ProblemOccurred(REFUSED, fatal=True))
    assert run.front.exit_code == 3


def test_a_session_that_ends_by_itself_says_why_once() -> None:
    """The problem was reported when it occurred; its end is not another one."""
    run = _Run()
    run.happens(ProblemOccurred(REFUSED, fatal=True), SessionStopped(REFUSED))
    assert run.noted.getvalue() == f"webhook-tui: {REFUSED.sentence()}\n"


class _Full(io.BytesIO):
    """A file on a disk that is full."""

    def flush(self) -> None:
        """Fail as the program's standard output does."""
        raise OutputError(OSError(ENOSPC, os.strerror(ENOSPC)))


def test_lines_that_cannot_be_written_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tidily, with 1 and one sentence."""
    monkeypatch.setattr("sys.stdout", io.StringIO())  # which is changed for a silent one
    run = _Run(said=_Full())
    run.happens(READY)
    sys.stdout.close()
    assert run.front.exit_code == 1
    assert run.stops
    assert run.noted.getvalue() == (
        "webhook-tui: Standard output cannot be written: No space left on device. What was received is stored.\n"
    )
