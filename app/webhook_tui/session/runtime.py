"""Builds all parts of a session, connects them by the event bus, starts and stops them; no other module does.

Start order:

1. The receiver listens. PiktID sends a ping as soon as a webhook is registered, so nothing is registered before.
2. The loops start, in the order of `_loops`: first what handles the stored deliveries, then the event stream, then
   registration and ownership (they wait for a URL), then the route, which publishes the URL.
3. What follows waits for the first frame, if there is a screen: the HTTP clients are imported, and the sandbox starts,
   with --sandbox, because the API must answer before anything is requested from it.
4. The API client is made, with the token, which connects the event stream, and the keyring is looked for. Then commands
   are carried out, and registration begins; it waits for the event stream, so that no event is missed by both.

Stop order:

1. All loops and background tasks are cancelled; with its loop the tunnel closes.
2. At the same time the webhook is deleted, or the previous one restored: the API client outlives the loops.
3. The API client closes, then the receiver (requests under way get 0.4 s), then the connections to the local app.
4. The sandbox stops, background tasks that started meanwhile are cancelled, and the last status is published.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
import socket
from collections.abc import AsyncIterator, Coroutine
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from webhook_tui.config import Settings
from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import (
    Forwarded,
    Replayed,
    ShutdownStepEnded,
    ShutdownStepStarted,
    VerdictChanged,
    WebhookRegistered,
)
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import ReceiverState
from webhook_tui.http.receiver import Receiver
from webhook_tui.http.server import Server
from webhook_tui.http.tls import tls_problems
from webhook_tui.session import messages
from webhook_tui.session.alerts import Alerts
from webhook_tui.session.announcement import Announcement
from webhook_tui.session.answer_rule import ActiveAnswerRule
from webhook_tui.session.bus import (
    AddressChanged,
    DeliveriesStored,
    DeliveryRefused,
    DeliveryReverified,
    EventBus,
    EventLost,
    EventsDiffered,
    EventsMatched,
    PublicUrlUnreachable,
    RegistrationAnswered,
    RegistrationWanted,
    StatusReplaced,
    TokenChanged,
    VerificationWanted,
)
from webhook_tui.session.clock import Clock
from webhook_tui.session.comparison import ComparisonTiming, StreamComparison
from webhook_tui.session.forwarding.forwarder import Forwarder
from webhook_tui.session.forwarding.handler_check import HandlerChecker
from webhook_tui.session.forwarding.replay import Replayer
from webhook_tui.session.forwarding.simulation import EventSimulation
from webhook_tui.session.history.annotations import Annotations
from webhook_tui.session.history.contracts import Contracts
from webhook_tui.session.history.deletion import DeliveryDeletion
from webhook_tui.session.history.retention import Retention
from webhook_tui.session.history.statistics import Statistics
from webhook_tui.session.pipeline import DeliveryPipeline
from webhook_tui.session.refusals import Refusals
from webhook_tui.session.registration.consent import ReplacementConsent
from webhook_tui.session.registration.ownership import Ownership
from webhook_tui.session.registration.ownership_watch import OwnershipTiming, OwnershipWatch
from webhook_tui.session.registration.registration import WebhookRegistration
from webhook_tui.session.registration.removal import WebhookRemoval
from webhook_tui.session.route.reachability import Probe, ReachabilityCheck, ReachabilityTiming
from webhook_tui.session.route.route import Route, own_address
from webhook_tui.session.sandbox_host import SandboxHost
from webhook_tui.session.status import StatusPublisher, first_status
from webhook_tui.session.tasks import BackgroundTasks
from webhook_tui.session.verification.diagnostics import Diagnostics
from webhook_tui.session.verification.reverification import Reverification
from webhook_tui.session.verification.ring_commands import RingCommands
from webhook_tui.session.verification.secret_ring import SecretRingRepository
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.history import DeliveryStore

_GRACE_SECONDS = 0.4
_CANCEL_SECONDS = 2.5


_LOST_AFTER_IN_SANDBOX = 3.0
"""Seconds."""


class Timings(Struct, frozen=True, kw_only=True):
    """Intervals and time-outs of the parts that wait."""

    comparison: ComparisonTiming = field(default_factory=ComparisonTiming)
    reachability: ReachabilityTiming = field(default_factory=ReachabilityTiming)
    ownership: OwnershipTiming = field(default_factory=OwnershipTiming)


class Runtime:
    """The parts of one session. Belongs to the session's loop."""

    def __init__(
        self,
        settings: Settings,
        bound: socket.socket,
        store: DeliveryStore,
        accounts: AccountStore,
        bus: EventBus,
        *,
        clock: Clock,
        timings: Timings,
        asks: bool,
    ) -> None:
        """`asks`: a front end answers OwnershipQuestioned and TokenRequired. Raises ProblemError."""
        chance = random.Random()  # noqa: S311 -- spreads retries
        self._settings = settings
        self._asks = asks
        self._bus = bus
        self._sandbox = SandboxHost(clock) if settings.sandbox else None
        self._token = settings.token if self._sandbox is None else self._sandbox.token
        self._tokens: tuple[Secret, ...] = ()
        self._accounts = accounts
        self._stored_secrets = tuple(accounts.all_secrets())
        api_url = settings.api_url if self._sandbox is None else self._sandbox.api_url

        self.status = StatusPublisher(replace(first_status(settings), api_url=api_url), bus)
        self.tasks = BackgroundTasks(bus)
        account = Account.of(api_url, self._token)
        self.secret_ring = SecretRingRepository(accounts, account, settings.given_secrets, self.status, clock)
        if self._sandbox is not None:
            self.secret_ring.registered(self._sandbox.former_secret)

        self.deletion = DeliveryDeletion(store, self.status, clock)
        self.annotations = Annotations(store, self.deletion, self.secret_ring, bus, self.tasks)
        self.diagnostics = Diagnostics(store, self.secret_ring, self.status, bus)
        self.reverification = Reverification(store, self.secret_ring, self.status, bus, clock)
        self.ring_commands = RingCommands(self.secret_ring, self.reverification, store, bus)
        self.statistics = Statistics(store, clock)
        self.contracts = Contracts(store, self.secret_ring, settings.job_fields)
        self.comparison = StreamComparison(
            store,
            self.status,
            bus,
            clock,
            chance,
            api_url=api_url,
            is_on=settings.sse,
            lost_after_seconds=_lost_after(settings),
            timing=timings.comparison,
        )
        self._retention = Retention(self.deletion, clock, keep_days=settings.keep_days, keep_rows=settings.keep_rows)

        self.route = Route(settings, bound.getsockname()[1], self.status, bus, clock=clock, random=chance)
        self.reachability = ReachabilityCheck(
            self.status, bus, clock, Probe(timings.reachability.timeout_seconds), timings.reachability
        )
        self.ownership = Ownership(self.secret_ring, self.status, bus, clock)
        self.consent = ReplacementConsent(
            self.ownership,
            self.secret_ring,
            self.status,
            bus,
            clock,
            replace=settings.replace or settings.sandbox,
            asks=asks,
        )
        self.registration = WebhookRegistration(
            self.consent,
            self.ownership,
            self.secret_ring,
            self.status,
            bus,
            clock=clock,
            random=chance,
            comparison=self.comparison,
            api_url=api_url,
        )
        self.removal = WebhookRemoval(
            self.registration,
            self.ownership,
            self.secret_ring,
            self.status,
            bus,
            clock=clock,
            on_exit=settings.clean,
        )
        self._ownership_watch = OwnershipWatch(self.ownership, self.registration, self.status, clock, timings.ownership)

        self.answer_rule = ActiveAnswerRule(self.status)
        self._forwarder = Forwarder(
            own_address(settings, bound),
            self.status,
            clock,
            retries=settings.forward_retries,
            anywhere=settings.forward_anywhere,
            rules=settings.forward_rules,
            passes_target=settings.forward_path,
            own_headers=settings.forward_header,
            contracts=store.contracts,
        )
        self.replayer = Replayer(store, self.secret_ring, self.status, bus, self._forwarder)
        hook_path = self.route.hook_path or urlsplit(settings.hook_url or "").path or "/"
        self.simulation = EventSimulation(
            self.status,
            bus,
            clock,
            tasks=self.tasks,
            secret_ring=self.secret_ring,
            forwarder=self._forwarder,
            annotations=self.annotations,
            hook_path=hook_path,
        )
        self.handler_check = HandlerChecker(self._forwarder, self.secret_ring, bus, clock)
        self._alerts = Alerts(bus, clock, settings.notify)
        self._announcement = Announcement(
            store, self.secret_ring, clock, hook_path=hook_path, nonce=self.simulation.nonce
        )
        pipeline = DeliveryPipeline(
            store,
            self.secret_ring,
            self.status,
            bus,
            clock,
            tasks=self.tasks,
            answer_rule=self.answer_rule,
            forwarder=self._forwarder,
            simulation=self.simulation,
        )
        self._refusals = Refusals(self.status, bus)
        receiver = Receiver(
            hook_path=self.route.hook_path,
            record=pipeline.record,
            refused=self._refusals.add,
            probed=self.reachability.on_probe,
            now=clock.utc_now,
            answered=self.statistics.latencies.add,
        )
        self._server = Server(receiver, bound, grace_seconds=_GRACE_SECONDS, refused=self._refusals.add)
        self._subscribe()

        for problem in settings.warnings:
            self.status.add_note(problem)
        for problem in () if settings.sandbox else tls_problems():
            self.status.add_note(problem)
        self.status.note_set_aside("The history", store.set_aside)
        self.status.note_set_aside("The secrets file", accounts.set_aside)

    @property
    def known_secrets(self) -> tuple[Secret, ...]:
        """Every secret that was stored at the start, and all secrets and tokens of this run; from any thread."""
        return (*self._stored_secrets, *self.secret_ring.ever, *self._tokens)

    async def run(self, stop: asyncio.Event, shown: asyncio.Event, started: asyncio.Event) -> Problem | None:
        """Run until `stop` is set or a loop fails.

        A session with a screen only receives and opens the tunnel before `shown` is set. `started` is set when commands
        can be carried out.

        Returns what could not be undone on exit. Raises ProblemError, and the error of a loop that failed.
        """
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(self.status.close)
            stack.callback(self._alerts.close)
            stack.push_async_callback(self.tasks.aclose, _CANCEL_SECONDS)
            if self._sandbox is not None:
                stack.push_async_callback(self._sandbox.aclose)
            stack.push_async_callback(self._forwarder.aclose)
            self.answer_rule.set_rule(self._settings.answer)
            if self._settings.forward_to is not None:
                self.replayer.set_forwarding(self._settings.forward_to)
                self.tasks.start(self.replayer.probe(), "Connecting to the local app")
            await stack.enter_async_context(self._receiving())
            stack.push_async_callback(self.registration.aclose)
            return await self._run_loops(stop, self._connect(shown, started))

    async def _connect(self, shown: asyncio.Event, started: asyncio.Event) -> None:
        """Connect to PiktID once the screen is shown, and register until cancelled; sets `started` in between."""
        if self._asks:
            await shown.wait()
        await asyncio.to_thread(_import_clients, with_sandbox=self._sandbox is not None)
        if self._sandbox is not None:
            await self._sandbox.start()
        if self._token is not None:
            await self.registration.set_token(self._token)
        if self._settings.accounts_path is not None:
            await self._find_places()
        started.set()
        if self._settings.register:
            await self.registration.run()
        await asyncio.Event().wait()  # the end of a loop is the end of the session

    async def _find_places(self) -> None:
        """Find where secrets are stored, in a thread: importing a keyring is slow, and deliveries are received."""
        accounts = self._accounts
        place, ring_place = await asyncio.to_thread(lambda: (accounts.place, accounts.ring_place))
        self.status.change(token_place=place, ring_place=ring_place)

    def _subscribe(self) -> None:
        """Connect the parts. The handlers of an event are called in this order."""
        subscribe = self._bus.subscribe
        subscribe(DeliveriesStored, self.diagnostics.on_deliveries_stored)
        subscribe(DeliveriesStored, self.simulation.on_deliveries_stored)
        subscribe(DeliveriesStored, self.comparison.on_deliveries_stored)
        subscribe(DeliveriesStored, self.reachability.on_deliveries_stored)
        subscribe(DeliveriesStored, self._ownership_watch.on_deliveries_stored)
        subscribe(DeliveryRefused, self.comparison.on_delivery_refused)
        subscribe(DeliveryReverified, self.diagnostics.on_delivery_reverified)
        subscribe(VerificationWanted, self.reverification.on_verification_wanted)
        subscribe(EventLost, self._ownership_watch.on_event_lost)
        subscribe(DeliveriesStored, self.contracts.on_deliveries_stored)
        subscribe(VerdictChanged, self.contracts.on_verdict_changed)
        if self._settings.notify:
            subscribe(DeliveriesStored, self._alerts.on_deliveries_stored)
            subscribe(VerdictChanged, self._alerts.on_verdict_changed)
            subscribe(EventLost, self._alerts.on_event_lost)
        subscribe(EventsMatched, self.annotations.on_events_matched)
        subscribe(EventsDiffered, self.annotations.on_events_differed)
        subscribe(Forwarded, self.annotations.on_sent)
        subscribe(Replayed, self.annotations.on_sent)
        subscribe(TokenChanged, self._on_token_changed)
        subscribe(TokenChanged, self.comparison.on_token_changed)
        subscribe(TokenChanged, self.diagnostics.on_token_changed)
        subscribe(TokenChanged, self.reverification.on_token_changed)
        subscribe(RegistrationAnswered, self.reverification.on_registration_answered)
        subscribe(RegistrationWanted, self.registration.on_registration_wanted)
        subscribe(WebhookRegistered, self.route.on_webhook_registered)
        subscribe(AddressChanged, self.registration.on_address_changed)
        subscribe(AddressChanged, self.reachability.on_address_changed)
        subscribe(PublicUrlUnreachable, self.route.on_public_url_unreachable)
        subscribe(StatusReplaced, self.comparison.on_status_replaced)
        subscribe(StatusReplaced, self.statistics.on_status_replaced)
        subscribe(StatusReplaced, self._announcement.on_status_replaced)

    def _on_token_changed(self, event: TokenChanged) -> None:
        self._tokens = (*self._tokens, event.token)

    def _loops(self, connecting: Coroutine[Any, Any, None]) -> list[Coroutine[Any, Any, None]]:
        loops = [
            self.reverification.run(),
            self.diagnostics.run(),
            self._retention.run(),
            self.comparison.run(),
            self.contracts.run(),
            connecting,
        ]
        if self._settings.register:
            loops.append(self._ownership_watch.run())
        return [*loops, self.reachability.run(), self.route.run()]

    async def _run_loops(self, stop: asyncio.Event, connecting: Coroutine[Any, Any, None]) -> Problem | None:
        loops = [asyncio.create_task(loop) for loop in self._loops(connecting)]
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({stopped, *loops}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        error = next((loop.exception() for loop in loops if loop.done()), None)
        problem = await self._shut_down(loops)
        if error is not None:
            raise error
        return problem

    async def _shut_down(self, loops: list[asyncio.Task[None]]) -> Problem | None:
        running = {*(loop for loop in loops if not loop.done()), *self.tasks.cancel()}
        for task in running:
            task.cancel()
        step = self.removal.shutdown_step
        if self.route.has_tunnel:
            self._bus.publish(ShutdownStepStarted(messages.CLOSING_TUNNEL))
        if step is not None:
            self._bus.publish(ShutdownStepStarted(step))
        await asyncio.sleep(0)  # a registration under way records first what it may have registered
        undoing = asyncio.create_task(self.removal.undo())
        if running:
            await asyncio.wait(running, timeout=_CANCEL_SECONDS)
        if self.route.has_tunnel:
            self._bus.publish(ShutdownStepEnded(messages.CLOSING_TUNNEL, "done"))
        problem = await undoing
        if step is not None:
            self._bus.publish(ShutdownStepEnded(step, "done" if self.ownership.registered is None else "not done"))
        return problem

    @contextlib.asynccontextmanager
    async def _receiving(self) -> AsyncIterator[None]:
        server, status = self._server, self.status
        status.change_receiver(state=ReceiverState.STARTING, host=server.host, port=server.port)
        await server.start()
        status.change_receiver(state=ReceiverState.LISTENING)
        wanted = self._settings.port
        if wanted not in (0, server.port):
            status.add_note(messages.other_port(wanted, server.port))
        try:
            yield
        finally:
            await server.stop()
            self._refusals.close()
            status.change_receiver(state=ReceiverState.STOPPED)


def _import_clients(*, with_sandbox: bool) -> None:
    """Import the HTTP clients and, `with_sandbox`, the sandbox's server. It is slow: call it in a thread."""
    import webhook_tui.piktid.client  # noqa: PLC0415 -- no first frame needs httpx
    import webhook_tui.piktid.stream  # noqa: PLC0415 -- as above

    if with_sandbox:
        import webhook_tui.sandbox.asgi  # noqa: PLC0415, F401 -- nor Starlette
    if gc.get_freeze_count():
        gc.freeze()  # what was imported stays, as what was imported before


def _lost_after(settings: Settings) -> float | None:
    """The sandbox delivers at once, and its first jobs lose an event, which should be shown soon."""
    if settings.lost_after_seconds is None and settings.sandbox:
        return _LOST_AFTER_IN_SANDBOX
    return settings.lost_after_seconds
