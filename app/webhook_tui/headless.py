"""The main job without a screen: lines for people, or NDJSON on standard output with notes on standard error.

No received byte reaches the terminal as a control character, and no line ever holds the token or a secret.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import Any, TextIO

from webhook_tui.config import Settings
from webhook_tui.domain import units
from webhook_tui.domain.answer import RESET
from webhook_tui.domain.delivery import DeliveryRow
from webhook_tui.domain.facts import (
    BecameReady,
    DeliveryRecorded,
    EventReconciled,
    Fact,
    Forwarded,
    ProblemOccurred,
    SessionStopped,
    StatusChanged,
    TokenAsked,
    TunnelChanged,
    VerdictChanged,
    WebhookDeleted,
    WebhookRegistered,
    WishGranted,
)
from webhook_tui.domain.problem import ExitCode, Problem
from webhook_tui.domain.status import TunnelState, TunnelStatus
from webhook_tui.domain.text import visible
from webhook_tui.domain.verdict import Verdict
from webhook_tui.export import as_line, delivery_record
from webhook_tui.session import ListenSession

_log = logging.getLogger(__name__)

GIVE_UP_SECONDS = 30.0
"""How long what can mend itself may take before the first success."""


def listen(settings: Settings, output: str) -> int:
    """Run until a signal or a failure that cannot mend itself; gives the exit code. `output`: text or json."""
    session = ListenSession.open(settings, asks=False)
    facts: queue.SimpleQueue[Fact] = queue.SimpleQueue()
    lines = (
        JsonLines(sys.stdout)
        if output == "json"
        else TextLines(sys.stdout, color=_wants_color(), in_ascii=not _is_utf8())
    )
    front = Headless(session.stop, lines, sys.stderr)
    thread = threading.Thread(target=_run, args=(session, facts), name="session", daemon=True)
    with _signals(front.signalled):
        thread.start()
        try:
            front.follow(facts)
        finally:  # whatever went wrong here, the session tidies up
            session.stop()
            thread.join(timeout=5)
    return front.exit_code


def _run(session: ListenSession, facts: queue.SimpleQueue[Fact]) -> None:
    try:
        session.run(facts.put)
    except BaseException as error:  # noqa: BLE001 -- the edge of the thread: whatever it is, the program must end
        _log.error("the session ended by an error", exc_info=error)
        facts.put(SessionStopped(Problem(f"webhook-tui has a bug: {type(error).__name__}.", "Report it.")))


class Headless:
    """Follows the facts of one session and decides how it ends."""

    def __init__(
        self,
        stop: Callable[[], None],
        lines: JsonLines | TextLines,
        notes: TextIO,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock`: monotonic seconds."""
        self._clock = clock
        self._stop = stop
        self._lines = lines
        self._notes = notes
        self._signal: int | None = None
        self._ready = False
        self._stopping = False
        self._notes_said = 0
        self._is_unproven = False
        self._problem: Problem | None = None
        self._failure: Problem | None = None
        self._give_up_at = clock() + GIVE_UP_SECONDS

    @property
    def exit_code(self) -> int:
        """0, the code of the problem that ended it, or 128 + the signal."""
        if self._failure is not None:
            return int(self._failure.exit_code)
        return 128 + self._signal if self._signal is not None else 0

    def signalled(self, number: int, _frame: FrameType | None) -> None:
        """A signal: tidy up. Who presses ctrl+c again leaves at once; a closed window sends SIGHUP twice by itself."""
        if self._stopping and number == signal.SIGINT:
            os._exit(128 + number)
        self._signal = number if self._signal is None else self._signal
        self._end()

    def follow(self, facts: queue.SimpleQueue[Fact]) -> None:
        """Say each fact until the session has stopped."""
        while True:
            try:
                fact = facts.get(timeout=0.5)
            except queue.Empty:
                self._look_at_the_clock()
                continue
            try:
                self._take(fact)
            except BrokenPipeError:
                self._lines.silence()
                self._end()
            except OSError as error:
                self._lines.silence()
                self._fail(_cannot_write(error), is_said=False)
            if isinstance(fact, SessionStopped):
                return

    def _take(self, fact: Fact) -> None:
        match fact:
            case BecameReady():
                self._ready = True
            case ProblemOccurred(problem=problem, again=again, fatal=fatal):
                self._note(problem.sentence(again))
                self._problem = problem
                if fatal and not self._ready:
                    self._fail(problem)
            case TokenAsked():
                self._fail(Problem("There is no token.", "Set PIKTID_TOKEN.", ExitCode.USAGE), is_said=False)
            case WishGranted(sentence=sentence):
                self._note(sentence)
            case StatusChanged(status=status):
                for note in status.notes[self._notes_said :]:
                    self._note(note.sentence())
                self._notes_said = len(status.notes)
                self._say_unproven(status.tunnel)
            case SessionStopped(problem=problem) if problem is not None:
                self._stopped(problem)
        self._lines.fact(fact)
        self._look_at_the_clock()

    def _say_unproven(self, tunnel: TunnelStatus) -> None:
        """Why the public URL is unproven, once each time that it becomes so."""
        is_unproven = tunnel.state is TunnelState.UNPROVEN
        if is_unproven and not self._is_unproven and tunnel.problem is not None:
            self._note(tunnel.problem.what)
        self._is_unproven = is_unproven

    def _stopped(self, problem: Problem) -> None:
        if problem is not self._problem:  # which is said already
            self._note(problem.sentence())
        if self._signal is None and self._failure is None:
            self._failure = problem

    def _look_at_the_clock(self) -> None:
        if not self._ready and self._problem is not None and self._clock() > self._give_up_at:
            self._fail(self._problem)

    def _fail(self, problem: Problem, *, is_said: bool = True) -> None:
        if not self._stopping:
            self._failure = problem
            if not is_said:
                self._note(problem.sentence())
        self._end()

    def _end(self) -> None:
        self._stopping = True
        self._stop()

    def _note(self, sentence: str) -> None:
        self._lines.note(sentence, self._notes)


