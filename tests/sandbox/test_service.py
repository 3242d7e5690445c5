"""The sandbox as a whole: what it plays, and in which order."""

from __future__ import annotations

import itertools
import json

from tests.sandbox.harness import FORMER, idle, receiver, serving, verdict_of
from webhook_tui.domain.scenario import Fault, Scenario, ScenarioStep
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.sandbox.options import SandboxOptions


async def test_what_was_delivered_can_leave_the_backfill() -> None:
    """Whether PiktID does so is not documented; it is an option."""
    async with serving(SandboxOptions(consumed_by_delivery=True)) as running, receiver() as hook:
        await running.sandbox.register(hook.url)
        await hook.count(1)
        await running.sandbox.settled()
        assert not list(running.sandbox.notifications.kept())


async def test_the_play_shows_every_verdict_within_four_seconds() -> None:
    """At least six deliveries, one of them an attempt 2, and then a job every twenty seconds."""
    options = SandboxOptions(play=True, with_faults=True, former_secret=FORMER)
    async with serving(options) as running, receiver() as hook:
        await running.sandbox.register(hook.url)
        await hook.count(1)
        while await running.clock.run_to_next() < 4:
            await idle()
        received = list(hook.requests)
        later: list[float] = []
        while len(later) < 30:
            later.append(await running.clock.run_to_next())

    verdicts = {verdict_of(delivery, "former", "secret-1") for delivery in received}
    assert verdicts == {Verdict.VALID, Verdict.OLDER, Verdict.INVALID, Verdict.MISSING, Verdict.MALFORMED}
    bodies = [delivery.body for delivery in received]
    assert len(bodies) >= 10
    assert len(bodies) - len(set(bodies)) == 1
    assert sum(after - before > 5 for before, after in itertools.pairwise(later)) >= 3


async def test_the_play_waits_for_a_registration() -> None:
    """Nothing is played without a registration, and without `with_faults` nothing is wrong."""
    async with serving(SandboxOptions(play=True)) as running, receiver() as hook:
        assert not running.clock.slept
        await running.sandbox.register(hook.url)
        for _ in range(9):
            await running.clock.run_to_next()
        received = await hook.count(10)

    assert {verdict_of(delivery, "secret-1") for delivery in received} == {Verdict.VALID}


async def test_a_scenario_is_played_as_recorded() -> None:
    """Each attempt once, with its fault, whatever the answer; pauses are divided by the speed."""
    steps = (
        ScenarioStep(after_seconds=1.0, event=1, attempt=1, name="batch_edit", data={"n": 1}),
        ScenarioStep(after_seconds=4.0, event=2, attempt=1, name="image_result", data={}, fault=Fault.NO_SIGNATURE),
        ScenarioStep(after_seconds=2.0, event=1, attempt=2, name="batch_edit", data={"n": 1}),
    )
    options = SandboxOptions(scenario=Scenario(steps=steps), speed=2.0)
    async with serving(options) as running, receiver(200, 503, 503, 503) as hook:
        await running.sandbox.register(hook.url)
        await hook.count(1)
        received = []
        for count in (2, 3, 4):
            await running.clock.run_to_next()
            received = await hook.count(count)
        await running.sandbox.settled()

    assert running.clock.slept == [0.5, 2.0, 1.0]
    events = [json.loads(delivery.body) for delivery in received[1:]]
    assert [event["name"] for event in events] == ["batch_edit", "image_result", "batch_edit"]
    assert events[0] == events[2]
    assert [delivery.signature is None for delivery in received[1:]] == [False, True, False]
    assert len(received) == 4
