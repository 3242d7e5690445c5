"""Work beside the session's loops."""

from __future__ import annotations

import asyncio

from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.events import ProblemOccurred
from webhook_tui.session.bus import EventBus
from webhook_tui.session.tasks import BackgroundTasks


async def test_work_that_is_cancelled_before_it_begins_is_closed() -> None:
    """Else Python warns of a coroutine that was never awaited."""
    tasks = BackgroundTasks(EventBus())
    began = asyncio.Event()

    async def work() -> None:
        began.set()

    tasks.start(work(), "Working")
    await asyncio.wait(tasks.cancel())
    assert not began.is_set()


async def test_work_that_fails_ends_in_a_problem() -> None:
    """With the name of its command."""
    bus = EventBus()
    problems: list[ProblemOccurred] = []
    bus.subscribe(ProblemOccurred, problems.append)
    tasks = BackgroundTasks(bus)
    ended = asyncio.Event()

    async def work() -> None:
        ended.set()
        raise ProblemError(Problem("The disk is full.", "Make room."))

    tasks.start(work(), "Working", command="MarkDelivery")
    await ended.wait()
    await asyncio.sleep(0)
    assert [(event.problem.message, event.command) for event in problems] == [("The disk is full.", "MarkDelivery")]


async def test_nothing_runs_after_the_end() -> None:
    """Neither what was under way, nor what is started later."""
    bus = EventBus()
    problems: list[ProblemOccurred] = []
    bus.subscribe(ProblemOccurred, problems.append)
    tasks = BackgroundTasks(bus)
    finished: list[str] = []

    async def work(name: str) -> None:
        await asyncio.sleep(0)
        finished.append(name)

    tasks.start(work("before"), "Working")
    await tasks.aclose(1.0)
    tasks.start(work("after"), "Working")
    await asyncio.sleep(0)
    assert (finished, problems, tasks.cancel()) == ([], [], set())