def _cannot_write(error: OSError) -> Problem:
    return Problem(f"Standard output cannot be written: {error.strerror}.", "What was received is stored.")


class JsonLines:
    """NDJSON: one object a line; ASCII only, so that no received character can act on a terminal."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._silent = False

    def silence(self) -> None:
        """Nobody reads any more."""
        self._silent = True
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 -- lives until the process ends

    def note(self, sentence: str, notes: TextIO) -> None:
        """A sentence for people, and for the program that reads."""
        notes.write(f"webhook-tui: {visible(sentence)}\n")  # in one piece: the log of another program may get it
        notes.flush()

    def fact(self, fact: Fact) -> None:
        """The line of one fact, if it has one."""
        record = _record(fact)
        if record is not None and not self._silent:
            self._out.write(as_line(record))
            self._out.flush()


def _record(fact: Fact) -> Mapping[str, Any] | None:
    match fact:
        case BecameReady(public_url=public_url, port=port):
            return {"type": "ready", "public_url": public_url, "port": port}
        case WebhookRegistered(webhook_id=webhook_id, url=url):
            return {"type": "registered", "id": webhook_id, "url": url}
        case DeliveryRecorded(row=row, delivery=delivery):
            return delivery_record(row, delivery)
        case VerdictChanged(row=row):
            return {"type": "verdict", "seq": row.seq, "verdict": row.verdict.value, "reason": row.reason}
        case EventReconciled():
            return {
                "type": "event",
                "event_id": json.loads(fact.event_id),
                "name": fact.name,
                "seen": fact.seen,
                "lag_ms": fact.lag_ms,
                "equal": fact.equal,
            }
        case TunnelChanged(state=state, public_url=public_url):
            return {"type": "tunnel", "state": state, "public_url": public_url}
        case Forwarded(sent=sent):
            return {"type": "forwarded", "seq": sent.seq, "status": sent.status, "ms": sent.ms}
        case WebhookDeleted():
            return {"type": "deleted"}
        case ProblemOccurred(problem=problem, again=again):
            return {"type": "error", "message": problem.sentence(again)}
        case _:
            return None


_COLORS = {
    Verdict.VALID: "32",
    Verdict.OLDER: "36",
    Verdict.INVALID: "1;31",
    Verdict.MALFORMED: "1;31",
    Verdict.MISSING: "1;33",
    Verdict.PENDING: "2",
}


class TextLines:
    """One line a fact, for people."""

    def __init__(self, out: TextIO, *, color: bool, in_ascii: bool = False) -> None:
        self._out = out
        self._color = color
        self._in_ascii = in_ascii
        self._silent = False

    def silence(self) -> None:
        """Nobody reads any more."""
        self._silent = True
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 -- lives until the process ends

    def note(self, sentence: str, notes: TextIO) -> None:
        """A sentence on standard error."""
        notes.write(f"webhook-tui: {visible(sentence)}\n")  # in one piece: the log of another program may get it
        notes.flush()

    def fact(self, fact: Fact) -> None:
        """The line of one fact, if it has one."""
        text = self._text(fact)
        if text is not None and not self._silent:
            self._out.write(text + "\n")
            self._out.flush()

    def _text(self, fact: Fact) -> str | None:
        match fact:
            case BecameReady(public_url=public_url, port=port):
                return f"ready: listening on port {port}, public URL {public_url or 'none'}; ctrl+c leaves"
            case WebhookRegistered(webhook_id=webhook_id, url=url):
                return f"registered: webhook {visible(str(webhook_id))} at {visible(url)}"
            case DeliveryRecorded(row=row):
                return self._row(row)
            case VerdictChanged(row=row):
                return f"#{row.seq} is judged again: {self._verdict(row.verdict)} {visible(row.reason)}"
            case EventReconciled() if fact.seen != "both" or fact.equal is False:
                return self._event(fact)
            case TunnelChanged(state=state, public_url=public_url):
                return f"tunnel: {state}{f', {visible(public_url)}' if public_url else ''}"
            case Forwarded(sent=sent):
                return f"#{sent.seq} is forwarded: {sent.outcome}"
            case WebhookDeleted():
                return "deleted: the webhook is gone"
            case _:
                return None

    def _row(self, row: DeliveryRow) -> str:
        now = datetime.now().astimezone()
        event = visible(row.event) or "(no event)"
        words = [f"#{row.seq}", units.exact_time(row.received_at, now), self._verdict(row.verdict), event]
        if row.event_id is not None:
            words.append(f"id {visible(row.event_id)}")
        if row.attempt > 1:
            words.append(f"attempt {row.attempt}")
        said = (
            f"answered {row.answered}"
            if row.answered
            else "connection reset"
            if row.answered == RESET
            else "no answer yet"
        )
        words.append(f"{said}, {units.size(row.size)}.")
        return " ".join([*words, visible(row.reason)])

    @staticmethod
    def _event(fact: EventReconciled) -> str:
        what = f"event {visible(fact.event_id)} {visible(fact.name)}".rstrip()
        if fact.seen == "both":
            return f"{what}: webhook and event stream differ"
        return f"{what}: only by {'the event stream' if fact.seen == 'sse' else 'webhook'} ({fact.reason})"

    def _verdict(self, verdict: Verdict) -> str:
        text = f"{verdict.ascii_glyph if self._in_ascii else verdict.glyph} {verdict.value}"
        return f"\x1b[{_COLORS[verdict]}m{text}\x1b[0m" if self._color else text


def _wants_color() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _is_utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


@contextmanager
def _signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = [signal.signal(number, handler) for number in numbers]
    try:
        yield
    finally:
        for number, old in zip(numbers, before, strict=True):
            signal.signal(number, old)
