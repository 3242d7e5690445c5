"""The public URL is verified by a request of our own that the receiver knows again, or by a delivery."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.factories import delivery, row
from tests.session.running import sandbox_of, session_of, settings
from tests.timeouts import TIMEOUT_SECONDS
from tests.tunnels.localhost_run import LocalhostRun
from webhook_tui.domain.commands import CheckReachability
from webhook_tui.domain.events import DeliveryStored, Notified, SessionReady, TunnelChanged
from webhook_tui.domain.status import SessionStatus, TunnelState, TunnelStatus
from webhook_tui.http.sender import OutboundSender
from webhook_tui.session.bus import AddressChanged, DeliveriesStored, EventBus, PublicUrlUnreachable
from webhook_tui.session.clock import Clock
from webhook_tui.session.route.reachability import Probe, ReachabilityCheck, ReachabilityTiming, came_through
from webhook_tui.session.status import StatusPublisher

HOST = "b7c41d09ee2f4a.lhr.life"
URL = f"https://{HOST}/h/4f9c"
QUICK = ReachabilityTiming(timeout_seconds=1.0, idle_seconds=60.0, again_seconds=(0.01, 0.01, 60.0), least_seconds=0.0)


def _answer(status: int) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(b"an answer"))


ActiveAnswerRule = Callable[[httpx.Request], httpx.Response]


class MockProbe(Probe):
    """Answers by a transport of the test."""

    def __init__(self, transport: httpx.MockTransport) -> None:
        super().__init__(timeout_seconds=1.0)
        self._transport = transport

    def sender(self, origin: str) -> OutboundSender:
        return OutboundSender(origin, timeout_seconds=1.0, transport=self._transport)


class Route:
    """A public URL that a test plays; `leads_here`: what is asked there comes to the receiver."""

    def __init__(self, timing: ReachabilityTiming) -> None:
        self.events: list[object] = []
        self.asked: list[httpx.URL] = []
        self.leads_here = True
        self.answers: ActiveAnswerRule = lambda _: _answer(200)
        bus = EventBus()
        for kind in (Notified, TunnelChanged, PublicUrlUnreachable):
            bus.subscribe(kind, self.events.append)
        status = SessionStatus(tunnel=TunnelStatus(TunnelState.LIVE, public_url=f"https://{HOST}"))
        self.status = StatusPublisher(status, bus)
        self.check = ReachabilityCheck(self.status, bus, Clock(), MockProbe(httpx.MockTransport(self._asked)), timing)

    @property
    def reopened(self) -> int:
        """How often the tunnel was to be opened again."""
        return sum(isinstance(event, PublicUrlUnreachable) for event in self.events)

    def open(self, url: str, *, is_watched: bool = True) -> None:
        """The URL leads to the hook from now on."""
        self.check.on_address_changed(AddressChanged(url, is_watched))

    def deliver(self, host: str) -> None:
        """A delivery arrived with that Host header."""
        arrived = delivery(headers=((b"Host", host.encode()),))
        self.check.on_deliveries_stored(DeliveriesStored([DeliveryStored(row(), arrived)]))

    def _asked(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url)
        if self.leads_here:
            self.check.on_probe(request.extensions["target"].decode().partition("?")[2])
        return self.answers(request)

    async def asked_again(self) -> None:
        """Check on demand, and wait until the route was asked."""
        before = len(self.asked)
        self.check.check_now()
        await self.until(lambda: len(self.asked) > before)

    @property
    def tunnel(self) -> TunnelStatus:
        """As it is said now."""
        return self.status.status.tunnel

    async def until(self, is_so: Callable[[], object]) -> None:
        """Wait for an event."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not is_so():  # noqa: ASYNC110 -- a status sets no event
                await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def proving(timing: ReachabilityTiming = QUICK) -> AsyncIterator[Route]:
    """A check at work."""
    route = Route(timing)
    task = asyncio.create_task(route.check.run())
    try:
        yield route
    finally:
        assert not task.done(), task
        task.cancel()
        await asyncio.wait({task})
        route.status.close()


def _unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route", request=request)


async def test_an_open_tunnel_is_proven_at_once_and_when_idle() -> None:
    """By a request to the hook with a nonce of its own each time."""
    async with proving(ReachabilityTiming(idle_seconds=0.02)) as route:
        route.open(URL)
        await route.until(lambda: len(route.asked) >= 3)
        assert route.tunnel.state is TunnelState.LIVE
        assert route.tunnel.verified_at is not None


