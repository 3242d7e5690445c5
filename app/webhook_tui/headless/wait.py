"""Waits for deliveries that another process stores: what `wait` does."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from webhook_tui.domain.delivery.summary import summarize
from webhook_tui.domain.errors import ExitCode
from webhook_tui.domain.expectation.expectation import Criteria, Expectation, Outcome
from webhook_tui.export.json_lines import delivery_line
from webhook_tui.headless.delivery_list import DeliveryList
from webhook_tui.headless.expectation_report import conclusion, exit_code, intention, junit, progress
from webhook_tui.headless.text_style import TextStyle
from webhook_tui.storage.contracts.history_contract import DepartureReader
from webhook_tui.storage.history_query import AccountFilter
from webhook_tui.storage.history_watch import HistoryWatch

_POLL_SECONDS = 0.1


def wait(path: Path, criteria: Criteria, accounts: AccountFilter, *, since_seq: int | None, output: str) -> ExitCode:
    """Wait until the outcome is known, print it, and return the exit code. `output`: text, json or junit.

    Raises ProblemError when the history cannot be read, KeyboardInterrupt when the user interrupts.
    """
    began = time.monotonic()
    with (
        closing(HistoryWatch(path, since_seq=since_seq, accounts=accounts)) as watch,
        closing(DepartureReader(lambda: path, *criteria.expressions)) as departures,
    ):
        _note(intention(criteria, watch.since_seq))
        if not watch.is_written():
            _note("No session writes this history now. Start one: webhook-tui listen")
        expectation = Expectation(criteria, departures)
        _follow(watch, expectation, began)
    seconds = time.monotonic() - began
    print_outcome(expectation, seconds, output)
    return exit_code(expectation)


def _follow(watch: HistoryWatch, expectation: Expectation, began: float) -> None:
    within, pause = expectation.criteria.within, threading.Event()
    while True:
        is_over = within is not None and time.monotonic() - began >= within
        while found := watch.poll():
            for stored in found:
                if expectation.observe(stored, datetime.now(UTC)):
                    _note(progress(expectation, stored))
            if expectation.outcome is not Outcome.WAITING:
                return
        if is_over:
            return
        pause.wait(_POLL_SECONDS if within is None else min(_POLL_SECONDS, max(0, began + within - time.monotonic())))


def print_outcome(expectation: Expectation, seconds: float, output: str) -> None:
    """Print the deliveries to standard output, and to standard error why the wait was not met."""
    deliveries = list(expectation.met.values())
    if output == "junit":
        sys.stdout.write(junit(expectation, seconds))
    elif exit_code(expectation) is ExitCode.OK and output == "json":
        sys.stdout.writelines(delivery_line(stored.row, stored.delivery) for stored in deliveries)
    elif exit_code(expectation) is ExitCode.OK and deliveries:
        last = max(stored.row.seq for stored in deliveries)
        table = DeliveryList(TextStyle.of_stdout(), datetime.now().astimezone(), last)
        lines = (table.line(stored, summarize(stored.delivery.body)) for stored in deliveries)
        sys.stdout.write("\n".join((table.header(), *lines, "")))
    for line in conclusion(expectation, seconds):
        _note(line)


def _note(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
