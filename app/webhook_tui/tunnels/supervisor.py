"""Keeps one tunnel open: runs its driver again when it ends, and reports its status."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from webhook_tui.domain.attempts import exponential_delay
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.status import TunnelState, TunnelStatus
from webhook_tui.tunnels import errors
from webhook_tui.tunnels.base import Tunnel


class TunnelSupervisor:
    """Runs a driver until cancelled. Belongs to one event loop.

    `tries` of a status: tries since the tunnel was last live. `since` of DOWN: when it went down, across all tries.
    """

    def __init__(
        self,
        tunnel: Tunnel,
        *,
        changed: Callable[[TunnelStatus], None],
        now: Callable[[], datetime],
        random: Callable[[], float],
        first_delay_seconds: float = 0.5,
        longest_delay_seconds: float = 30.0,
        tick_seconds: float = 1.0,
    ) -> None:
        """`tick_seconds`: how often the clock is checked for a jump, which means that the machine slept."""
        self._tunnel = tunnel
        self._changed = changed
        self._now = now
        self._delay = TunnelRetryDelay(first_delay_seconds, longest_delay_seconds, random)
        self._tick_seconds = tick_seconds
        self._status = TunnelStatus(
            kind=tunnel.kind, server=tunnel.server, deadline_seconds=tunnel.deadline_seconds, state=TunnelState.WAITING
        )
        self._live_at: float | None = None
        self._down_since: datetime | None = None
        self._wake = asyncio.Event()
        self._reopening = asyncio.Event()

    @property
    def status(self) -> TunnelStatus:
        """The status that was reported last."""
        return self._status

    def try_now(self) -> None:
        """End the delay before the next try; no effect while the tunnel is open or opening."""
        self._delay.reset()
        self._wake.set()

    def reopen(self) -> None:
        """Replace the connection at once: the public URL leads nowhere, or the machine slept.

        No effect after a failure that is not transient.
        """
        self._delay.reset()
        if self._status.state is not TunnelState.FAILED:
            self._reopening.set()
            self._wake.set()

    async def run(self, host: str, port: int) -> None:
        """Keep the tunnel up until cancelled."""
        watching = asyncio.create_task(self._watch_clock(), name="clock watch")
        try:
            while True:
                problem = await self._open(host, port)
                if problem is not None:
                    await self._wait(problem)
        finally:
            watching.cancel()

    async def _open(self, host: str, port: int) -> Problem | None:
        """Run the driver once and return why it ended; None when `reopen` ended it."""
        self._live_at = None
        self._reopening.clear()
        # What ended the last try stays known until this one succeeds, or the screen would show it now and then only.
        self._report(TunnelState.OPENING, tries=self._status.tries + 1, problem=self._status.problem)
        running = asyncio.create_task(self._run_driver(host, port), name=f"tunnel {self._tunnel.kind}")
        reopening = asyncio.create_task(self._reopening.wait())
        try:
            await asyncio.wait({running, reopening}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reopening.cancel()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)  # unlike `await running`, passes on our own end
        return None if running.cancelled() else running.result()

    async def _run_driver(self, host: str, port: int) -> Problem:
        try:
            return await self._tunnel.run(host, port, self._on_opened)
        except ProblemError as error:
            return error.problem
        except OSError as error:
            return errors.not_started(error.strerror or str(error))

    def _on_opened(self, opened: str | Problem) -> None:
        if isinstance(opened, Problem):
            self._report(TunnelState.OPENING, tries=1, problem=opened)
            return
        if self._live_at is None:
            self._live_at = asyncio.get_running_loop().time()
        self._down_since = None
        self._report(TunnelState.LIVE, public_url=opened)

    async def _wait(self, problem: Problem) -> None:
        open_seconds = None if self._live_at is None else asyncio.get_running_loop().time() - self._live_at
        delay = max(self._delay.after(open_seconds), problem.retry_after or 0.0)
        self._down_since = self._down_since or self._now()
        self._wake.clear()
        if problem.is_transient:
            self._report(
                TunnelState.DOWN,
                since=self._down_since,
                tries=self._status.tries,
                next_try_at=self._now() + timedelta(seconds=delay),
                problem=problem,
            )
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._wake.wait()
        else:
            self._report(TunnelState.FAILED, since=self._down_since, tries=self._status.tries, problem=problem)
            await self._wake.wait()

    def _report(
        self,
        state: TunnelState,
        *,
        since: datetime | None = None,
        tries: int = 0,
        public_url: str | None = None,
        next_try_at: datetime | None = None,
        problem: Problem | None = None,
    ) -> None:
        self._status = replace(
            self._status,
            state=state,
            since=since or self._now(),
            tries=tries,
            public_url=public_url,
            next_try_at=next_try_at,
            problem=problem,
        )
        self._changed(self._status)

    async def _watch_clock(self) -> None:
        """Reopen the tunnel after the machine slept. The loop's clock stops during sleep on some systems only."""
        loop = asyncio.get_running_loop()
        wall, steady = self._now(), loop.time()
        while True:
            await asyncio.sleep(self._tick_seconds)
            passed = max((self._now() - wall).total_seconds(), loop.time() - steady)
            wall, steady = self._now(), loop.time()
            if passed - self._tick_seconds > _LEAST_SLEEP_SECONDS:
                self.reopen()


_LEAST_SLEEP_SECONDS = 10.0
"""A jump of the clock that is larger than this means that the machine slept."""
STABLE_SECONDS = 0.5
"""A tunnel that was open for a shorter time counts as short-lived: the next delay is the second one."""
MOST_SHORT_LIVED = 150
"""After so many short-lived tunnels in a row the delay grows as after failures."""
HEALTHY_SECONDS = 60.0
"""A tunnel that was open so long resets the count of failures."""


class TunnelRetryDelay:
    """Counts failures; `random` returns numbers from 0 up to 1."""

    def __init__(self, first_seconds: float, longest_seconds: float, random: Callable[[], float]) -> None:
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._random = random
        self._failures = 0
        self._short_lived = 0

    def after(self, open_seconds: float | None) -> float:
        """Return the seconds to wait after a tunnel that was open for `open_seconds`; None: it never was.

        After an open tunnel the first delay applies, so that a dropped connection returns at once; after a short-lived
        one the second. Half of the earlier failures still count, and none after HEALTHY_SECONDS.
        """
        if open_seconds is None:
            self._failures += 1
            return self._drawn(self._failures - 1)
        self._failures = 0 if open_seconds >= HEALTHY_SECONDS else self._failures // 2
        if open_seconds >= STABLE_SECONDS:
            self._short_lived = 0
            return self._drawn(0)
        self._short_lived += 1
        return self._drawn(max(1, self._short_lived - MOST_SHORT_LIVED + 1))

    def reset(self) -> None:
        """Start with the first delay again."""
        self._failures = 0
        self._short_lived = 0

    def _drawn(self, doublings: int) -> float:
        return exponential_delay(self._first_seconds, self._longest_seconds, doublings, self._random())
