"""One tunnel kept up: its states in words, the waits between its tries, and what a sleeping machine does to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tests.timeouts import until
from tests.tunnels.watching import supervised
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.status import TunnelState
from webhook_tui.tunnels.base import Opened
from webhook_tui.tunnels.supervisor import TunnelRetryDelay

CLOSED = Problem("It closed.", "Next try in {again}.", ExitCode.TUNNEL, is_transient=True)

REFUSED = Problem("It will not.", "Then u.", ExitCode.TUNNEL)


class Scripted:
    """A tunnel with scripted behaviour, which counts how many of it run at once."""

    kind = "ssh"
    server = "scripted"
    deadline_seconds = 20.0

    def __init__(self) -> None:
        self.opened: Opened = lambda said: None
        self.runs = 0
        self.running = 0
        self.most_running = 0
        self.is_ending = asyncio.Event()
        self.ends: asyncio.Queue[Problem | Exception] = asyncio.Queue()

    def ran_since(self, runs: int) -> bool:
        """Whether it was started again since it had been so many times."""
        return self.runs > runs

    async def run(self, host: str, port: int, opened: Opened) -> Problem:
        """Until the test puts a Problem into `ends`."""
        self.runs += 1
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.opened = opened
        try:
            end = await self.ends.get()
        finally:
            self.is_ending.set()
            try:
                await asyncio.sleep(0.01)
            finally:
                self.running -= 1
        if isinstance(end, Exception):
            raise end
        return end


async def test_the_states_of_a_life() -> None:
    """Opening, live, another address, down, opening: with what each of them has to say."""
    tunnel = Scripted()
    async with supervised(tunnel, first_delay_seconds=0.02) as watch:
        opening = await watch.until(TunnelState.OPENING)
        assert (opening.kind, opening.server, opening.deadline_seconds) == ("ssh", "scripted", 20.0)
        assert opening.tries == 1
        assert opening.since is not None
        tunnel.opened("https://a.example")
        tunnel.opened("https://b.example")
        assert (await watch.until(TunnelState.LIVE)).public_url == "https://a.example"
        assert (await watch.until(TunnelState.LIVE, 2)).public_url == "https://b.example"
        tunnel.ends.put_nowait(CLOSED)
        down = await watch.until(TunnelState.DOWN)
        assert (down.problem, down.tries, down.public_url) == (CLOSED, 0, None)
        tunnel.ends.put_nowait(CLOSED)
        again = await watch.until(TunnelState.DOWN, 2)
        assert again.tries == 1
        assert again.since == down.since
    assert watch.states[:6] == ["opening", "live", "live", "down", "opening", "down"]


async def test_what_cannot_mend_itself_waits_for_a_person() -> None:
    """Then it is tried at once, and only once more."""
    tunnel = Scripted()
    async with supervised(tunnel, first_delay_seconds=0.02) as watch:
        tunnel.ends.put_nowait(REFUSED)
        failed = await watch.until(TunnelState.FAILED)
        assert (failed.problem, failed.next_try_at) == (REFUSED, None)
        assert tunnel.runs == 1
        watch.supervisor.try_now()
        await watch.until(TunnelState.OPENING, 2)
        assert tunnel.runs <= 2


async def test_try_now_cuts_the_wait_short() -> None:
    """The key ends the wait of the back-off."""
    tunnel = Scripted()
    async with supervised(tunnel, first_delay_seconds=600, longest_delay_seconds=600) as watch:
        watch.supervisor.try_now()
        tunnel.ends.put_nowait(CLOSED)
        await watch.until(TunnelState.DOWN)
        watch.supervisor.try_now()
        again = await watch.until(TunnelState.OPENING, 2)
        assert again.problem == CLOSED, "the reason stays while it is tried again"
        await until(lambda: tunnel.running)
        tunnel.opened("https://a.example")
        assert (await watch.until(TunnelState.LIVE)).problem is None


async def test_the_other_side_may_ask_for_a_longer_wait() -> None:
    """`retry_after` counts when it is longer than the back-off."""
    tunnel = Scripted()
    async with supervised(tunnel) as watch:
        tunnel.ends.put_nowait(Problem("Slowly.", "", is_transient=True, retry_after=90.0))
        down = await watch.until(TunnelState.DOWN)
    assert down.since is not None
    assert down.next_try_at is not None
    assert (down.next_try_at - down.since).total_seconds() >= 90.0


@pytest.mark.parametrize("error", [ProblemError(CLOSED), OSError(24, "Too many open files")])
async def test_an_error_is_a_problem(error: Exception) -> None:
    """A driver that could not start its child is tried again."""
    tunnel = Scripted()
    async with supervised(tunnel, first_delay_seconds=0.02) as watch:
        tunnel.ends.put_nowait(error)
        down = await watch.until(TunnelState.DOWN)
        assert down.problem is not None
        assert down.problem.is_transient
        await watch.until(TunnelState.OPENING, 2)


async def test_a_tunnel_that_recovers_is_opening_meanwhile() -> None:
    """The driver says why, and the supervisor starts nothing beside it."""
    tunnel = Scripted()
    async with supervised(tunnel) as watch:
        await watch.until(TunnelState.OPENING)
        await until(lambda: tunnel.running)
        tunnel.opened("https://a.example")
        tunnel.opened(CLOSED)
        meanwhile = await watch.until(TunnelState.OPENING, 2)
        assert (meanwhile.problem, meanwhile.public_url) == (CLOSED, None)
        tunnel.opened("https://a.example")
        assert (await watch.until(TunnelState.LIVE, 2)).public_url == "https://a.example"
        assert tunnel.runs == 1


class Clock:
    """A wall clock that the test moves."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self._looks = 0

    def now(self) -> datetime:
        """The present moment, as this clock shows it."""
        self._looks += 1
        return datetime.now(UTC) + self.ahead

    async def ticked(self) -> None:
        """Wait until the supervisor has looked at it twice, and so has compared what it showed."""
        before = self._looks
        await until(lambda: self._looks >= before + 4)


