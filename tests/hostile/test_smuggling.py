"""Requests that others between the sender and us may read otherwise: refused, with nothing after them read."""

from __future__ import annotations

import asyncio
import re

from tests.hostile.listening import Hook, exchange
from tests.hostile.smuggling import CLEAR, REFUSED, alone, with_a_second
from webhook_tui.domain.events import DeliveryStored

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


def _recorded_of(hook: Hook, client: str) -> list[bytes]:
    return [event.delivery.body for event in hook.running.all(DeliveryStored) if event.delivery.client == client]


async def _statuses(hook: Hook, sent: bytes) -> tuple[list[int], list[bytes]]:
    """What was answered, and the bodies that were recorded."""
    answer, own = await exchange(hook.port, sent, quiet_seconds=1.0)
    return [int(status) for status in _STATUS.findall(answer)], _recorded_of(hook, own)


async def test_what_may_be_read_in_two_ways_is_refused(hook: Hook) -> None:
    """One answer of the 4xx or none, and no delivery, of none of them: neither it nor what follows it."""

    async def one(case: bytes) -> str:
        statuses, bodies = await _statuses(hook, with_a_second(case, hook.path))
        is_right = len(statuses) <= 1 and all(400 <= status < 500 for status in statuses) and not bodies
        return "" if is_right else f"{case!r}: {statuses} {bodies}"

    wrong = [line for line in await asyncio.gather(*map(one, REFUSED)) if line]
    assert not wrong, "\n".join(wrong)
    hook.assert_unharmed()


async def test_what_is_odd_but_clear_is_taken(hook: Hook) -> None:
    """With its bodies to the byte, and each request on the connection once."""

    async def one(case: bytes, expected: tuple[bytes, ...]) -> str:
        statuses, bodies = await _statuses(hook, alone(case, hook.path))
        answered = [status for status in statuses if status not in (100, 404)]
        return (
            "" if tuple(bodies) == expected and answered == [200] * len(expected) else f"{case!r}: {statuses} {bodies}"
        )

    wrong = [line for line in await asyncio.gather(*(one(*case) for case in CLEAR)) if line]
    assert not wrong, "\n".join(wrong)
    hook.assert_unharmed()
