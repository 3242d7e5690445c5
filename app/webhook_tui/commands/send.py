"""`webhook-tui send`: one event, signed as PiktID signs it, to a URL or to the webhook-tui that runs now."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

from webhook_tui import __version__
from webhook_tui.domain.account import Account
from webhook_tui.domain.headers import Headers
from webhook_tui.domain.problem import ExitCode, Problem, ProblemError
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.signature import sign
from webhook_tui.outbound import OutboundSender, Reply, SendError, is_base_url, is_loopback
from webhook_tui.sandbox.samples import FIRST_ID, sample_data
from webhook_tui.store import AccountStore


def kept_secret(accounts: Path, account: Account) -> Secret | None:
    """The account's current signing secret, or None."""
    if not accounts.exists():
        return None
    with closing(AccountStore.open(accounts)) as store:
        current = store.ring(account).current
    return None if current is None else current.secret


def running_url(accounts: Path, account: Account) -> str | None:
    """The URL that a webhook-tui registered which runs now, or None."""
    if not accounts.exists():
        return None
    with closing(AccountStore.open(accounts)) as store:
        return next((registration.url for registration in store.live(account)), None)


def sample_body(event: str) -> bytes:
    """A sample event as PiktID's would be; what its data holds is our guess."""
    fields = {
        "id": FIRST_ID + secrets.randbelow(FIRST_ID),
        "name": event,
        "data": sample_data(event, random.random),
        "timestamp": round(time.time(), 3),
    }
    return json.dumps(fields).encode("ascii")


def run(event: str, url: str, secret: Secret, body: bytes, *, timeout_seconds: float) -> int:
    """Send it, say what was answered, and give the exit code: 0 for 2xx, 1 for anything else.

    Raises ProblemError when the event's name or the URL cannot be used.
    """
    headers = _headers(event, secret, body)
    if not is_base_url(url):
        raise ProblemError(Problem("That is not an http or https URL.", "", ExitCode.USAGE))
    try:
        reply = asyncio.run(_send(url, headers, body, timeout_seconds))
    except SendError as error:
        raise ProblemError(Problem(f"No answer: {error.reason}.", "")) from None
    is_good = 200 <= reply.status < 300
    phrase = f" {HTTPStatus(reply.status).phrase}" if reply.status in list(HTTPStatus) else ""
    print(f"{'✓' if is_good else '✗'} {reply.status}{phrase} in {reply.seconds * 1000:,.0f} ms")  # noqa: T201 -- output
    return ExitCode.OK if is_good else ExitCode.FAILURE


def _headers(event: str, secret: Secret, body: bytes) -> Headers:
    if not event.isprintable() or not event.strip() or event != event.strip():
        raise ProblemError(Problem("That cannot be an event's name: it is text in one line.", "", ExitCode.USAGE))
    return (
        (b"Content-Type", b"application/json"),
        (b"User-Agent", f"webhook-tui/{__version__}".encode("ascii")),
        (b"X-Webhook-Event", event.encode("utf-8", "surrogateescape")),
        (b"X-Webhook-Signature", sign(secret, body).encode("ascii")),
    )


async def _send(url: str, headers: Headers, body: bytes, timeout_seconds: float) -> Reply:
    sender = OutboundSender(url, timeout_seconds=timeout_seconds, verify=not is_loopback(url))
    try:
        return await sender.send("POST", sender.base_target, headers, body)
    finally:
        await sender.aclose()
