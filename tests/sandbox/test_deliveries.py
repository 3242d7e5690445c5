"""What the sandbox delivers: signed, retried with back-off, wrong on demand; and what it plays."""

from __future__ import annotations

import asyncio
import itertools
import json
from datetime import timedelta

import pytest

from tests.sandbox.harness import START, Received, receiver, serving
from webhook_tui.domain.scenario import Fault, Scenario, ScenarioStep
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import check_signature
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.sandbox.options import SandboxOptions

FORMER = Secret("former")


def _verdict(delivery: Received, *secrets: str) -> Verdict:
    ring = SecretRing()
    for minutes, secret in enumerate(secrets):
        ring = ring.registered(Secret(secret), START + timedelta(minutes=minutes))
    return check_signature(delivery.headers, delivery.body, ring, zone_now=START).verdict


async def test_a_delivery_is_retried_with_exponential_back_off() -> None:
    """Redirects, 4xx and 5xx are no success; body and signature stay the same; 2xx ends it."""
    async with serving() as running, receiver(503, 302, 404, 204) as hook:
        await running.sandbox.register(hook.url)
        moments = [await running.clock.run_to_next() for _ in range(3)]
        received = await hook.count(4)
        await running.sandbox.settled()

    assert moments == [2.0, 6.0, 14.0]
    assert len({(delivery.body, delivery.signature) for delivery in received}) == 1
    assert [(attempt.number, attempt.status) for attempt in running.sandbox.attempts] == [
        (1, 503),
        (2, 302),
        (3, 404),
        (4, 204),
    ]


async def test_a_delivery_is_given_up_after_its_last_attempt() -> None:
    """The number of attempts is an option; a hook that is not there counts as no answer."""
    async with serving(SandboxOptions(attempts=2)) as running:
        await running.sandbox.register("http://127.0.0.1:1/")
        await running.clock.run_to_next()
        await running.sandbox.settled()

    assert [(attempt.status, attempt.reason) for attempt in running.sandbox.attempts] == [
        (None, "the connection was refused")
    ] * 2
    current = running.sandbox.registry.current
    assert current is not None
    assert (current.last_response_status, current.last_response_at) == (None, running.clock.now())


async def test_a_retry_is_signed_with_the_new_secret_by_default() -> None:
    """What PiktID does after a rotation is not documented, so both can be had."""
    for keep, verdict in ((False, Verdict.VALID), (True, Verdict.OLDER)):
        async with serving(SandboxOptions(retries_keep_secret=keep)) as running, receiver(503) as hook:
            await running.sandbox.register(hook.url)
            await hook.count(1)
            await running.sandbox.register(hook.url)
            await hook.count(2)
            await running.clock.run_to_next()
            received = await hook.count(3)
            await running.sandbox.settled()
        assert _verdict(received[2], "secret-1", "secret-2") is verdict


async def test_retries_follow_the_registration_and_end_with_it() -> None:
    """A new URL gets the retry; without a webhook there is none."""
    async with serving() as running, receiver(503) as old, receiver() as new:
        await running.sandbox.register(old.url)
        await old.count(1)
        await running.sandbox.register(new.url)
        await new.count(1)
        await running.clock.run_to_next()
        await new.count(2)
        new.statuses.append(500)
        running.sandbox.ping()
        await new.count(3)
        assert running.sandbox.registry.delete()
        await running.clock.run_to_next()
        await running.sandbox.settled()

    assert len(old.received) == 1
    assert len(new.received) == 3


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (Fault.FORGED, Verdict.INVALID),
        (Fault.NO_SIGNATURE, Verdict.MISSING),
        (Fault.OLDER, Verdict.OLDER),
        (Fault.UPPER_CASE, Verdict.MALFORMED),
        (Fault.NO_PREFIX, Verdict.MALFORMED),
        (Fault.NEWLINE, Verdict.INVALID),
        (Fault.RESERIALISED, Verdict.INVALID),
        (Fault.ALTER, Verdict.VALID),
    ],
)
async def test_a_signature_can_be_wrong_in_every_way(fault: Fault, verdict: Verdict) -> None:
    """Each fault has the verdict that it is for, and the event stream has the event as it was."""
    async with serving(SandboxOptions(former_secret=FORMER)) as running, receiver() as hook:
        await running.sandbox.register(hook.url)
        await hook.count(1)
        event = running.sandbox.emit("batch_edit", {"status": "processing", "job_id": "j"}, fault=fault)
        received = await hook.count(2)
        await running.sandbox.settled()

    delivery = received[1]
    assert _verdict(delivery, "former", "secret-1") is verdict
    same = json.loads(delivery.body) == event.fields()
    assert same is (fault is not Fault.ALTER)


