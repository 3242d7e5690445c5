"""The session without a front end: commands and queries in, events out. Implements domain.session_port.SessionPort."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias, assert_never, cast, get_args

from webhook_tui.config import Settings
from webhook_tui.domain.commands import (
    AddSecret,
    CheckHandler,
    CheckReachability,
    Command,
    CommentDelivery,
    DeleteDeliveries,
    DeleteWebhook,
    MarkDelivery,
    PauseReplay,
    RegisterWebhook,
    RemoveSecret,
    ReplayDeliveries,
    ResolveOwnership,
    SendTestPing,
    SetAnswerRule,
    SetForwarding,
    SimulateEvent,
    StartRegistration,
    StopDeletion,
    StopHandlerCheck,
    StopReplay,
    UseToken,
)
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.events import HistoryOpened, Notified, ProblemOccurred, SessionEvent, SessionStopped
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.queries import (
    Answer,
    AnyQuery,
    ExplainSignature,
    GetComparison,
    GetContract,
    GetDepartures,
    GetEventSides,
    GetHandlerExchanges,
    GetJob,
    GetStatistics,
    ListJobs,
    ListRuns,
    ListSecrets,
    Query,
    RevealSecret,
    TrySecret,
)
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import SessionStatus
from webhook_tui.http.sockets import bind
from webhook_tui.session import messages
from webhook_tui.session.bus import DeliveriesInserted, DeliveriesStored, EventBus
from webhook_tui.session.clock import Clock
from webhook_tui.session.forwarding.forwarder import check, refuse_own
from webhook_tui.session.route.route import own_address
from webhook_tui.session.runtime import Runtime, Timings
from webhook_tui.session.status import first_status
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.history import DeliveryStore

_log = logging.getLogger(__name__)

EventHandler: TypeAlias = Callable[[SessionEvent], None]
StoredHandler: TypeAlias = Callable[[DeliveriesStored], None]
InsertedHandler: TypeAlias = Callable[[DeliveriesInserted], None]


class Session:
    """One run of the main job. Make it with `open`, which binds the port; all methods but `run` are thread-safe."""

    def __init__(
        self,
        settings: Settings,
        bound: socket.socket,
        *,
        asks: bool,
        timings: Timings | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`asks`: a front end answers OwnershipQuestioned and TokenRequired."""
        self._settings = settings
        self._bound = bound
        self._asks = asks
        self._timings = timings or Timings()
        self._clock = clock or Clock()
        self._bus = EventBus()
        self._stop, self._shown, self._started = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._store: DeliveryStore | None = None
        self._runtime: Runtime | None = None
        self._unanswered: set[Future[Any]] = set()
        self._requests: deque[Command] = deque()

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        asks: bool,
        bound: socket.socket | None = None,
        timings: Timings | None = None,
        clock: Clock | None = None,
    ) -> Session:
        """Bind the port, unless `bound` is the listening socket already.

        Raises ProblemError: PORT when the port is not free, USAGE when --forward-to is not allowed.
        """
        for url in settings.forward_urls:
            check(url, anywhere=settings.forward_anywhere)
        bound = bound or bind(settings.host, settings.port, exact=settings.port_was_given)
        try:
            for url in settings.forward_urls:
                refuse_own(url, own_address(settings, bound))
        except ProblemError:
            bound.close()
            raise
        return cls(settings, bound, asks=asks, timings=timings, clock=clock)

    @property
    def first_status(self) -> SessionStatus:
        """The status before `run`."""
        return first_status(self._settings)

    @property
    def runtime(self) -> Runtime:
        """The parts of this session, from HistoryOpened on; they belong to its thread."""
        assert self._runtime is not None
        return self._runtime

    def run(
        self, publish: EventHandler, on_stored: StoredHandler | None = None, on_inserted: InsertedHandler | None = None
    ) -> None:
        """Run on the calling thread until `stop`; the last event is SessionStopped.

        `on_stored`: takes the deliveries that were stored together; None: `publish` takes each of them. `on_inserted`:
        takes them before their commit. Errors that the program does not expect propagate to the caller.
        """
        _subscribe(self._bus, publish, on_stored, on_inserted)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._main())

    def request(self, command: Command) -> None:
        """Send a command; it waits for `run`, and is ignored after its end. Its failure is a ProblemOccurred."""
        self._requests.append(command)
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._start_commands)

    def query(self, query: Query[Answer]) -> Future[Answer]:
        """Ask; the future fails with ProblemError when there is no answer, also because the session ends."""
        future: Future[Answer] = Future()
        future.set_running_or_notify_cancel()
        is_asked = False
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._start_query, query, future)
                is_asked = True
        if not is_asked:
            future.set_exception(ProblemError(messages.NOT_RUNNING))
        return future

    def stop(self) -> None:
        """Shut down; repeated calls have no effect."""
        if self._loop is None:
            self._stop.set()
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._stop.set)

    def open_rows(self) -> DeliveryRows:
        """Open the deliveries for the calling thread; only after HistoryOpened."""
        return self._history.open_rows()

    def open_found(
        self, expression: Expression, *, sort: Sort, now: datetime, changed: Callable[[], None]
    ) -> FoundRows:
        """Open the deliveries that match a filter, for the calling thread; only after HistoryOpened."""
        return self._history.open_found(expression, sort=sort, now=now, changed=changed)

    def count_values(self) -> Mapping[str, Sequence[tuple[str, int | None]]]:
        """Count the values of each field of the filter, on the calling thread; only after HistoryOpened."""
        return self._history.count_values()

    def known_secrets(self) -> tuple[Secret, ...]:
        """Return every secret and token that copies and exports must not contain."""
        return (*self._settings.all_secrets, *(self._runtime.known_secrets if self._runtime is not None else ()))

    def history_path(self) -> Path:
        """Return where the history lies; only after HistoryOpened, from any thread."""
        return self._history.path

    def signing_secret(self) -> Secret | None:
        """Return the current secret, else the newest that was given; from any thread."""
        if self._runtime is None:
            return None
        ring = self._runtime.secret_ring.ring
        known = ring.current or next(iter(ring.newest_first()), None)
        return None if known is None else known.secret

    @property
    def hook_url(self) -> str | None:
        """The URL that leads to the hook, once it is known; from any thread."""
        return None if self._runtime is None else self._runtime.status.status.webhook.url

    @property
    def _history(self) -> DeliveryStore:
        assert self._store is not None
        return self._store

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        problem: Problem | None = None
        try:
            problem = await self._run_parts()
        except ProblemError as error:
            problem = error.problem
            self._bus.publish(ProblemOccurred(problem, fatal=True))
        finally:
            self._bound.close()
            for future in self._unanswered:
                future.set_exception(ProblemError(messages.NOT_RUNNING))
        self._bus.publish(SessionStopped(problem))

    async def _run_parts(self) -> Problem | None:
        settings, now = self._settings, self._clock.utc_now()
        store = DeliveryStore.open(
            settings.deliveries_path,
            started_at=now,
            job_fields=settings.job_fields,
            is_temporary=settings.is_temporary,
        )
        with contextlib.closing(store), contextlib.closing(AccountStore.open(settings.accounts_path)) as accounts:
            self._store = store
            self._bus.publish(HistoryOpened())
            self._runtime = Runtime(
                settings,
                self._bound,
                store,
                accounts,
                self._bus,
                clock=self._clock,
                timings=self._timings,
                asks=self._asks,
            )
            self._start_commands()
            return await self._runtime.run(self._stop, self._shown, self._started)

    # Commands

    def _start_commands(self) -> None:
        while self._runtime is not None and self._requests:
            command = self._requests.popleft()
            name = type(command).__name__
            self._runtime.tasks.start(self._carry_out(command), _in_words(name), command=name)

    async def _carry_out(self, command: Command) -> None:  # noqa: C901, PLR0912, PLR0915 -- one case a command
        """Carry out one command. Raises ProblemError."""
        if not isinstance(command, StartRegistration):
            await self._started.wait()
        runtime = self.runtime
        match command:
            case RegisterWebhook(new_secret):
                runtime.route.retry_tunnel()
                runtime.comparison.try_now()
                runtime.registration.register(new_secret=new_secret)
            case StartRegistration():
                self._shown.set()
            case SendTestPing():
                await runtime.registration.test_ping()
            case DeleteWebhook():
                await runtime.removal.delete()
            case ResolveOwnership():
                runtime.consent.resolve(command)
            case UseToken(token, keep):
                await runtime.registration.set_token(token)
                if keep:
                    place = runtime.secret_ring.save_token(self._settings.api_url, token)
                    self._bus.publish(Notified(messages.token_kept(place)))
            case AddSecret(secret, keep):
                await runtime.ring_commands.add(secret, keep=keep)
            case RemoveSecret(secret_id):
                await runtime.ring_commands.remove(secret_id)
            case CheckReachability():
                runtime.reachability.check_now()
            case SetAnswerRule(rule):
                runtime.answer_rule.set_rule(rule)
            case SetForwarding(url):
                await runtime.replayer.forward_to(url)
            case ReplayDeliveries():
                await runtime.replayer.replay(command)
            case StopReplay():
                runtime.replayer.stop()
            case PauseReplay(is_paused):
                runtime.replayer.pause(is_paused=is_paused)
            case SimulateEvent():
                runtime.secret_ring.remember_url(command.url)
                await runtime.simulation.simulate(command)
            case CheckHandler():
                await runtime.handler_check.check(command)
            case StopHandlerCheck():
                await runtime.handler_check.stop()
            case MarkDelivery(seq, marked):
                await runtime.annotations.mark(seq, marked)
            case CommentDelivery(seq, text):
                await runtime.annotations.comment(seq, text)
            case DeleteDeliveries(seqs):
                await runtime.annotations.delete(seqs)
            case StopDeletion():
                runtime.deletion.stop()
            case _:
                assert_never(command)

    # Queries

    def _start_query(self, query: Query[Any], future: Future[Any]) -> None:
        if self._runtime is None:
            future.set_exception(ProblemError(messages.NOT_RUNNING))
            return
        self._unanswered.add(future)
        self._runtime.tasks.start(self._resolve(cast("AnyQuery", query), future), _in_words(type(query).__name__))

    async def _resolve(self, query: AnyQuery, future: Future[Any]) -> None:
        try:
            answer = await self._answer(query)
        except ProblemError as error:
            future.set_exception(error)
        except Exception as error:  # noqa: BLE001 -- every failure is reported to the caller
            what = _in_words(type(query).__name__)
            _log.exception("%s failed", what)
            future.set_exception(ProblemError(messages.unexpected(what, error)))
        else:
            future.set_result(answer)
        self._unanswered.discard(future)

    async def _answer(self, query: AnyQuery) -> object:  # noqa: C901, PLR0911 -- one case a query
        """Return the answer to one query, of the type that the query names. Raises ProblemError."""
        await self._started.wait()
        runtime = self.runtime
        match query:
            case ListSecrets():
                return await runtime.ring_commands.entries()
            case TrySecret(secret):
                return await runtime.ring_commands.try_secret(secret)
            case RevealSecret(secret_id):
                return runtime.ring_commands.reveal(secret_id)
            case ExplainSignature(seq):
                return await runtime.diagnostics.report(seq)
            case GetComparison(version):
                return runtime.comparison.compared_events(version)
            case GetEventSides(event_id):
                return await runtime.comparison.event_sides(event_id)
            case GetStatistics():
                return await runtime.statistics.overview()
            case ListJobs():
                return await runtime.statistics.jobs()
            case GetJob(job_id):
                return await runtime.statistics.job(job_id)
            case ListRuns():
                return await runtime.annotations.runs()
            case GetContract():
                return await runtime.contracts.snapshot(query)
            case GetDepartures(seq):
                return await runtime.contracts.departures(seq)
            case GetHandlerExchanges(case):
                return runtime.handler_check.exchanges(case)
            case _:
                assert_never(query)


def _subscribe(
    bus: EventBus, publish: EventHandler, on_stored: StoredHandler | None, on_inserted: InsertedHandler | None
) -> None:
    def publish_each(event: DeliveriesStored) -> None:
        for delivery in event.deliveries:
            publish(delivery)

    for kind in get_args(SessionEvent):
        bus.subscribe(kind, publish)
    bus.subscribe(DeliveriesStored, on_stored or publish_each)
    if on_inserted is not None:
        bus.subscribe(DeliveriesInserted, on_inserted)


def _in_words(name: str) -> str:
    """`SendTestPing` as `Send test ping`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 -- not on Windows

    return uvloop.new_event_loop
