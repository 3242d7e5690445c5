"""The deliveries that a session without a screen shows and passes to a program: `--filter` and `--exec`."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import DeliveryStored, Forwarded, SessionEvent, VerdictChanged
from webhook_tui.domain.filtering.evaluate import Departures, matches
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.domain.jobs.job import USUAL_FIELDS, JobFields
from webhook_tui.environment import child_environment
from webhook_tui.export.json_lines import delivery_line
from webhook_tui.headless import messages

_MOST_HIDDEN = 1000


class DeliverySelection:
    """Leaves out the events of deliveries that do not pass the filter."""

    def __init__(
        self,
        chosen: Filter | None,
        job_fields: JobFields = USUAL_FIELDS,
        departures: Departures = lambda _: (),
    ) -> None:
        """`chosen`: None lets everything pass. `departures`: for `departs:`."""
        self._filter = chosen
        self._job_fields = job_fields
        self._departures = departures
        self._hidden: dict[int, DeliveryStored] = {}
        """The newest that did not pass: with another verdict they may."""

    @property
    def is_all(self) -> bool:
        """Whether every delivery passes."""
        return self._filter is None

    def select(self, event: SessionEvent) -> SessionEvent | None:
        """Return the event, or None where it is left out; a delivery that passes only later comes then, whole."""
        if self._filter is None:
            return event
        match event:
            case DeliveryStored(row):
                if self._passes(event):
                    return event
                self._hidden[row.seq] = event
                if len(self._hidden) > _MOST_HIDDEN:
                    del self._hidden[next(iter(self._hidden))]
                return None
            case VerdictChanged(row) if row.seq in self._hidden:
                changed = DeliveryStored(row, self._hidden[row.seq].delivery, self._hidden[row.seq].is_simulated)
                if not self._passes(changed):
                    return None
                del self._hidden[row.seq]
                return changed
            case Forwarded(result) if result.seq in self._hidden:
                return None
            case _:
                return event

    def _passes(self, event: DeliveryStored) -> bool:
        assert self._filter is not None
        stored = StoredDelivery(event.row, event.delivery)
        return matches(
            self._filter.expression,
            stored,
            datetime.now(UTC),
            job_fields=self._job_fields,
            departures=self._departures,
        )


_AT_ONCE = 4
_MOST_PENDING = 1000


class DeliveryCommand:
    """Passes each valid delivery to a program as the JSON of `listen`, by standard input; a few run at once."""

    def __init__(self, command: str, note: Callable[[str], None]) -> None:
        """`note`: takes a sentence about a program that failed, from any thread. Raises ProblemError (usage)."""
        try:
            self._arguments = shlex.split(command)
        except ValueError as error:
            raise ProblemError(messages.invalid_program(error)) from error
        if not self._arguments:
            raise ProblemError(messages.NO_PROGRAM)
        self._note = note
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="exec")
        self._pending: dict[int, DeliveryStored] = {}
        """Deliveries that are not valid yet."""

    def on_event(self, event: SessionEvent) -> None:
        """Start the program for a delivery that is valid, or has become so."""
        match event:
            case DeliveryStored(row) if row.verdict.is_good:
                self._start(event)
            case DeliveryStored(row):
                self._pending[row.seq] = event
                if len(self._pending) > _MOST_PENDING:
                    del self._pending[next(iter(self._pending))]
            case VerdictChanged(row) if row.verdict.is_good and row.seq in self._pending:
                self._start(DeliveryStored(row, self._pending.pop(row.seq).delivery))

    def close(self) -> None:
        """Wait for the programs that run or are still to be run."""
        self._threads.shutdown()

    def _start(self, event: DeliveryStored) -> None:
        line = delivery_line(event.row, event.delivery).encode("ascii")
        self._threads.submit(self._run, event.row.seq, line)

    def _run(self, seq: int, line: bytes) -> None:
        name = visible(self._arguments[0])
        try:
            done = subprocess.run(  # noqa: S603 -- the user's own, without a shell
                self._arguments, input=line, stdout=sys.stderr.fileno(), check=False, env=child_environment(os.environ)
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self._note(f"{name} cannot be run for #{seq}: {reason}.")
            return
        if done.returncode:
            self._note(f"{name} ended with {done.returncode} for #{seq}.")
