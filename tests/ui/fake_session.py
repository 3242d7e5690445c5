"""A session that a test drives: it emits given events from its own thread, and keeps the requests."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from typing import Any

from msgspec.structs import replace

from tests.timeouts import TIMEOUT_SECONDS
from tests.ui.memory_rows import MemoryFound, MemoryRows, mock_up_rows
from webhook_tui.domain.commands import (
    Command,
    CommentDelivery,
    DeleteDeliveries,
    MarkDelivery,
    ReplayDeliveries,
    SetForwarding,
    SimulateEvent,
    StartRegistration,
)
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.rows import Sort
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import (
    DeliveriesDeleted,
    DeliveryStored,
    EventCompared,
    HistoryOpened,
    RowChanged,
    SessionEvent,
    SessionStopped,
    StatusChanged,
    VerdictChanged,
)
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.forwarding.forward_result import UsedUrl
from webhook_tui.domain.jobs.job import JobDetail, Jobs
from webhook_tui.domain.queries import Answer, GetDepartures, GetJob, GetStatistics, ListJobs, ListRuns, Query
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.statistics.counts import Run
from webhook_tui.domain.statistics.overview import Overview
from webhook_tui.domain.status import (
    Counts,
    ReceiverState,
    ReceiverStatus,
    SessionStatus,
    TunnelState,
    TunnelStatus,
    WebhookState,
    WebhookStatus,
)
from webhook_tui.session.process.channel import Answered
from webhook_tui.session.process.event_batch import EventBatcher

NOW = datetime(2026, 11, 23, 14, 22, 2, tzinfo=UTC)

STARTING = SessionStatus(api_url="https://v2.api.piktid.com", receiver=ReceiverStatus(port=9876))
LISTENING = replace(STARTING, receiver=ReceiverStatus(ReceiverState.LISTENING, "127.0.0.1", 9876))
PUBLIC = "https://b7c41d09ee2f4a.lhr.life"
LIVE = TunnelStatus(TunnelState.LIVE, "ssh", "localhost.run", PUBLIC)
REGISTERED = WebhookStatus(
    WebhookState.REGISTERED,
    41,
    f"{PUBLIC}/h/4f9c0123456789abcdef0123456ae21a",
    since=datetime(2026, 11, 23, 14, 19, 0, tzinfo=UTC),
    registered_at=datetime(2026, 11, 23, 14, 19, 0, tzinfo=UTC),
    secret_since=datetime(2026, 11, 23, 14, 19, 0, tzinfo=UTC),
)
WAITING = replace(LISTENING, tunnel=LIVE, webhook=REGISTERED)
RUNNING = replace(WAITING, counts=Counts(received=12, good=8, bad=3, pending=1))


def _publish_as_a_process(publish: Callable[[SessionEvent], None], event: SessionEvent) -> None:
    """As the session's process sends it, each event by itself."""
    if isinstance(event, EventCompared):
        return  # the batcher drops it, and would wait for another one
    batcher = EventBatcher()
    batcher.put(event)
    for each in batcher.take():
        assert not isinstance(each, Answered)
        publish(each)


