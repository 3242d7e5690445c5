"""`webhook-tui send`: one event, signed as PiktID signs it, to a URL or to the webhook-tui that runs now."""

from __future__ import annotations

import asyncio
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

from msgspec.structs import replace

from webhook_tui import __version__
from webhook_tui.domain.account import Account
from webhook_tui.domain.answer_rules.answer import is_success
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.forwarding.forward_result import failure_hint
from webhook_tui.domain.signature.event_headers import event_headers
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.editor import edit
from webhook_tui.http.sender import OutboundSender, Reply, SendError, is_base_url, is_loopback
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.rows import open_history


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


def stored_event(history: Path, seq: int) -> tuple[str, bytes]:
    """The event's name and the body of a stored delivery; raises ProblemError when it is not there."""
    with closing(open_history(history)) as rows:
        stored = rows.stored(seq)
    if stored is None:
        raise ProblemError(Problem(f"There is no delivery {seq} in the history.", ""))
    return stored.row.event, stored.delivery.body


def edited(body: bytes, seq: int | None) -> bytes:
    """What the user makes of a body in the editor; raises ProblemError when that does not work."""
    try:
        return edit(body, seq)
    except ProblemError as error:
        raise ProblemError(replace(error.problem, hint="")) from None


def run(event: str, url: str, secret: Secret, body: bytes, *, timeout_seconds: float) -> int:
    """Send it, say what was answered, and give the exit code: 0 for 2xx, 1 for anything else.

    Raises ProblemError when the event's name or the URL cannot be used.
    """
    headers = event_headers(event, secret, body, agent=f"webhook-tui/{__version__}")
    if not is_base_url(url):
        raise ProblemError(Problem("That is not an http or https URL.", "", ExitCode.USAGE))
    try:
        reply = asyncio.run(_send(url, headers, body, timeout_seconds))
    except SendError as error:
        raise ProblemError(Problem(f"No answer: {error.reason}.", failure_hint(error.failure))) from None
    is_good = is_success(reply.status)
    phrase = f" {HTTPStatus(reply.status).phrase}" if reply.status in list(HTTPStatus) else ""
    cut = "" if reply.cut is None else f", body cut off: {reply.cut.value}"
    print(f"{'✓' if is_good else '✗'} {reply.status}{phrase} in {reply.seconds * 1000:,.0f} ms{cut}")  # noqa: T201 -- output
    return ExitCode.OK if is_good else ExitCode.FAILURE


async def _send(url: str, headers: Headers, body: bytes, timeout_seconds: float) -> Reply:
    sender = OutboundSender(url, timeout_seconds=timeout_seconds, verify=not is_loopback(url), is_app=True)
    try:
        return await sender.send("POST", sender.base_target, headers, body)
    finally:
        await sender.aclose()