async def test_a_delivery_can_be_lost_delayed_doubled_or_its_answer_lost() -> None:
    """Each is one event on the stream, and none, a late one, or two deliveries."""
    async with serving() as running, receiver() as hook:
        await running.sandbox.register(hook.url)
        await hook.count(1)
        running.sandbox.emit("a", {}, fault=Fault.LOSE)
        running.sandbox.emit("b", {}, fault=Fault.DUPLICATE)
        await hook.count(3)
        running.sandbox.emit("c", {}, fault=Fault.ANSWER_LOST)
        await hook.count(4)
        assert await running.clock.run_to_next() == 2.0
        await hook.count(5)
        running.sandbox.emit("d", {}, fault=Fault.DELAY)
        assert await running.clock.run_to_next() == 5.0
        received = await hook.count(6)
        await running.sandbox.settled()

    assert [json.loads(delivery.body)["name"] for delivery in received] == ["ping", "b", "b", "c", "c", "d"]
    assert [event.name for event in running.sandbox.notifications.kept()] == ["ping", "a", "b", "c", "d"]


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
            await _idle()
        received = list(hook.received)
        later: list[float] = []
        while len(later) < 30:
            later.append(await running.clock.run_to_next())

    verdicts = {_verdict(delivery, "former", "secret-1") for delivery in received}
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

    assert {_verdict(delivery, "secret-1") for delivery in received} == {Verdict.VALID}


async def test_a_burst_is_bounded_and_all_of_it_arrives() -> None:
    """No more attempts at once than the option says."""
    async with serving(SandboxOptions(at_once=3)) as running, receiver() as hook:
        hook.hold = asyncio.Event()
        await running.sandbox.register(hook.url)
        for number in range(100):
            running.sandbox.emit("batch_edit", {"number": number})
        await hook.count(3)
        await _idle()
        assert len(hook.received) == 3
        hook.hold.set()
        await hook.count(101)
        await running.sandbox.settled()


async def test_rotating_during_a_burst_signs_each_delivery_with_a_known_secret() -> None:
    """What is sent after a PUT is signed with its secret; what was on its way has the one before."""
    async with serving() as running, receiver() as hook:
        await running.sandbox.register(hook.url)
        for number in range(150):
            running.sandbox.emit("batch_edit", {"number": number})
            if number % 50 == 0:
                await running.sandbox.register(hook.url)
        await running.sandbox.settled()
        received = await hook.count(154)

    verdicts = [_verdict(delivery, "secret-1", "secret-2", "secret-3", "secret-4") for delivery in received]
    assert set(verdicts) <= {Verdict.VALID, Verdict.OLDER}
    assert verdicts[-1] is Verdict.VALID


async def test_the_delays_differ_by_chance() -> None:
    """At most by the part that the option says, either way."""
    for chance, delay in ((0.0, 1.5), (0.5, 2.0), (1.0, 2.5)):
        async with serving(SandboxOptions(jitter=0.25), chance=chance) as running:
            await running.sandbox.register("http://127.0.0.1:1/")
            assert await running.clock.run_to_next() == delay


async def _idle() -> None:
    """Let everything that can happen now happen."""
    for _ in range(10):
        await asyncio.sleep(0.01)


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
