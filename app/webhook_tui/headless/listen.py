"""Runs a session without a screen: prints its events, and decides on the exit code."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import TextIO

from msgspec import Struct

from webhook_tui.config import Settings
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.events import (
    DeliveryStored,
    Notified,
    ProblemOccurred,
    RequestRefused,
    SessionEvent,
    SessionReady,
    SessionStopped,
    StatusChanged,
    TokenRequired,
)
from webhook_tui.domain.expectation.expectation import Criteria
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.domain.status import TunnelState, TunnelStatus
from webhook_tui.headless import messages
from webhook_tui.headless.command_run import CommandEnded, CommandLine
from webhook_tui.headless.delivery_selection import DeliveryCommand, DeliverySelection
from webhook_tui.headless.event_queue import EventQueue, Published
from webhook_tui.headless.expectation import DeliveriesArrived, ExitCondition, history_options
from webhook_tui.headless.output import JsonWriter, LineWriter, TextLine
from webhook_tui.headless.text_style import TextStyle, print_note
from webhook_tui.session.bus import DeliveriesInserted, DeliveriesStored
from webhook_tui.session.session import InsertedHandler, Session
from webhook_tui.signals import handled_signals
from webhook_tui.storage.contracts.history_contract import DepartureReader
from webhook_tui.storage.database.temporary_directory import discard_all
from webhook_tui.streams import OutputError

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.1
_MOST_TOGETHER = 1024
"""Lines that are passed on together, about."""
_PAUSE_SECONDS = 0.01
"""Between the events passed on together and the next ones. Each wake-up of this thread takes the interpreter lock from
the receiver, unless that waits for the disk: one for each group of deliveries would take a tenth of its time. Also the
longest time from a commit to the lines that were prepared for it."""
_GC_THRESHOLD = (5_000, 5, 5)
"""Deliveries make no cycles: fewer collections, and none of what was there at the start."""
_STUCK_SECONDS = 2.0
"""How long output may still block once the session has stopped after a signal."""
GIVE_UP_SECONDS = 30.0
"""How long transient problems may last before the session is ready."""


class ListenOptions(Struct, frozen=True):
    """What `listen` does beside receiving."""

    output: str = "text"
    """text, json, or junit, which prints the outcome of `criteria` alone."""
    criteria: Criteria | None = None
    """Ends the session when these deliveries have arrived."""
    since_seq: int | None = None
    """Deliveries with greater numbers count; None: those that arrive from now on."""
    filter: Filter | None = None
    """Which deliveries are printed and passed to `command`; None: all."""
    command: str | None = None
    """A program to run for each valid delivery."""


def listen(settings: Settings, options: ListenOptions) -> int:
    """Run until a signal, a failure that is not transient, or until `options.criteria` are met; return the exit code.

    Raises ProblemError.
    """
    output, criteria = options.output, options.criteria
    command = None if options.command is None else DeliveryCommand(options.command, _note_exec)
    session = Session.open(settings, asks=False)
    lines: LineWriter | JsonWriter
    if output == "json":
        lines = JsonWriter(sys.stdout.buffer)
    else:
        lines = LineWriter(TextLine(TextStyle.of_stdout()) if output == "text" else _no_line, sys.stdout)
    condition = ExitCondition()
    if criteria is not None:
        kept = _kept_history(settings)
        condition = DeliveriesArrived(
            criteria, session.history_path, since_seq=options.since_seq, output=output, options=kept
        )
    with contextlib.closing(DepartureReader(session.history_path)) as departures:
        selection = DeliverySelection(options.filter, settings.job_fields, departures)
        return _follow(session, lines, condition, selection=selection, command=command)


def _note_exec(sentence: str) -> None:
    print_note(f"webhook-tui: {sentence}")


def run_command(
    settings: Settings, line: CommandLine, criteria: Criteria | None, *, since_seq: int | None, output: str
) -> int:
    """Run a session with a command beside it; return the command's exit code, or that of `criteria`.

    Raises ProblemError.
    """
    session = Session.open(settings, asks=False)
    arrived = None
    if criteria is not None:
        arrived = DeliveriesArrived(
            criteria,
            session.history_path,
            since_seq=since_seq,
            output=output,
            options=_kept_history(settings),
            begins_when_ready=False,
        )
    return _follow(session, LineWriter(_no_line, sys.stdout), CommandEnded(line, session, arrived))


def _kept_history(settings: Settings) -> str | None:
    return None if settings.is_temporary else history_options(settings.db, settings.places)


def _no_line(_event: SessionEvent) -> str | None:
    return None


def _follow(
    session: Session,
    lines: LineWriter | JsonWriter,
    condition: ExitCondition,
    *,
    selection: DeliverySelection | None = None,
    command: DeliveryCommand | None = None,
) -> int:
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLD)
    events = EventQueue()
    front = Headless(session.stop, lines, sys.stderr, condition=condition, selection=selection, command=command)
    put_inserted = events.put_inserted if front.prepares else None
    thread = threading.Thread(target=_run, args=(session, events, put_inserted), name="session", daemon=True)
    has_ended = threading.Event()
    stuck = threading.Thread(target=_exit_if_stuck, args=(thread, has_ended, front), daemon=True)

    def on_signal(number: int, frame: FrameType | None) -> None:
        if front.is_stopping and number == signal.SIGINT:  # a second ctrl+c ends it at once
            discard_all()
            os._exit(128 + number)
        front.on_signal(number, frame)
        if front.is_stopping and stuck.ident is None:
            stuck.start()

    with handled_signals(on_signal):
        thread.start()
        try:
            front.follow(events)
        finally:  # also after an error here
            session.stop()
            thread.join(timeout=5)
            has_ended.set()
        if command is not None:
            command.close()
        condition.report()
    return front.exit_code


def _exit_if_stuck(session: threading.Thread, has_ended: threading.Event, front: Headless) -> None:
    """End the process once the session has stopped, also when the reader of standard output has stopped reading."""
    session.join()
    if not has_ended.wait(_STUCK_SECONDS):
        _log.warning("standard output is not read; its last lines are dropped")
        os._exit(front.exit_code)


def _run(session: Session, events: EventQueue, put_inserted: InsertedHandler | None) -> None:
    try:
        session.run(events.put, events.put_stored, put_inserted)
    except BaseException as error:  # noqa: BLE001 -- the edge of the thread: whatever it is, the program must end
        _log.error("the session ended by an error", exc_info=error)
        events.put(SessionStopped(messages.session_bug(error)))


class Headless:
    """Prints the events of one session and decides how it ends."""

    def __init__(
        self,
        stop: Callable[[], None],
        lines: LineWriter | JsonWriter,
        notes: TextIO,
        *,
        condition: ExitCondition | None = None,
        selection: DeliverySelection | None = None,
        command: DeliveryCommand | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`condition`: what else ends it. `selection`: what is printed. `clock`: monotonic seconds."""
        self._selection = selection or DeliverySelection(None)
        self._command = command
        self._condition = condition or ExitCondition()
        self._clock = clock
        self._stop = stop
        self._lines = lines
        self._json = lines if isinstance(lines, JsonWriter) else None
        self._prepared: _Prepared | None = None
        """The last deliveries that were inserted, with their lines; None once any are stored."""
        self._notes = notes
        self._signal: int | None = None
        self._ready = False
        self._stopping = False
        self._notes_printed = 0
        self._is_unverified = False
        self._problem: Problem | None = None
        self._obstacle: Problem | None = None
        """The problem of the API or the tunnel that keeps the session from being ready."""
        self._failure: Problem | None = None
        self._give_up_at = clock() + GIVE_UP_SECONDS

    @property
    def is_stopping(self) -> bool:
        """Whether the session was asked to stop."""
        return self._stopping

    @property
    def exit_code(self) -> int:
        """The code of the problem that ended it, 128 + the signal, or that of the exit condition."""
        if self._failure is not None:
            return int(self._failure.exit_code)
        return 128 + self._signal if self._signal is not None else self._condition.exit_code

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Stop the session, unless the exit condition passes the signal on. Repeated signals have no effect."""
        if self._condition.on_signal(number):
            return
        self._signal = number if self._signal is None else self._signal
        self._end()

    @property
    def prepares(self) -> bool:
        """Whether it takes deliveries that are about to be committed, and encodes their lines meanwhile.

        So it does where all are printed as JSON. `listen` takes 1.05 times as many deliveries by that as where the
        session's loop encodes the lines, and 1.1 to 1.2 times as many as where this thread does so after the commit,
        when the loop wants the interpreter lock itself. With an exit condition that reads the history, each group of
        deliveries would be a look at it.
        """
        is_all = self._command is None and self._selection.is_all
        return self._json is not None and is_all and not self._condition.reads_history

    def follow(self, events: EventQueue) -> None:
        """Print each event until the session has stopped."""
        has_stopped = False
        while not has_stopped:
            events.wait(_POLL_SECONDS if self._prepared is None else _PAUSE_SECONDS)
            for event in _next_events(events):
                match event:
                    case DeliveriesInserted(deliveries):
                        self._prepare(deliveries)
                    case DeliveriesStored(deliveries):
                        self._on_stored(deliveries)
                    case _:
                        self._take(event)
                        has_stopped |= isinstance(event, SessionStopped)
            self._flush()
            self._check_deadline()
            self._check_condition()
            if not has_stopped and not self.prepares:
                time.sleep(_PAUSE_SECONDS)  # noqa: TID251 -- nothing is waited for: lines gather meanwhile

    def _check_condition(self) -> None:
        try:
            if not self._stopping and self._condition.is_met():
                self._end()
        except ProblemError as error:
            self._fail(error.problem, is_printed=False)

    def _prepare(self, deliveries: Sequence[DeliveryStored]) -> None:
        assert self._json is not None
        self._prepared = _Prepared(deliveries, self._json.encoded(deliveries))

    def _on_stored(self, deliveries: Sequence[DeliveryStored]) -> None:
        prepared, self._prepared = self._prepared, None
        if self._json is None or prepared is None or prepared.deliveries is not deliveries:
            for stored in deliveries:
                self._take(stored)
            return
        try:
            self._json.write_lines(prepared.lines)
        except OutputError as error:
            self._on_output_failed(error)

    def _take(self, event: SessionEvent) -> None:
        if not isinstance(event, DeliveryStored):
            self._on_event(event)
        try:
            self._print(event)
        except OutputError as error:
            self._on_output_failed(error)
        try:
            self._condition.on_event(event)
        except ProblemError as error:
            self._fail(error.problem, is_printed=False)

    def _on_event(self, event: SessionEvent) -> None:
        match event:
            case SessionReady():
                self._ready = True
            case ProblemOccurred() as occurred:
                self._on_problem(occurred)
            case RequestRefused(refusal=refusal):
                self._note(refusal.sentence())
            case TokenRequired():
                self._fail(messages.NO_TOKEN, is_printed=False)
            case Notified(sentence=sentence):
                self._note(sentence)
            case StatusChanged(status=status):
                for note in status.notes[self._notes_printed :]:
                    self._note(note.sentence())
                self._notes_printed = len(status.notes)
                self._note_unverified(status.tunnel)
            case SessionStopped(problem=problem) if problem is not None:
                self._on_stopped(problem)

    def _flush(self) -> None:
        try:
            self._lines.flush()
        except OutputError as error:
            self._on_output_failed(error)

    def _on_output_failed(self, error: OutputError) -> None:
        self._lines.silence()
        if error.is_unread:
            self._end()
        else:
            self._fail(messages.output_failed_while_listening(error.reason), is_printed=False)

    def _print(self, event: SessionEvent) -> None:
        selected = self._selection.select(event)
        if selected is None:
            return
        if self._command is not None:
            self._command.on_event(selected)
        self._lines.write(selected)

    def _on_problem(self, occurred: ProblemOccurred) -> None:
        problem = occurred.problem
        self._note(problem.sentence(occurred.again))
        self._problem = problem
        if problem.exit_code in (ExitCode.API, ExitCode.TUNNEL):
            self._obstacle = problem
        if occurred.fatal and not self._ready:
            self._fail(problem)

    def _note_unverified(self, tunnel: TunnelStatus) -> None:
        """Print why the public URL is not verified, once each time that it becomes so."""
        is_unverified = tunnel.state is TunnelState.UNVERIFIED
        if is_unverified and not self._is_unverified and tunnel.problem is not None:
            self._note(tunnel.problem.message)
        self._is_unverified = is_unverified

    def _on_stopped(self, problem: Problem) -> None:
        if problem is not self._problem:  # which is printed already
            self._note(problem.sentence())
        if self._signal is None and self._failure is None:
            self._failure = problem

    def _check_deadline(self) -> None:
        problem = self._obstacle
        if not self._ready and not self._stopping and problem is not None and self._clock() > self._give_up_at:
            self._note(f"Not ready after {GIVE_UP_SECONDS:g} s; leaving. {problem.sentence()}")
            self._fail(problem)

    def _fail(self, problem: Problem, *, is_printed: bool = True) -> None:
        if not self._stopping:
            self._failure = problem
            if not is_printed:
                self._note(problem.sentence())
        self._end()

    def _end(self) -> None:
        self._stopping = True
        self._stop()

    def _note(self, sentence: str) -> None:
        self._flush()  # what happened before stands before
        self._notes.write(f"webhook-tui: {visible(sentence)}\n")  # in one piece: the log of another program may get it
        self._notes.flush()


class _Prepared(Struct, frozen=True):
    """Deliveries that are inserted and not known to be committed, with their lines."""

    deliveries: Sequence[DeliveryStored]
    lines: bytearray


def _next_events(events: EventQueue) -> Iterator[Published]:
    """Yield the events that are there and those that arrive meanwhile, up to a limit."""
    count = 0
    while count <= _MOST_TOGETHER and (event := events.take()) is not None:
        yield event
        count += len(event.deliveries) if isinstance(event, DeliveriesStored) else 1
