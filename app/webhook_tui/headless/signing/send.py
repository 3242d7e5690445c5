"""What `webhook-tui send` and `check` do: send signed events to the user's own handler, one or a whole test."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing, closing
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from webhook_tui import __version__
from webhook_tui.domain.answer_rules.answer import is_success
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.domain.failure import Failure, SendError
from webhook_tui.domain.forwarding.forward_result import failure_hint
from webhook_tui.domain.forwarding.handler_check import CaseResult
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.signature import event_headers
from webhook_tui.handler_check.cases import Case
from webhook_tui.handler_check.report import FORMS
from webhook_tui.handler_check.run import all_cases, check
from webhook_tui.headless import messages
from webhook_tui.http.sender import OutboundSender, Reply, is_base_url, is_loopback
from webhook_tui.storage.database.errors import no_delivery
from webhook_tui.storage.rows import open_history


def stored_event(history: Path, seq: int) -> tuple[str, bytes]:
    """Return the event name and the body of a stored delivery. Raises ProblemError."""
    with closing(open_history(history)) as rows:
        stored = rows.stored(seq)
    if stored is None:
        raise ProblemError(no_delivery(seq))
    return stored.row.event, stored.delivery.body


def run(event: str, url: str, secret: Secret, body: bytes, *, timeout_seconds: float) -> int:
    """Send the event, print the answer, and return the exit code: 0 for 2xx, 1 otherwise.

    Raises ProblemError when the name or the URL is invalid, or there is no answer.
    """
    headers = event_headers(event, secret, body, agent=f"webhook-tui/{__version__}")
    if not is_base_url(url):
        raise ProblemError(messages.NOT_A_URL)
    try:
        reply = asyncio.run(_send(url, headers, body, timeout_seconds))
    except SendError as error:
        raise ProblemError(messages.no_answer(error.reason, failure_hint(error.failure))) from None
    is_good = is_success(reply.status)
    phrase = f" {HTTPStatus(reply.status).phrase}" if reply.status in list(HTTPStatus) else ""
    cut = "" if reply.cut is None else f", body cut off: {reply.cut.value}"
    sign = "✓" if is_good else "✗"
    sys.stdout.write(f"{sign} {reply.status}{phrase} in {reply.seconds * 1000:,.0f} ms{cut}\n")
    return ExitCode.OK if is_good else ExitCode.FAILURE


async def _send(url: str, headers: Headers, body: bytes, timeout_seconds: float) -> Reply:
    async with _sender(url, timeout_seconds) as sender:
        return await sender.send("POST", sender.base_target, headers, body)


def check_handler(url: str, secret: Secret, *, anywhere: bool, timeout_seconds: float, output: str) -> int:
    """Check the handler at `url`, print the report, and return the exit code: 0 all passed, 1 not.

    Raises ProblemError when the URL is on another machine without `anywhere`, or nothing listens there.
    """
    if not is_base_url(url):
        raise ProblemError(messages.NOT_A_URL)
    if not anywhere and not is_loopback(url):
        raise ProblemError(messages.OTHER_MACHINE)
    every = all_cases(secret, now=time.time())
    try:
        results = asyncio.run(_sent_cases(url, every, timeout_seconds))
    except SendError as error:
        is_refused = error.failure is Failure.REFUSED
        advice = "Start the handler, then check again." if is_refused else failure_hint(error.failure)
        raise ProblemError(messages.handler_unreachable(error.reason, advice)) from None
    sys.stdout.write(FORMS[output](_shown(url), results))
    return ExitCode.OK if all(result.passed for result in results) else ExitCode.FAILURE


async def _sent_cases(url: str, every: Sequence[Case], timeout_seconds: float) -> list[CaseResult]:
    async with _sender(url, timeout_seconds) as sender:
        return await check(sender, every)


def _sender(url: str, timeout_seconds: float) -> aclosing[OutboundSender]:
    # A handler under development has a certificate of its own.
    return aclosing(OutboundSender(url, timeout_seconds=timeout_seconds, verify=not is_loopback(url), is_app=True))


def _shown(url: str) -> str:
    """Return the URL without user and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
