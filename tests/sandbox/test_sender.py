"""What the sandbox delivers: signed, retried with back-off, wrong on demand; and what it plays."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.sandbox.harness import FORMER, idle, receiver, serving, verdict_of
from webhook_tui.domain.scenario import Fault
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.sandbox.options import SandboxOptions


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
        assert verdict_of(received[2], "secret-1", "secret-2") is verdict


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

    assert len(old.requests) == 1
    assert len(new.requests) == 3


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
    assert verdict_of(delivery, "former", "secret-1") is verdict
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


async def test_a_burst_is_bounded_and_all_of_it_arrives() -> None:
    """No more attempts at once than the option says."""
    async with serving(SandboxOptions(at_once=3)) as running, receiver() as hook:
        hook.hold = asyncio.Event()
        await running.sandbox.register(hook.url)
        for number in range(100):
            running.sandbox.emit("batch_edit", {"number": number})
        await hook.count(3)
        await idle()
        assert len(hook.requests) == 3
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

    verdicts = [verdict_of(delivery, "secret-1", "secret-2", "secret-3", "secret-4") for delivery in received]
    assert set(verdicts) <= {Verdict.VALID, Verdict.OLDER}
    assert verdicts[-1] is Verdict.VALID


async def test_the_delays_differ_by_chance() -> None:
    """At most by the part that the option says, either way."""
    for chance, delay in ((0.0, 1.5), (0.5, 2.0), (1.0, 2.5)):
        async with serving(SandboxOptions(jitter=0.25), chance=chance) as running:
            await running.sandbox.register("http://127.0.0.1:1/")
            assert await running.clock.run_to_next() == delay