@pytest.mark.parametrize("state", [TunnelState.LIVE, TunnelState.OPENING, TunnelState.DOWN])
async def test_after_a_sleep_it_is_opened_again_at_once(state: TunnelState) -> None:
    """Whatever it was doing: the old connection is dead or soon will be."""
    tunnel, clock = Scripted(), Clock()
    async with supervised(
        tunnel, first_delay_seconds=600, longest_delay_seconds=600, now=clock.now, tick_seconds=0.02
    ) as watch:
        await until(lambda: tunnel.running)
        if state is TunnelState.LIVE:
            tunnel.opened("https://a.example")
        elif state is TunnelState.DOWN:
            tunnel.ends.put_nowait(CLOSED)
        await watch.until(state)
        clock.ahead = timedelta(hours=3)
        await watch.until(TunnelState.OPENING, 2)
        await until(lambda: tunnel.runs == 2)
        assert tunnel.most_running == 1


async def test_a_tunnel_that_leads_nowhere_is_opened_again() -> None:
    """On demand: one that says it is open while its public URL is dead."""
    tunnel = Scripted()
    async with supervised(tunnel) as watch:
        await until(lambda: tunnel.running)
        tunnel.opened("https://a.example")
        watch.supervisor.reopen()
        await until(lambda: tunnel.runs == 2)
        assert watch.states == ["opening", "live", "opening"]
        assert tunnel.most_running == 1


async def test_it_ends_also_while_a_tunnel_that_is_replaced_closes() -> None:
    """No other tunnel is opened then."""
    tunnel = Scripted()
    async with supervised(tunnel) as watch:
        await until(lambda: tunnel.running)
        watch.supervisor.reopen()
        await tunnel.is_ending.wait()
    assert (tunnel.runs, tunnel.running) == (1, 0)


async def test_it_ends_also_when_it_is_to_try_again_at_the_same_moment() -> None:
    """`asyncio.wait_for` loses the cancellation before Python 3.12."""
    tunnel = Scripted()
    async with supervised(tunnel, first_delay_seconds=600, longest_delay_seconds=600) as watch:
        tunnel.ends.put_nowait(CLOSED)
        await watch.until(TunnelState.DOWN)
        watch.supervisor.try_now()
    assert tunnel.runs == 1


async def test_a_clock_that_goes_back_changes_nothing() -> None:
    """Nor does one that is put right by some seconds."""
    tunnel, clock = Scripted(), Clock()
    async with supervised(tunnel, now=clock.now, tick_seconds=0.02) as watch:
        await until(lambda: tunnel.running)
        tunnel.opened("https://a.example")
        for seconds in (-7200, -7195):
            clock.ahead = timedelta(seconds=seconds)
            await clock.ticked()
        assert watch.states == ["opening", "live"]


async def test_a_lasting_failure_is_not_tried_again_after_a_sleep() -> None:
    """A wrong key, for example."""
    tunnel, clock = Scripted(), Clock()
    async with supervised(tunnel, now=clock.now, tick_seconds=0.02) as watch:
        tunnel.ends.put_nowait(REFUSED)
        await watch.until(TunnelState.FAILED)
        clock.ahead = timedelta(hours=3)
        await clock.ticked()
        assert watch.states == ["opening", "failed"]


async def test_never_two_at_once() -> None:
    """Not with drops, keys and sleeps at the same time; and none is left at the end."""
    tunnel, clock = Scripted(), Clock()
    async with supervised(tunnel, first_delay_seconds=0.01, now=clock.now, tick_seconds=0.01) as watch:
        for _ in range(20):
            await until(lambda: tunnel.running)
            tunnel.opened("https://a.example")
            clock.ahead += timedelta(hours=1)
            watch.supervisor.try_now()
            runs = tunnel.runs
            await until(partial(tunnel.ran_since, runs))
    assert tunnel.most_running == 1
    assert tunnel.running == 0


def _delays(random: Callable[[], float], *lived: float | None) -> list[float]:
    backoff = TunnelRetryDelay(0.5, 30.0, random)
    return [backoff.after(seconds) for seconds in lived]


def test_the_waits_grow_to_the_longest() -> None:
    """Each between half of its ceiling and all of it: the first is quick, none is nothing."""
    assert _delays(lambda: 0.0, *[None] * 9) == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]
    assert _delays(lambda: 1.0, *[None] * 9) == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_a_drop_is_followed_by_the_first_wait() -> None:
    """After a healthy minute the waits begin with the first again; after less they are halved."""
    top = lambda: 1.0  # noqa: E731 -- a constant for a random number
    assert _delays(top, None, None, None, None, 59.0, None) == [0.5, 1.0, 2.0, 4.0, 0.5, 2.0]
    assert _delays(top, None, None, None, None, 60.0, None) == [0.5, 1.0, 2.0, 4.0, 0.5, 0.5]


def test_one_that_dies_at_birth_is_not_hammered() -> None:
    """A second for each of the first 150, then the waits grow; one that stands ends the row."""
    waits = _delays(lambda: 1.0, *[0.1] * 153, 5.0, 0.1)
    assert waits == [1.0] * 150 + [2.0, 4.0, 8.0] + [0.5, 1.0]
