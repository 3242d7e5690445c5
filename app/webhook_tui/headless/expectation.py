"""Waits for deliveries: what `wait` and a session with --until do, and their reports as text and as JUnit XML."""

from __future__ import annotations

import shlex
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from webhook_tui.domain import units
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.summary import summarize
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode
from webhook_tui.domain.events import HistoryOpened, SessionEvent, SessionReady
from webhook_tui.domain.expectation.expectation import Criteria, Expectation, Outcome
from webhook_tui.export.json_lines import delivery_line
from webhook_tui.headless.delivery_page import DeliveryList
from webhook_tui.headless.text_style import TextStyle, print_note
from webhook_tui.places import Places
from webhook_tui.storage.contracts.history_contract import DepartureReader
from webhook_tui.storage.history_query import AccountFilter
from webhook_tui.storage.history_watch import HistoryWatch

_MOST_NUMBERS = 5
_LINE = 58


def exit_code(expectation: Expectation) -> ExitCode:
    """Return how a command ends when the wait is over: 0, 6 (not in time) or 7 (a forbidden delivery arrived)."""
    match expectation.outcome:
        case Outcome.FORBIDDEN:
            return ExitCode.FORBIDDEN
        case Outcome.MET:
            return ExitCode.OK
        case Outcome.WAITING:
            return ExitCode.OK if expectation.criteria.until is None else ExitCode.NOT_IN_TIME


def intention(criteria: Criteria, since_seq: int) -> str:
    """Return `waiting for 3: event:image_result (60 s, from #45)`."""
    words = []
    if criteria.until is not None:
        words.append(f"waiting for {criteria.count}: {visible(criteria.until.text)}")
    if criteria.none is not None:
        words.append(f"{'unless' if words else 'waiting:'} {visible(criteria.none.text)} must not come")
    limit = "" if criteria.within is None else f"{criteria.within:g} s, "
    return f"{', '.join(words)} ({limit}from #{since_seq + 1})"


def progress(expectation: Expectation, stored: StoredDelivery) -> str:
    """Return the line of one delivery that counts."""
    words = (visible(stored.row.event) or "(no event)", visible(summarize(stored.delivery.body).words))
    return f"  {len(expectation.met)} of {expectation.criteria.count}  #{stored.row.seq}  {'  '.join(words)}".rstrip()


def history_options(db: Path | None, places: Places) -> str:
    """Return the options with which another command reads the same history, as ` --db FILE`; "" for the default one."""
    options = ["--profile", places.profile] if places.profile else []
    options += ["--db", str(db)] if db is not None else []
    return "".join(f" {shlex.quote(option)}" for option in options)


def conclusion(expectation: Expectation, seconds: float, options: str | None = "") -> Sequence[str]:
    """Return the lines that report how the wait ended; none when its deliveries arrived. `seconds`: its duration.

    `options`: those of `history_options`; None: the history is deleted on exit.
    """
    criteria, forbidden = expectation.criteria, expectation.forbidden
    if exit_code(expectation) is ExitCode.OK:
        none = criteria.none if criteria.until is None else None
        return [] if none is None else [f"No delivery matched {visible(none.text)} in {seconds:.3g} s."]
    if forbidden is not None:
        assert criteria.none is not None
        row = forbidden.row
        what = f"#{row.seq} {_what(row)}"
        first = f"A forbidden delivery arrived after {seconds:.3g} s: {what} ({visible(criteria.none.text)})."
        return [first, *_others(expectation), _next_step(row, options)]
    first = f"Not in time: {len(expectation.met)} of {criteria.count} after {seconds:.3g} s."
    bad = [miss.row for miss in expectation.others.values() if miss.row.verdict.is_bad]
    causes = Counter(map(_what, bad))
    most = sorted(bad, key=lambda row: -causes[_what(row)])[:1]
    return [first, *_others(expectation), *(_next_step(row, options) for row in most)]


def _next_step(row: DeliveryRow, options: str | None) -> str:
    if options is None:
        return "The history of this run is deleted. Keep it with --db FILE."
    return f"Next: webhook-tui {'why' if row.verdict.is_bad else 'show'} {row.seq}{options}"


def junit(expectation: Expectation, seconds: float, options: str | None = "") -> str:
    """Return one test suite with a test case for `until` and one for `none`. `options`: as for `conclusion`."""
    criteria = expectation.criteria
    lines = "\n".join(conclusion(expectation, seconds, options))
    cases = []
    if criteria.until is not None:
        is_missed = expectation.outcome is Outcome.WAITING
        cases.append((f"{criteria.count} × {visible(criteria.until.text)}", "not-in-time" if is_missed else ""))
    if criteria.none is not None:
        is_forbidden = expectation.outcome is Outcome.FORBIDDEN
        cases.append((f"none: {visible(criteria.none.text)}", "forbidden" if is_forbidden else ""))
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(bool(kind) for _, kind in cases)),
        "errors": "0",
        "time": f"{seconds:.3f}",
    }
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "webhook-tui wait", "skipped": "0", **counts})
    for name, kind in cases:
        attributes = {"classname": "webhook-tui.wait", "name": name, "time": f"{seconds:.3f}"}
        case = ET.SubElement(suite, "testcase", attributes)
        if kind:
            message = lines.partition("\n")[0]
            ET.SubElement(case, "failure", {"message": message, "type": kind}).text = lines
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _what(row: DeliveryRow) -> str:
    event = visible(row.event) or "(no event)"
    if not row.verdict.is_bad:
        return event if row.verdict.is_good else f"{event}, {row.verdict.value}"
    reason = visible(row.short_reason).rstrip(".")
    return f"{event}, {row.verdict.value}: {reason[:1].lower()}{reason[1:]}"


