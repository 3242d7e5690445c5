"""Runs a program for each valid delivery: `--exec 'PROG ARGS'`."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import DeliveryStored, SessionEvent, VerdictChanged
from webhook_tui.environment import child_environment
from webhook_tui.export.json_lines import delivery_line
from webhook_tui.headless import messages

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
