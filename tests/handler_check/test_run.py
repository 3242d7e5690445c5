"""The check against real handlers: what is right passes, each fault is found and named."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from tests.handler_check import handlers
from tests.handler_check.handlers import CASES, Answer, serving
from webhook_tui.domain.failure import SendError
from webhook_tui.domain.forwarding.handler_check import CaseResult
from webhook_tui.handler_check.run import LONGEST_SECONDS, check
from webhook_tui.http.sender import OutboundSender

NAMES = [case.name for case in CASES]

FORGED = [case.name for case in CASES if case.expected == "4xx"]


async def checked(url: str, *, timeout_seconds: float = 5) -> list[CaseResult]:
    """All results of a check of that URL."""
    sender = OutboundSender(url, timeout_seconds=timeout_seconds)
    try:
        return await check(sender, CASES)
    finally:
        await sender.aclose()


async def failed(answer: Answer, *, first_piece: bool = False) -> dict[str, CaseResult]:
    """The cases that a handler fails, by name."""
    async with serving(answer, first_piece=first_piece) as url:
        return {result.name: result for result in await checked(url) if not result.passed}


async def test_a_good_handler_passes() -> None:
    """All of it."""
    assert await failed(handlers.good) == {}


async def test_a_handler_that_accepts_everything_accepts_forgeries() -> None:
    """Every forged delivery fails, nothing else, and the first wrong answer of a case ends it."""
    found = await failed(handlers.credulous)

    assert list(found) == FORGED
    assert "Anyone who knows the URL" in found["wrong-secret"].meaning
    assert found["unset-secret"].statuses == (200,)


async def test_a_handler_that_crashes_is_reported_where() -> None:
    """On a missing header, an unknown event, a body that is not what it hoped for, and characters it cannot read."""
    found = await failed(handlers.crashing)

    assert set(found) == {"missing-header", "not-ascii", "unknown-event", "not-json", "other-json"}
    assert "crashes instead of refusing" in found["missing-header"].meaning
    assert "ignore those that are not known" in found["unknown-event"].advice


@pytest.mark.parametrize(
    ("answer", "name", "others"),
    [
        (handlers.reserialising, "spelling", {"not-json"}),
        (handlers.beginning, "cut-signature", {"empty-signature"}),
        (handlers.small, "large", set()),
        (handlers.once(), "duplicate-id", set()),
        (handlers.in_order(), "reordered", {"slow", "large", "still-there"}),
        (handlers.fragile(), "still-there", {"not-json", "other-json", "large", "slow"}),
        (handlers.unset, "unset-secret", {case for case in NAMES if case not in FORGED} - {"not-json", "other-json"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_fault_is_found(answer: Answer, name: str, others: set[str]) -> None:
    """The case that is made for it fails, and no good case that has nothing to do with it."""
    found = await failed(answer)

    assert name in found
    assert set(found) - {name} <= others
    assert found[name].meaning


async def test_a_body_read_only_once_fails_when_it_comes_in_pieces() -> None:
    """As many small servers do it."""
    found = await failed(handlers.good, first_piece=True)

    assert "up to Content-Length" in found["slow"].advice


@pytest.mark.parametrize(("answer", "says"), [(handlers.redirecting, "redirects"), (handlers.nowhere, "Nothing is at")])
async def test_a_wrong_address_is_reported(answer: Answer, says: str) -> None:
    """Neither a login page nor another path is a handler."""
    found = await failed(answer)

    assert says in found["valid-ping"].meaning


async def test_a_handler_that_never_answers_takes_bounded_time() -> None:
    """Each message has its time, and all of them together have one, after which nothing more is sent."""
    forever = asyncio.Event()
    clock = itertools.count(0.0, LONGEST_SECONDS / 3)
    async with serving(handlers.good, waits=forever.wait) as url:
        sender = OutboundSender(url, timeout_seconds=0.05)
        results = await check(sender, CASES, clock=lambda: next(clock))
        await sender.aclose()
        forever.set()

    assert len(results) == len(CASES)
    assert not any(result.passed for result in results)
    assert "0.05 s" in results[0].no_answer
    assert "not sent" in results[4].no_answer


async def test_no_server_is_an_error_of_its_own() -> None:
    """A table of failures would say nothing."""
    async with serving(handlers.good) as url:
        pass

    with pytest.raises(SendError, match="refused"):
        await checked(url)
