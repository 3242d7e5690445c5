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

_MOST_KEPT = 1000
_MOST_KEPT_BYTES = 32 * 1024 * 1024


class _KeptDeliveries:
    """The newest deliveries that were added, by number: at most 1,000, with at most 32 MiB of bodies."""

    def __init__(self) -> None:
        self._deliveries: dict[int, DeliveryStored] = {}
        self._size = 0

    def add(self, event: DeliveryStored) -> None:
        """Keep a delivery, and drop the oldest where there are too many."""
        self._deliveries[event.row.seq] = event
        self._size += len(event.delivery.body)
        while len(self._deliveries) > _MOST_KEPT or self._size > _MOST_KEPT_BYTES:
            self.pop(next(iter(self._deliveries)))

    def get(self, seq: int) -> DeliveryStored | None:
        """Return a delivery; None: it is not kept."""
        return self._deliveries.get(seq)

    def pop(self, seq: int) -> DeliveryStored | None:
        """Remove and return a delivery; None: it is not kept."""
        event = self._deliveries.pop(seq, None)
        self._size -= 0 if event is None else len(event.delivery.body)
        return event


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
        self._hidden = _KeptDeliveries()
        """Those that did not pass: with another verdict they may."""

    @property
    def is_all(self) -> bool:
        """Whether every delivery passes."""
        return self._filter is None

    def select(self, event: SessionEvent) -> SessionEvent | None:
        """Return the event, or None where it is left out; a delivery that passes only later comes then, whole."""
        if self._filter is None:
            return event
        match event:
            case DeliveryStored():
                if self._passes(event):
                    return event
                self._hidden.add(event)
                return None
            case VerdictChanged(row) if (hidden := self._hidden.get(row.seq)) is not None:
                changed = DeliveryStored(row, hidden.delivery, hidden.is_simulated)
                if not self._passes(changed):
                    return None
                self._hidden.pop(row.seq)
                return changed
            case Forwarded(result) if self._hidden.get(result.seq) is not None:
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
        self._pending = _KeptDeliveries()
        """Deliveries that are not valid yet."""

    def on_event(self, event: SessionEvent) -> None:
        """Start the program for a delivery that is valid, or has become so."""
        match event:
            case DeliveryStored(row) if row.verdict.is_good:
                self._start(event)
            case DeliveryStored():
                self._pending.add(event)
            case VerdictChanged(row) if row.verdict.is_good and (pending := self._pending.pop(row.seq)) is not None:
                self._start(DeliveryStored(row, pending.delivery))

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
