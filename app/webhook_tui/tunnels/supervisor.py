"""Keeps one tunnel up for as long as the program runs: never two children at once, and every state told in words."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.status import TunnelState, TunnelStatus
from webhook_tui.tunnels.base import Tunnel, short
from webhook_tui.tunnels.retry_delay import Backoff


class TunnelSupervisor:
    """Runs a Tunnel again and again. All of it belongs to one loop's thread.

    `tries` in a status: how often it was tried since it was last live. `since` of DOWN: when it went down, however
    often it was tried since.
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
        slept_seconds: float = 10.0,
        tick_seconds: float = 1.0,
    ) -> None:
        """`slept_seconds`: a jump of the clock by more says that the machine slept; looked at each `tick_seconds`."""
        self._tunnel = tunnel
        self._changed = changed
        self._now = now
        self._backoff = Backoff(first_delay_seconds, longest_delay_seconds, random)
        self._slept_seconds = slept_seconds
        self._tick_seconds = tick_seconds
        self._status = TunnelStatus(
            kind=tunnel.kind, server=tunnel.server, deadline_seconds=tunnel.deadline_seconds, state=TunnelState.WAITING
        )
        self._live_at: float | None = None
        self._down_since: datetime | None = None
        self._woken = asyncio.Event()
        self._given_up = asyncio.Event()

    @property
    def status(self) -> TunnelStatus:
        """As it was told last."""
        return self._status

    def try_now(self) -> None:
        """Do not wait any longer; changes nothing while the tunnel is open or opening."""
        self._backoff.forget()
        self._woken.set()

    def reopen(self) -> None:
        """Give up the present connection for a new one at once: the public URL leads nowhere, or the machine slept.

        What only a person can mend stays as it is.
        """
        self._backoff.forget()
        if self._status.state is not TunnelState.FAILED:
            self._given_up.set()
            self._woken.set()

    async def run(self, host: str, port: int) -> None:
        """Keep the tunnel up until cancelled."""
        watching = asyncio.create_task(self._watch_the_clock(), name="clock watch")
        try:
            while True:
                problem = await self._once(host, port)
                if problem is not None:
                    await self._rest(problem)
        finally:
            watching.cancel()

    async def _once(self, host: str, port: int) -> Problem | None:
        """One life of the tunnel and why it ended; None when it was given up for a new one."""
        self._live_at = None
        self._given_up.clear()
        self._tell(TunnelState.OPENING, tries=self._status.tries + 1)
        running = asyncio.create_task(self._ran(host, port), name=f"tunnel {self._tunnel.kind}")
        given_up = asyncio.create_task(self._given_up.wait())
        try:
            await asyncio.wait({running, given_up}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            given_up.cancel()
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
        return None if running.cancelled() else running.result()

    async def _ran(self, host: str, port: int) -> Problem:
        try:
            return await self._tunnel.run(host, port, self._heard)
        except ProblemError as error:
            return error.problem
        except OSError as error:
            return Problem(
                f"The tunnel could not be started: {short(error.strerror or str(error), 40)}.",
                "Retrying in {again}.",
                ExitCode.TUNNEL,
                is_transient=True,
                screen_hint="Retrying in {again}; u tries now.",
            )

    def _heard(self, said: str | Problem) -> None:
        if isinstance(said, Problem):
            self._tell(TunnelState.OPENING, tries=1, problem=said)
            return
        if self._live_at is None:
            self._live_at = asyncio.get_running_loop().time()
        self._down_since = None
        self._tell(TunnelState.LIVE, public_url=said)

    async def _rest(self, problem: Problem) -> None:
        lived = None if self._live_at is None else asyncio.get_running_loop().time() - self._live_at
        delay = max(self._backoff.after(lived), problem.retry_after or 0.0)
        self._down_since = self._down_since or self._now()
        self._woken.clear()
        if problem.is_transient:
            self._tell(
                TunnelState.DOWN,
                since=self._down_since,
                tries=self._status.tries,
                next_try_at=self._now() + timedelta(seconds=delay),
                problem=problem,
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), delay)
        else:
            self._tell(TunnelState.FAILED, since=self._down_since, tries=self._status.tries, problem=problem)
            await self._woken.wait()

    def _tell(
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

    async def _watch_the_clock(self) -> None:
        """The loop's clock stands still while a machine sleeps on some systems, the wall's on none: look at both."""
        loop = asyncio.get_running_loop()
        wall, steady = self._now(), loop.time()
        while True:
            await asyncio.sleep(self._tick_seconds)
            passed = max((self._now() - wall).total_seconds(), loop.time() - steady)
            wall, steady = self._now(), loop.time()
            if passed - self._tick_seconds > self._slept_seconds:
                self.reopen()
