"""What `webhook-tui check` does: tests a handler with valid, forged and malformed deliveries."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.forwarding.forward_result import failure_hint
from webhook_tui.domain.forwarding.handler_check import CaseResult
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.handler_check.cases import Case
from webhook_tui.handler_check.report import FORMS
from webhook_tui.handler_check.run import all_cases, check
from webhook_tui.headless import messages
from webhook_tui.http.sender import OutboundSender, SendError, is_base_url, is_loopback


def run(url: str, secret: Secret, *, anywhere: bool, timeout_seconds: float, output: str) -> int:
    """Check the handler at `url`, print the report, and return the exit code: 0 all passed, 1 not.

    Raises ProblemError when the URL is on another machine without `anywhere`, or nothing listens there.
    """
    if not is_base_url(url):
        raise ProblemError(messages.NOT_A_URL)
    if not anywhere and not is_loopback(url):
        raise ProblemError(messages.OTHER_MACHINE)
    every = all_cases(secret, now=time.time())
    try:
        results = asyncio.run(_check(url, every, timeout_seconds))
    except SendError as error:
        is_refused = error.failure is Failure.REFUSED
        advice = "Start the handler, then check again." if is_refused else failure_hint(error.failure)
        raise ProblemError(messages.handler_unreachable(error.reason, advice)) from None
    sys.stdout.write(FORMS[output](_shown(url), results))
    return ExitCode.OK if all(result.passed for result in results) else ExitCode.FAILURE


async def _check(url: str, every: Sequence[Case], timeout_seconds: float) -> list[CaseResult]:
    # A handler under development has a certificate of its own.
    sender = OutboundSender(url, timeout_seconds=timeout_seconds, verify=not is_loopback(url), is_app=True)
    try:
        return await check(sender, every)
    finally:
        await sender.aclose()


def _shown(url: str) -> str:
    """Return the URL without user and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
