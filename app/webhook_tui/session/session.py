"""One run of the main job: listen, open the tunnel, register, record; and, whichever way it ends, tidy up.

Order matters: whoever registers before listening loses the ping that PiktID sends at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
import socket
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from webhook_tui.config import Settings
from webhook_tui.domain.account import Account
from webhook_tui.domain.commands import Wish
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.rows import DeliveryRows, FoundRows, Sort
from webhook_tui.domain.errors import Problem, ProblemError, Severity
from webhook_tui.domain.events import (
    HistoryOpened,
    ProblemOccurred,
    SessionEvent,
    SessionReady,
    SessionStopped,
    ShutdownStepEnded,
    ShutdownStepStarted,
    TunnelChanged,
)
from webhook_tui.domain.filtering.filter import Expression
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import (
    ReceiverState,
    SessionStatus,
    TunnelState,
    TunnelStatus,
)
from webhook_tui.http.receiver import Receiver
from webhook_tui.http.server import Server
from webhook_tui.http.sockets import bind
from webhook_tui.http.tls import tls_problems
from webhook_tui.piktid.client import PiktidClient
from webhook_tui.piktid.stream import EventStream
from webhook_tui.session.annotations import Annotations
from webhook_tui.session.answer_rule import ActiveAnswerRule
from webhook_tui.session.comparison import ComparisonTiming, StreamComparison
from webhook_tui.session.diagnostics import Diagnostics
from webhook_tui.session.dispatch import CommandDispatcher, SessionParts
from webhook_tui.session.forwarding import Forwarder, OwnAddress, check, refuse_own
from webhook_tui.session.ownership import OwnershipTiming, OwnershipWatch
from webhook_tui.session.pipeline import DeliveryPipeline
from webhook_tui.session.reachability import ReachabilityCheck, ReachabilityTiming
from webhook_tui.session.refusals import Refusals
from webhook_tui.session.registration import RegistrationOptions, WebhookRegistration
from webhook_tui.session.replay import Replayer
from webhook_tui.session.retention import Retention
from webhook_tui.session.reverification import Reverification
from webhook_tui.session.route import supervisor_for
from webhook_tui.session.sandbox_host import SandboxHost
from webhook_tui.session.secret_ring import NOT_KEPT, SecretRingRepository
from webhook_tui.session.simulation import EventSimulation, Parts
from webhook_tui.session.statistics import Statistics
from webhook_tui.session.status import StatusPublisher, first_status
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.history import DeliveryStore

_GRACE_SECONDS = 0.4

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """How often and how long, for each part that waits."""

    stream: ComparisonTiming = field(default_factory=ComparisonTiming)
    proof: ReachabilityTiming = field(default_factory=ReachabilityTiming)
    claim: OwnershipTiming = field(default_factory=OwnershipTiming)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _local_now() -> datetime:
    return datetime.now().astimezone()


class Session:
    """Implements domain.session_port.SessionPort. Make it with `open`, which binds the port."""

    def __init__(self, settings: Settings, bound: socket.socket, *, asks: bool, paces: Timings | None = None) -> None:
        """`asks`: there is a screen that can answer OwnershipQuestioned and TokenRequired."""
        self._settings = settings
        self._bound = bound
        self._asks = asks
        self._paces = paces or Timings()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = False
        self._token = settings.token
        self._used_tokens: tuple[Secret, ...] = ()
        self._wishing: CommandDispatcher | None = None
        self._requests: deque[Wish] = deque()
        self._kept: tuple[Secret, ...] = ()
        self._ever_in_rings: Callable[[], Iterable[Secret]] = tuple
        own_path = settings.hook_url is None
        self._hook_path = f"/h/{secrets.token_hex(16)}" if own_path else None

    @classmethod
    def open(
        cls, settings: Settings, *, asks: bool, bound: socket.socket | None = None, paces: Timings | None = None
    ) -> Session:
        """Bind the port, unless `bound` is the listening socket already.

        Raises ProblemError (PORT) when the port cannot be had, (USAGE) where forwarding must not go.
        """
        if settings.forward_to is not None:
            check(settings.forward_to, anywhere=settings.forward_anywhere)
        bound = bound or bind(settings.host, settings.port, exact=settings.port_was_given)
        session = cls(settings, bound, asks=asks, paces=paces)
        if settings.forward_to is not None:
            try:
                refuse_own(settings.forward_to, session._own_address(None))
            except ProblemError:
                bound.close()
                raise
        return session

    def run(self, emit: Callable[[SessionEvent], None]) -> None:
        """Do the whole job on this thread until `stop`; the last fact is SessionStopped."""
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._main(emit))

    def request(self, wish: Wish) -> None:
        """Ask for something, from any thread; before the session is up it waits, after the end it is ignored."""
        self._requests.append(wish)
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._take_requests)

    def stop(self) -> None:
        """Tidy up and end, from any thread."""
        self._stopping = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._stop.set)

    def open_rows(self) -> DeliveryRows:
        """The deliveries for the calling thread; only after HistoryOpened."""
        return self._store.open_rows()

    def open_found(
        self, expression: Expression, *, sort: Sort, now: datetime, changed: Callable[[], None]
    ) -> FoundRows:
        """The deliveries that pass a filter, for the calling thread; only after HistoryOpened."""
        return self._store.open_found(expression, sort=sort, now=now, changed=changed)

    def known_secrets(self) -> tuple[Secret, ...]:
        """What copies and exports must not hold: every secret that was kept, and all secrets and tokens of this run."""
        rings = self._ever_in_rings()
        tokens = (self._settings.token, *self._used_tokens, self._settings.ngrok_authtoken)
        return (*self._kept, *self._settings.secrets, *rings, *(token for token in tokens if token is not None))

    async def _main(self, emit: Callable[[SessionEvent], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._emit = emit
        if self._stopping:
            self._stop.set()
        problem: Problem | None = None
        try:
            async with contextlib.AsyncExitStack() as stack:
                problem = await self._live(stack)
        except ProblemError as error:
            problem = error.problem
            emit(ProblemOccurred(problem, fatal=True))
        finally:
            self._bound.close()
        emit(SessionStopped(problem))  # what else ends it is said by whoever runs it

    async def _live(self, stack: contextlib.AsyncExitStack) -> Problem | None:
        settings = self._settings
        self._store = DeliveryStore.open(
            settings.deliveries_path,
            started_at=_utc_now(),
            job_fields=settings.job_fields,
            is_temporary=settings.is_temporary,
        )
        stack.callback(self._store.close)
        self._accounts = accounts = AccountStore.open(settings.accounts_path)
        stack.callback(accounts.close)
        place = "" if settings.accounts_path is None else accounts.place
        self._board = StatusPublisher(replace(self.first_status, token_place=place), self._emit)
        stack.callback(self._board.close)
        self._kept = tuple(accounts.all_secrets())
        self._emit(HistoryOpened())
        if not settings.sandbox:
            for problem in tls_problems():
                self._board.note(problem)
        self._note_set_aside("The history", self._store.set_aside)
        self._note_set_aside("The file of secrets", accounts.set_aside)
        token, api_url = settings.token, settings.api_url
        if settings.sandbox:
            embedded = SandboxHost()
            await stack.enter_async_context(embedded)
            token, api_url = embedded.token, embedded.api_url
            self._board.change(api_url=api_url)
        self._keeper = SecretRingRepository(
            accounts, Account.of(api_url, token), settings.secrets, _utc_now, kept=self._ring_is_kept
        )
        self._board.change(used_urls=self._keeper.used_urls)
        if settings.sandbox:
            self._keeper.registered(embedded.former_secret)
        self._explaining = Diagnostics(self._store, self._keeper, self._board, token=lambda: self._token)
        self._ever_in_rings = lambda: tuple(self._keeper.ever)
        self._tending = Annotations(self._store, self._emit)
        self._judge = Reverification(
            self._store, self._keeper, self._board, local_now=_local_now, judged=self._explaining.failed
        )
        self._judge.again()
        self._surveying = Statistics(self._store, self._emit, now=_utc_now)
        self._reconciling = self._make_reconciling(api_url)
        self._answering = ActiveAnswerRule(self._board)
        self._forwarding = Forwarder(
            retries=settings.forward_retries,
            anywhere=settings.forward_anywhere,
            own=lambda: self._own_address(self._board.status.tunnel.public_url),
            passes_target=settings.forward_path,
            now=_utc_now,
        )
        self._sending = Replayer(self._board, self._store, self._keeper, self._forwarding)
        self._simulating = EventSimulation(
            Parts(
                self._board,
                self._keeper,
                self._forwarding,
                self._tending,
                self._hook_path or urlsplit(settings.hook_url or "").path or "/",
                _utc_now,
            )
        )
        stack.push_async_callback(self._forwarding.aclose)
        if settings.forward_to is not None:
            self._sending.use(settings.forward_to)
            self._start(self._sending.probe())
        self._proving = ReachabilityCheck(self._board, now=_utc_now, reopen=self._reopen, pace=self._paces.proof)
        self._registrar = self._make_registrar(api_url)
        self._claim = OwnershipWatch(self._registrar, self._board, now=_utc_now, pace=self._paces.claim)
        await stack.enter_async_context(self._receiving())
        stack.push_async_callback(self._registrar.aclose)
        self._wishing = self._make_wishing()
        self._take_requests()
        if token is not None:
            await self._use_token(token)
        return await self._work()

    def _take_requests(self) -> None:
        while self._wishing is not None and self._requests:
            self._wishing.take(self._requests.popleft())

    async def _use_token(self, token: Secret) -> None:
        self._token = token
        self._used_tokens = (*self._used_tokens, token)
        self._reconciling.use_token(token)
        await self._registrar.use_token(token)
        self._board.change(used_urls=self._keeper.used_urls)

    async def _work(self) -> Problem | None:
        route = self._open_route()
        settings = self._settings
        tidying = Retention(self._store, keep_days=settings.keep_days, keep_rows=settings.keep_rows, now=_utc_now)
        parts = (self._judge, self._explaining, self._reconciling, self._proving, tidying)
        jobs = [self._start(part.run()) for part in parts]
        if settings.register:
            jobs += [self._start(part.run()) for part in (self._registrar, self._claim)]
        if route is not None:
            jobs.append(self._start(route))
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({stopped, *jobs}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        crashed = next((task.exception() for task in jobs if task.done() and not task.cancelled()), None)
        problem = await self._leave(has_tunnel=route is not None)
        if crashed is not None:
            raise crashed
        return problem

    async def _leave(self, *, has_tunnel: bool) -> Problem | None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        undoing_what = self._registrar.what_leaving_does
        if has_tunnel:
            self._emit(ShutdownStepStarted("closing the tunnel"))
        if undoing_what is not None:
            self._emit(ShutdownStepStarted(undoing_what))
        await asyncio.sleep(0)
        undoing = asyncio.create_task(self._registrar.leave())
        if tasks:
            await asyncio.wait(tasks, timeout=2.5)
        if has_tunnel:
            self._emit(ShutdownStepEnded("closing the tunnel", "done"))
        problem = await undoing
        if undoing_what is not None:
            self._emit(ShutdownStepEnded(undoing_what, "not done" if self._registrar.holds else "done"))
        return problem

    @property
    def first_status(self) -> SessionStatus:
        """What the settings say of the route; every link waits."""
        return first_status(self._settings)

    @contextlib.asynccontextmanager
    async def _receiving(self) -> AsyncIterator[None]:
        recorder = DeliveryPipeline(
            self._store,
            self._keeper,
            self._board,
            local_now=_local_now,
            judge_again=self._judge.again,
            recorded=self._recorded,
            refused=self._reconciling.refused,
            answering=self._answering,
            forwarding=self._forwarding,
            start=self._start,
        )
        refusals = Refusals(self._board)
        receiver = Receiver(
            hook_path=self._hook_path,
            record=recorder.record,
            refused=refusals.add,
            probed=self._proving.probed,
            now=_utc_now,
            answered=self._surveying.acks.add,
        )
        server = Server(receiver, self._bound, grace_seconds=_GRACE_SECONDS, refused=refusals.add)
        self._board.receiver(state=ReceiverState.STARTING, host=server.host, port=server.port)
        await server.start()
        self._port = server.port
        self._board.receiver(state=ReceiverState.LISTENING)
        if self._settings.port not in (0, server.port):
            self._board.note(
                Problem(f"Port {self._settings.port} is in use; listening on {server.port}.", "", severity=Severity.TIP)
            )
        try:
            yield
        finally:
            await server.stop()
            refusals.close()
            self._board.receiver(state=ReceiverState.STOPPED)

    def _recorded(self, stored: StoredDelivery) -> None:
        if self._store.set_aside is not None:
            self._note_set_aside("The history", self._store.set_aside)
        self._explaining.came(stored)
        if self._simulating.is_own(stored):
            self._start(self._simulating.note(stored))
            return
        self._reconciling.came(stored)
        self._proving.came(stored.delivery)
        self._claim.came(stored)

    def _note_set_aside(self, what: str, path: Path | None) -> None:
        """Once for each file; the history's may be found damaged at any time."""
        if path is not None and (note := _set_aside(what, path.name)) not in self._board.status.notes:
            self._board.note(note)

    def _ring_is_kept(self, is_so: bool) -> None:
        others = tuple(note for note in self._board.status.notes if note is not NOT_KEPT)
        self._board.change(notes=others if is_so else (*others, NOT_KEPT))

    def _reopen(self) -> None:
        self._tunnel.reopen()

    def _try_tunnel_now(self) -> None:
        self._tunnel.try_now()

    def _note_on_stream(self, event_ids: Sequence[str]) -> None:
        self._start(self._tending.note_on_stream(self._keeper.account, event_ids))

    def _missed(self) -> None:
        self._claim.missed()

    def _make_reconciling(self, api_url: str) -> StreamComparison:
        reconciling = StreamComparison(
            self._board,
            is_on=self._settings.sse,
            stream_for=lambda token: EventStream(api_url, token),
            stored=self._store.stored,
            now=_utc_now,
            jitter=random.random,
            pace=self._paces.stream,
            lost=self._missed,
            met=self._note_on_stream,
        )
        self._board.changed = self._status_changed
        return reconciling

    def _status_changed(self, status: SessionStatus) -> None:
        self._reconciling.look(status)
        self._surveying.look(status)

    def _make_registrar(self, api_url: str) -> WebhookRegistration:
        settings = self._settings
        return WebhookRegistration(
            RegistrationOptions(
                api_url=api_url,
                replace=settings.replace or settings.sandbox,
                asks=self._asks,
                clean=settings.clean,
            ),
            self._keeper,
            self._board,
            client_for=lambda token: PiktidClient(api_url, token),
            before_registering=self._reconciling.connected,
            now=_utc_now,
            jitter=random.random,
            judge_again=self._judge.again,
            registered=self._check_ready,
        )

    def _make_wishing(self) -> CommandDispatcher:
        return CommandDispatcher(
            SessionParts(
                self._board,
                self._keeper,
                self._judge,
                self._explaining,
                self._registrar,
                self._proving,
                self._reconciling,
                self._surveying,
                self._answering,
                self._sending,
                self._simulating,
                self._tending,
            ),
            start=self._start,
            use_token=self._use_token,
            try_tunnel_now=self._try_tunnel_now,
            api_url=self._settings.api_url,
        )

    def _open_route(self) -> Coroutine[Any, Any, None] | None:
        settings = self._settings
        if settings.hook_url is not None:
            self._has_address(settings.hook_url)
            return None
        if settings.sandbox or settings.tunnel == "none":
            host = settings.host if ":" not in settings.host else f"[{settings.host}]"
            self._has_address(f"http://{host}:{self._port}{self._hook_path}")
            return None
        self._tunnel = supervisor_for(settings, changed=self._tunnel_changed, now=_utc_now)
        return self._tunnel.run(settings.host, self._port)

    def _tunnel_changed(self, status: TunnelStatus) -> None:
        before = self._board.status.tunnel
        is_open = status.state in (TunnelState.LIVE, TunnelState.UNVERIFIED)
        url = f"{status.public_url.rstrip('/')}{self._hook_path or ''}" if is_open and status.public_url else None
        if url is not None or status.state in (TunnelState.DOWN, TunnelState.FAILED, TunnelState.OPENING):
            self._registrar.address(url)  # first: no status says of a new address that it is registered
        self._board.change(tunnel=status)
        if status.problem is not None and status.problem is not before.problem:
            again = (status.next_try_at - _utc_now()).total_seconds() if status.next_try_at else None
            self._emit(ProblemOccurred(status.problem, again, fatal=status.state is TunnelState.FAILED))
        if (status.state, status.public_url) != (before.state, before.public_url):
            self._emit(TunnelChanged(status.state.value, status.public_url if is_open else None))
        if url is not None:
            self._has_address(url)
        else:
            self._proving.address(None)

    def _own_address(self, public_url: str | None) -> OwnAddress:
        port: int = self._bound.getsockname()[1]
        return OwnAddress(self._settings.host, port, public_url, self._settings.hook_url)

    def _has_address(self, url: str) -> None:
        self._url = url
        self._registrar.address(url)
        self._proving.address(url, is_watched=self._board.status.tunnel.state is not TunnelState.NONE)
        if not self._settings.register:
            self._board.webhook(url=url)  # nobody else says where the hook is
            self._check_ready()

    def _check_ready(self) -> None:
        if not self._ready:
            self._ready = True
            tunnel = self._board.status.tunnel
            public = self._url if tunnel.state is TunnelState.NONE else tunnel.public_url
            self._emit(SessionReady(public, self._port))

    def _start(self, job: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a task of the session ended by an error", exc_info=error)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 -- not on Windows

    return uvloop.new_event_loop


def _set_aside(what: str, name: str) -> Problem:
    return Problem(
        f"{what} could not be read; it is kept as {name}.",
        "A new one was started. webhook-tui paths says where both lie.",
        severity=Severity.WARNING,
    )