def _others(expectation: Expectation) -> list[str]:
    """What arrived instead: those that pass at least one term of the filter one by one, the rest by event."""
    if not expectation.others:
        return ["Nothing else arrived."]
    near: defaultdict[str, list[DeliveryRow]] = defaultdict(list)
    far: Counter[str] = Counter()
    for miss in expectation.others.values():
        if miss.terms_met or miss.row.verdict.is_bad:
            near[_what(miss.row)].append(miss.row)
        else:
            far[visible(miss.row.event) or "(no event)"] += 1
    lines = [f"Nearest misses, of the {units.counted(len(expectation.others), 'other')} that arrived:"]
    groups = sorted(near.items(), key=lambda group: -len(group[1]))
    for what, rows in groups:
        numbers = " ".join(f"#{row.seq}" for row in rows[:_MOST_NUMBERS])
        more = "" if len(rows) <= _MOST_NUMBERS else " …"
        lines.append(f"{len(rows):>3}  {what:<{_LINE - 5}}  {numbers}{more}")
    if far:
        lines.append(f"  {'  '.join(f'{count}  {event}' for event, count in far.most_common())}")
    return lines


_POLL_SECONDS = 0.1


def wait(
    path: Path, criteria: Criteria, accounts: AccountFilter, *, since_seq: int | None, output: str, options: str = ""
) -> ExitCode:
    """Wait until the outcome is known, print it, and return the exit code. `output`: text, json or junit.

    `options`: those of `history_options`.
    Raises ProblemError when the history cannot be read, KeyboardInterrupt when the user interrupts.
    """
    began = time.monotonic()
    with (
        closing(HistoryWatch(path, since_seq=since_seq, accounts=accounts)) as watch,
        closing(DepartureReader(lambda: path, *criteria.expressions)) as departures,
    ):
        print_note(intention(criteria, watch.since_seq))
        if not watch.is_written():
            print_note("No session writes this history now. Start one: webhook-tui listen")
        expectation = Expectation(criteria, departures)
        _follow(watch, expectation, began)
    seconds = time.monotonic() - began
    print_outcome(expectation, seconds, output, options)
    return exit_code(expectation)


def observe_new(watch: HistoryWatch, expectation: Expectation) -> None:
    """Read what is new until the outcome is known, and print a line for each delivery that counts."""
    while expectation.outcome is Outcome.WAITING and (found := watch.poll()):
        for stored in found:
            if expectation.observe(stored, datetime.now(UTC)):
                print_note(progress(expectation, stored))


def _follow(watch: HistoryWatch, expectation: Expectation, began: float) -> None:
    within, pause = expectation.criteria.within, threading.Event()
    while True:
        is_over = within is not None and time.monotonic() - began >= within
        observe_new(watch, expectation)
        if is_over or expectation.outcome is not Outcome.WAITING:
            return
        pause.wait(_POLL_SECONDS if within is None else min(_POLL_SECONDS, max(0, began + within - time.monotonic())))


def print_outcome(expectation: Expectation, seconds: float, output: str, options: str = "") -> None:
    """Print the deliveries to standard output, and to standard error why the wait was not met."""
    deliveries = list(expectation.met.values())
    if output == "junit":
        sys.stdout.write(junit(expectation, seconds, options))
    elif exit_code(expectation) is ExitCode.OK and output == "json":
        sys.stdout.writelines(delivery_line(stored.row, stored.delivery) for stored in deliveries)
    elif exit_code(expectation) is ExitCode.OK and deliveries:
        last = max(stored.row.seq for stored in deliveries)
        table = DeliveryList(TextStyle.of_stdout(), datetime.now().astimezone(), last)
        lines = (table.line(stored, summarize(stored.delivery.body)) for stored in deliveries)
        sys.stdout.write("\n".join((table.header(), *lines, "")))
    for line in conclusion(expectation, seconds, options):
        print_note(line)


class ExitCondition:
    """Decides when a session ends by itself, and with which exit code; this one: never. For the front end's thread."""

    reads_history = False
    """Whether `is_met` reads the history, which takes too long for a call after each group of deliveries."""

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

    reads_history = True

    def __init__(
        self,
        criteria: Criteria,
        history: Callable[[], Path],
        *,
        since_seq: int | None,
        output: str,
        options: str | None = "",
        begins_when_ready: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`history`: the file, once it is open. `begins_when_ready`: False: only by `begin_now`.

        `output`: junit prints a report to standard output. `options`: as for `conclusion`.
        """
        self._criteria = criteria
        self._history = history
        self._since_seq = since_seq
        self._output = output
        self._options = options
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
                print_note(intention(self._criteria, self._watch.since_seq))
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
        if self._watch is not None:
            observe_new(self._watch, self.expectation)
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
            sys.stdout.write(junit(self.expectation, self._seconds, self._options))
            sys.stdout.flush()
        if self._is_over:
            for line in conclusion(self.expectation, self._seconds, self._options):
                print_note(line)
