"""Conditions that end a session without a screen, such as the arrival of the expected deliveries."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from webhook_tui.domain.events import HistoryOpened, SessionEvent, SessionReady
from webhook_tui.domain.expectation.expectation import Criteria, Expectation, Outcome
from webhook_tui.headless.expectation_report import conclusion, exit_code, intention, junit, progress
from webhook_tui.storage.contracts.history_contract import DepartureReader
from webhook_tui.storage.history_watch import HistoryWatch


class ExitCondition:
    """Decides when a session ends by itself, and with which exit code; this one: never. For the front end's thread."""

    @property
    def exit_code(self) -> int:
        """The exit code where no failure and no signal ended the session."""
        return 0

    def on_event(self, event: SessionEvent) -> None:
        """Handle an event of the session."""

    def on_signal(self, _number: int) -> bool:
        """Return whether the signal was passed on, so that the session does not end by it."""
        return False

    def is_met(self) -> bool:
        """Return whether the session is to end now."""
        return False

    def report(self) -> None:
        """Print how it ended; called once, when the session has stopped."""


class DeliveriesArrived(ExitCondition):
    """Ends the session when the outcome of a wait is known, or its time is over.

    Its time begins when the session is ready, or by `begin_now`.
    """

    def __init__(
        self,
        criteria: Criteria,
        history: Callable[[], Path],
        *,
        since_seq: int | None,
        output: str,
        begins_when_ready: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`history`: the file, once it is open. `begins_when_ready`: False: only by `begin_now`. `output`:

        junit prints a report to standard output.
        """
        self._criteria = criteria
        self._history = history
        self._since_seq = since_seq
        self._output = output
        self._begins_when_ready = begins_when_ready
        self._clock = clock
        self._watch: HistoryWatch | None = None
        self._began: float | None = None
        self._seconds = 0.0
        self._is_over = False
        self._departures = DepartureReader(history, *criteria.expressions)
        self.expectation = Expectation(criteria, self._departures)

    def on_event(self, event: SessionEvent) -> None:
        """Watch the history from its opening on, before anything is received."""
        match event:
            case HistoryOpened():
                self._watch = HistoryWatch(self._history(), since_seq=self._since_seq)
            case SessionReady():
                assert self._watch is not None
                _note(intention(self._criteria, self._watch.since_seq))
                if self._begins_when_ready:
                    self.begin_now()

    def begin_now(self) -> None:
        """Start the time that `within` limits."""
        self._began = self._clock()

    def is_met(self) -> bool:
        """Read what is new; return whether the outcome is known or the time is over. Raises ProblemError."""
        within, began = self._criteria.within, self._began
        seconds = 0.0 if began is None else self._clock() - began
        is_late = within is not None and seconds >= within
        while self._watch is not None and self.expectation.outcome is Outcome.WAITING and (new := self._watch.poll()):
            for stored in new:
                if self.expectation.observe(stored, datetime.now(UTC)):
                    _note(progress(self.expectation, stored))
        if not self._is_over and (is_late or self.expectation.outcome is not Outcome.WAITING):
            self._is_over, self._seconds = True, seconds
        return self._is_over

    @property
    def exit_code(self) -> int:
        """0, 6 or 7; 0 also when it ended before the outcome was known."""
        return int(exit_code(self.expectation)) if self._is_over else 0

    def report(self) -> None:
        """Print why the wait was not met."""
        if self._watch is not None:
            self._watch.close()
        self._departures.close()
        if self._output == "junit":
            sys.stdout.write(junit(self.expectation, self._seconds))
            sys.stdout.flush()
        if self._is_over:
            for line in conclusion(self.expectation, self._seconds):
                _note(line)


def _note(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
