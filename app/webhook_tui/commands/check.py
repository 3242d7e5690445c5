"""`webhook-tui check`: somebody's own handler gets the good and the bad, as a test for their CI."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from webhook_tui.checking import FORMS, Case, Result, cases, check
from webhook_tui.domain.event import KNOWN_EVENTS
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.problem import ExitCode, Problem, ProblemError
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.sent import failure_hint
from webhook_tui.outbound import OutboundSender, SendError, is_base_url, is_loopback
from webhook_tui.sandbox.samples import FIRST_ID, sample_data


def run(url: str, secret: Secret, *, anywhere: bool, timeout_seconds: float, output: str) -> int:
    """Check the handler at `url`, say it on standard output, and give the exit code: 0 all passed, 1 not.

    Raises ProblemError when the URL is not on this machine and may not be elsewhere, or nobody listens there.
    """
    if not is_base_url(url):
        raise ProblemError(Problem("That is not an http or https URL.", "", ExitCode.USAGE))
    if not anywhere and not is_loopback(url):
        raise ProblemError(
            Problem("That handler is not on this machine.", "If it is yours: --anywhere.", ExitCode.USAGE)
        )
    samples = [(name, sample_data(name, random.random)) for name in KNOWN_EVENTS]
    every = cases(secret, samples, first_id=FIRST_ID + secrets.randbelow(FIRST_ID), now=round(time.time(), 3))
    try:
        results = asyncio.run(_check(url, every, timeout_seconds))
    except SendError as error:
        is_refused = error.failure is Failure.REFUSED
        advice = "Start the handler, then again." if is_refused else failure_hint(error.failure)
        raise ProblemError(Problem(f"Nobody answers there: {error.reason}.", advice)) from None
    print(FORMS[output](_shown(url), results), end="")  # noqa: T201 -- the command's output
    return ExitCode.OK if all(result.passed for result in results) else ExitCode.FAILURE


async def _check(url: str, every: Sequence[Case], timeout_seconds: float) -> list[Result]:
    # A handler under development has a certificate of its own.
    sender = OutboundSender(url, timeout_seconds=timeout_seconds, verify=not is_loopback(url), is_app=True)
    try:
        return await check(sender, every)
    finally:
        await sender.aclose()


def _shown(url: str) -> str:
    """Without a user and password that may be in it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
