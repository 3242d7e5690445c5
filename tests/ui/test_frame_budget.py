"""When frames are drawn, by clocks that a test sets."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from textual.app import App
from textual.timer import Timer

from tests.timeouts import until
from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import stage
from webhook_tui.ui.controllers.deliveries import DETAIL_SECONDS
from webhook_tui.ui.frame_budget import FRAME_SECONDS, FrameBudget, call_after
from webhook_tui.ui.widgets.table.checked_rows import CheckedRows


class Loop:
    """A message pump and its app, whose time a test advances; `costs`: CPU seconds of each frame."""

    def __init__(self) -> None:
        self.now = 0.0
        self.cpu = 0.0
        self.costs = 0.0
        self.in_batch = False
        self.is_running = True
        self._timers: list[tuple[float, Callable[[], Any]]] = []

    @property
    def app(self) -> Any:
        return self

    @contextlib.contextmanager
    def batch_update(self) -> Iterator[None]:
        self.in_batch = True
        yield
        self.in_batch = False

    def call_later(self, callback: Callable[..., Any], *args: Any) -> bool:
        self._timers.append((self.now, lambda: callback(*args)))
        return True

    def call_after_refresh(self, callback: Callable[..., Any], *args: Any) -> bool:
        self.cpu += self.costs
        self.now += self.costs
        callback(*args)
        return True

    def call_next(self, callback: Callable[..., Any]) -> None:
        self.call_later(callback)

    def set_interval(self, interval: float, callback: Callable[[], Any]) -> Timer:
        raise NotImplementedError  # `call_after` is another

    def call_after(self, _pump: object, seconds: float, callback: Callable[[], Any]) -> None:
        self._timers.append((self.now + seconds, callback))

    def budget(self) -> FrameBudget:
        """One that goes by the time of this."""
        return FrameBudget(self, monotonic=lambda: self.now, thread_time=lambda: self.cpu, call_after=self.call_after)

    def run(self, until: float) -> None:
        """Let time go on."""
        while due := [timer for timer in self._timers if timer[0] <= until]:
            first = min(due, key=lambda timer: timer[0])
            self._timers.remove(first)
            self.now = max(self.now, first[0])
            first[1]()
        self.now = max(self.now, until)


class Flood:
    """Something that happens every 10 ms."""

    def __init__(self, loop: Loop, budget: FrameBudget) -> None:
        self._loop, self._budget = loop, budget
        self.frames: list[float] = []
        """When they were drawn."""

    def run(self, seconds: float) -> None:
        """Request a frame for each, until `seconds` are over."""
        for step in range(round(seconds * 100)):
            self._loop.run(step / 100)
            self._budget.request(self.draw)
        self._loop.run(seconds)

    def draw(self) -> None:
        """Remember the frame."""
        assert self._loop.in_batch
        self.frames.append(self._loop.now)


def flood(costs: float) -> Flood:
    """Two seconds of it, when each frame costs so many seconds of CPU."""
    loop = Loop()
    loop.costs = costs
    flooded = Flood(loop, loop.budget())
    flooded.run(2.0)
    return flooded


def draws(loop: Loop) -> tuple[list[float], Callable[[], None]]:
    """What draws, and when it did."""
    drawn: list[float] = []
    return drawn, lambda: drawn.append(loop.now)


def test_the_first_frame_is_drawn_at_once() -> None:
    """And the newest is not late: what was requested during a pause is drawn at its end."""
    loop = Loop()
    budget = loop.budget()
    drawn, draw = draws(loop)
    budget.request(draw)
    loop.run(0.05)
    budget.request(draw)
    budget.request(draw)
    loop.run(5.0)

    assert drawn == [0, FRAME_SECONDS]


def test_cheap_frames_are_drawn_ten_times_a_second() -> None:
    """However often they are requested."""
    frames = flood(costs=0.01).frames

    assert 19 <= len(frames) <= 20
    assert min(later - earlier for earlier, later in itertools.pairwise(frames)) >= FRAME_SECONDS - 1e-9


def test_dear_frames_take_a_third_of_the_time() -> None:
    """After one of 0.2 s of CPU comes a pause of 0.4 s."""
    frames = flood(costs=0.2).frames

    assert len(frames) == 4
    assert min(later - earlier for earlier, later in itertools.pairwise(frames)) >= 0.6 - 1e-9


def test_what_is_requested_while_a_frame_is_drawn_comes_in_the_next() -> None:
    """And that waits by the cost of the first, which was not known yet."""
    loop = Loop()
    loop.costs = 0.1
    budget = loop.budget()
    drawn: list[float] = []

    def draw() -> None:
        drawn.append(loop.now)
        if len(drawn) == 1:
            budget.request(draw)

    budget.request(draw)
    loop.run(5.0)

    assert [round(at, 6) for at in drawn] == [0, 0.3]


def test_nothing_is_drawn_while_the_app_ends() -> None:
    """The widgets of a frame that was put off may be gone."""
    loop = Loop()
    budget = loop.budget()
    drawn, draw = draws(loop)
    budget.request(draw)
    loop.run(0.0)
    budget.request(draw)
    loop.is_running = False
    loop.run(5.0)

    assert drawn == [0]


async def test_a_frame_is_drawn_however_short_its_pause_is() -> None:
    """A timer of Textual's that is over before its task begins never calls."""
    async with App[None]().run_test() as pilot:
        for seconds in (1e-6, 1e-9):
            drawn = asyncio.Event()
            call_after(pilot.app.screen, seconds, drawn.set)
            await until(drawn.is_set)


async def test_a_flood_of_events_is_drawn_when_the_clock_allows_it() -> None:
    """While the clock stands there is one refresh for all; the detail follows later than the table."""
    clock = [100.0]
    session = FakeSession(RUNNING, [stored_delivery(1)])
    async with stage(session, monotonic=lambda: clock[0], thread_time=lambda: 0.0) as played:
        table, detail = played.main.deliveries.delivery_table, played.main.deliveries.detail
        refreshed: list[int] = []
        rows = table.rows
        assert isinstance(rows, CheckedRows)
        refresh = rows.refresh

        def count() -> int:
            refreshed.append(refresh())
            return refreshed[-1]

        rows.refresh = count  # type: ignore[method-assign]  # counts what the table asks
        clock[0] += 1
        played.session.deliver(stored_delivery(2))
        await played.until(lambda: detail.seq == 2)
        assert len(refreshed) == 1

        for seq in range(3, 103):
            played.session.deliver(stored_delivery(seq))
            await played.pilot.pause()
        assert len(refreshed) == 1

        clock[0] += FRAME_SECONDS
        await played.until(lambda: table.seq == 102)
        await played.pilot.pause()
        assert len(refreshed) == 2
        assert detail.seq == 2

        clock[0] += DETAIL_SECONDS

        def is_shown() -> bool:
            clock[0] += FRAME_SECONDS  # a fade of the table may take the first frame
            return detail.seq == 102

        await played.until(is_shown)
        assert len(refreshed) == 2
