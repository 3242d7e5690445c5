"""What `webhook-tui send` does: sends one event, signed as PiktID signs it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

from webhook_tui import __version__
from webhook_tui.domain.answer_rules.answer import is_success
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.domain.forwarding.forward_result import failure_hint
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.signature import event_headers
from webhook_tui.headless import messages
from webhook_tui.http.sender import OutboundSender, Reply, SendError, is_base_url, is_loopback
from webhook_tui.storage.rows import open_history


def stored_event(history: Path, seq: int) -> tuple[str, bytes]:
    """Return the event name and the body of a stored delivery. Raises ProblemError."""
    with closing(open_history(history)) as rows:
        stored = rows.stored(seq)
    if stored is None:
        raise ProblemError(messages.no_delivery(seq))
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
    sender = OutboundSender(url, timeout_seconds=timeout_seconds, verify=not is_loopback(url), is_app=True)
    try:
        return await sender.send("POST", sender.base_target, headers, body)
    finally:
        await sender.aclose()