async def test_an_answer_that_did_not_come_from_here_proves_nothing() -> None:
    """Said on the second time: a new name takes a moment. It is not verified, not down, and recovers by itself."""
    async with proving() as route:
        route.leads_here = False
        route.answers = lambda _: _answer(502)
        route.open(URL)
        await route.until(lambda: route.tunnel.state is TunnelState.UNVERIFIED)
        assert len(route.asked) == 2
        assert route.tunnel.problem is not None
        assert route.tunnel.problem.message == "Public URL not reached from here: something else answered 502."
        assert route.tunnel.public_url == f"https://{HOST}"
        route.leads_here = True
        await route.until(lambda: route.tunnel.state is TunnelState.LIVE)
        await route.until(lambda: route.tunnel.problem is None)
        assert [event.state for event in route.events if isinstance(event, TunnelChanged)] == ["unverified", "live"]
        assert route.reopened == 0


async def test_a_machine_that_cannot_reach_itself_is_not_verified_until_a_delivery_comes() -> None:
    """A delivery through the public name is proof as good as any; one from this machine is none."""
    async with proving() as route:
        route.leads_here, route.answers = False, _unreachable
        route.open(URL)
        await route.until(lambda: route.tunnel.state is TunnelState.UNVERIFIED)
        route.deliver("127.0.0.1:9876")
        assert not route.tunnel.verified_at
        route.deliver(HOST)
        await route.until(lambda: route.tunnel.state is TunnelState.LIVE)
        assert route.tunnel.verified_at


async def test_a_url_that_led_here_and_does_not_any_more_is_opened_again() -> None:
    """Once, after two failures in a row, and not when this machine has no network."""
    async with proving() as route:
        route.open(URL)
        await route.until(lambda: route.tunnel.verified_at)
        route.leads_here, route.answers = False, _unreachable
        for _ in range(3):
            await route.asked_again()
        assert route.reopened == 0

        route.leads_here, route.answers = True, lambda _: _answer(200)
        route.check.check_now()
        await route.until(lambda: route.tunnel.state is TunnelState.LIVE)
        route.leads_here, route.answers = False, lambda _: _answer(404)
        route.check.check_now()
        await route.until(lambda: route.reopened)
        await route.until(lambda: len(route.asked) >= 7)
        assert route.reopened == 1


@pytest.mark.parametrize("leads_here", [True, False])
async def test_on_demand_it_says_what_became_of_it(leads_here: bool) -> None:
    """Also where nothing is checked by itself, and at once."""
    async with proving() as route:
        route.leads_here = leads_here
        route.check.check_now()
        route.open(f"{URL}?a=b", is_watched=False)
        route.check.check_now()
        await route.until(lambda: len(route.events) >= 2)
        said = [event.sentence for event in route.events if isinstance(event, Notified)]
        assert said[0] == "There is no public URL yet."
        assert said[1].startswith("The public URL leads here" if leads_here else "Public URL not reached")
        assert len(route.asked) == 1


async def test_an_answer_to_another_nonce_is_not_ours() -> None:
    """A client that knows the path does not know the nonce."""
    async with proving() as route:
        route.leads_here = False

        def guess(_: httpx.Request) -> httpx.Response:
            route.check.on_probe("proof=0123")
            return _answer(200)

        route.answers = guess
        route.open(URL)
        await route.until(lambda: route.tunnel.state is TunnelState.UNVERIFIED)


@pytest.mark.parametrize(
    ("headers", "through"),
    [
        (((b"Host", HOST.upper().encode()),), True),
        (((b"Host", b"127.0.0.1:9876"), (b"X-Forwarded-Host", HOST.encode())), True),
        (((b"Host", b"localhost:9876"),), False),
        ((), False),
        (((b"Host", b"\xff\x00"),), False),
    ],
)
def test_what_came_through_names_the_public_host(headers: tuple[tuple[bytes, bytes], ...], through: bool) -> None:
    """As Host, or beside it."""
    assert came_through(delivery(headers=headers), URL) is through


async def test_a_session_proves_its_tunnel_and_is_ready_without(tmp_path: Path) -> None:
    """Through a real ssh; when the tunnel comes back under another name, it is verified again."""
    async with sandbox_of() as (_, api_url), LocalhostRun(loopback=True) as server:
        chosen = settings(tmp_path, api_url=api_url, tunnel="ssh", ssh_server=server.ssh_server)
        async with session_of(chosen) as running:
            await running.event(SessionReady)
            await running.until(lambda status: status.tunnel.verified_at is not None)
            running.ask(CheckReachability())
            await running.event(Notified, lambda event: event.sentence.startswith("The public URL leads here"))
            before = datetime.now(UTC)
            await server.drop()
            status = await running.until(
                lambda status: status.tunnel.verified_at is not None and status.tunnel.verified_at > before
            )
            assert status.tunnel.public_url == server.announced[-1] != server.announced[0]
            assert status.tunnel.verified_at is not None
            assert status.tunnel.verified_at - before < timedelta(seconds=10)