class FakeSession:
    """Implements domain.session_port.SessionPort."""

    def __init__(self, status: SessionStatus = STARTING, deliveries: list[StoredDelivery] | None = None) -> None:
        self.rows = MemoryRows(deliveries or [])
        self.commands: list[Command | Query[Any]] = []
        """Every command and query, in order."""
        self.answers: dict[Query[Any], Any] = {}
        self.stops = 0
        self.runs: tuple[Run, ...] = ()
        self.overview: Overview | None = None
        self.jobs: Jobs | None = None
        self.details: dict[str, JobDetail] = {}
        self.searches: list[tuple[MemoryFound, Callable[[], None]]] = []
        self.searches_wait = False
        self.values: Mapping[str, Sequence[tuple[str, int | None]]] = {}
        self.secrets: tuple[Secret, ...] = ()
        self.ended = threading.Event()
        self.fails_with: Exception | None = None
        self.first_status = status
        self._events: queue.Queue[tuple[SessionEvent, threading.Event] | None] = queue.Queue()
        self._runs = False
        self._dies = False
        self.may_register = False
        self._unanswered: list[tuple[Query[Any], Future[Any]]] = []

    @classmethod
    def running(cls) -> FakeSession:
        """The mock-ups' session."""
        return cls(RUNNING, mock_up_rows())

    def run(self, publish: Callable[[SessionEvent], None]) -> None:
        emit = partial(_publish_as_a_process, publish)
        if self.fails_with is not None:
            raise self.fails_with
        emit(StatusChanged(self.first_status))
        emit(HistoryOpened())
        self._runs = True
        while (next_one := self._events.get()) is not None:
            event, is_published = next_one
            emit(event)
            is_published.set()
        self._runs = False
        emit(SessionStopped(is_unexpected=self._dies))
        self.ended.set()

    def request(self, command: Command) -> None:
        if isinstance(command, StartRegistration):
            self.may_register = True
            return
        self.commands.append(command)
        match command:
            case MarkDelivery(seq, marked):
                self.emit(RowChanged(self.rows.set(seq, marked=marked)))
            case CommentDelivery(seq, text):
                self.emit(RowChanged(self.rows.set(seq, comment=text)))
            case DeleteDeliveries(seqs):
                self.emit(DeliveriesDeleted(self.rows.delete(seqs)))
            case ReplayDeliveries(_, url) | SimulateEvent(_, url) | SetForwarding(url) if url is not None:
                self.first_status = replace(self.first_status, used_urls=(UsedUrl(url, NOW),))
                self.emit(StatusChanged(self.first_status))
            case _:
                pass

    def query(self, query: Query[Answer]) -> Future[Answer]:
        if not isinstance(query, GetDepartures):  # asked for every delivery that is shown
            self.commands.append(query)
        future: Future[Answer] = Future()
        self._unanswered.append((query, future))
        self._give_answers()
        return future

    def _known_answer(self, query: Query[Any]) -> Any:
        match query:
            case _ if query in self.answers:
                return self.answers[query]
            case ListRuns():
                return self.runs
            case GetStatistics():
                return self.overview
            case ListJobs():
                return self.jobs
            case GetJob(job_id):
                return self.details.get(job_id)
            case GetDepartures():
                return ()
            case _:
                return None

    def answer(self, query: Query[Answer], answer: Answer | ProblemError) -> None:
        """Answer this query, now and whenever it comes again."""
        self.answers[query] = answer
        self._give_answers()

    def _give_answers(self) -> None:
        for query, future in list(self._unanswered):
            answer = self._known_answer(query)
            if answer is None:
                continue
            self._unanswered.remove((query, future))
            if isinstance(answer, ProblemError):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    def stop(self) -> None:
        self.stops += 1
        self._runs = False
        self._events.put(None)

    def die(self) -> None:
        """End as a process that is killed."""
        self._dies = True
        self._events.put(None)

    def open_rows(self) -> MemoryRows:
        return self.rows

    def open_found(
        self, expression: Expression, *, sort: Sort, now: datetime, changed: Callable[[], None]
    ) -> MemoryFound:
        found = MemoryFound(self.rows, expression, sort, now)
        found.is_done = not self.searches_wait
        self.searches.append((found, changed))
        return found

    def count_values(self) -> Mapping[str, Sequence[tuple[str, int | None]]]:
        return self.values

    def search_goes_on(self) -> None:
        """Let the newest search come to its end, and publish it."""
        found, changed = self.searches[-1]
        found.is_done = True
        changed()

    def known_secrets(self) -> tuple[Secret, ...]:
        return self.secrets

    def emit(self, event: SessionEvent) -> None:
        """Publish an event from the session's thread; returns once it is published, at once if no session runs."""
        is_published = threading.Event()
        self._events.put((event, is_published))
        if self._runs:
            is_published.wait(TIMEOUT_SECONDS)

    def deliver(self, stored: StoredDelivery) -> None:
        """Record a delivery and publish it."""
        self.rows.add(stored)
        self.emit(DeliveryStored(stored.row, stored.delivery))

    def check_signature(self, seq: int, verdict: Verdict) -> None:
        """Change a verdict and publish it."""
        self.emit(VerdictChanged(self.rows.change(seq, verdict)))
