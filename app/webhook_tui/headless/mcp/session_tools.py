"""The tools that send something: to the running session's receiver, to an app on this machine, or by PiktID's API."""

from __future__ import annotations

import asyncio
import json
import secrets as chance
import time
from collections.abc import Mapping
from contextlib import aclosing, closing

from msgspec import UNSET

from webhook_tui import __version__
from webhook_tui.domain.delivery.headers import SIGNATURE_HEADER, SIMULATED_HEADER, Headers
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.failure import SendError
from webhook_tui.domain.forwarding.forward_result import ForwardResult, hint
from webhook_tui.domain.running_session import RunningSession
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.signature import event_headers
from webhook_tui.domain.status import WebhookState
from webhook_tui.domain.url import UrlError, normalized_url
from webhook_tui.headless import messages
from webhook_tui.headless.mcp.answers import UNTRUSTED, Redactor, delivery_answer
from webhook_tui.headless.mcp.history_tools import HistoryTools
from webhook_tui.headless.mcp.tools import ReplayDelivery, SimulateEvent
from webhook_tui.headless.replay import open_forwarder
from webhook_tui.headless.setup.status import StatusRequest
from webhook_tui.headless.signing.stored_accounts import stored_ring
from webhook_tui.http.sender import OutboundSender, Reply, is_base_url, is_loopback
from webhook_tui.piktid.client import PiktidClient
from webhook_tui.sandbox.jobs import sample_body
from webhook_tui.session.forwarding.forwarder import Replay
from webhook_tui.storage.forward_results import ResultWriter
from webhook_tui.storage.history_watch import HistoryWatch
from webhook_tui.storage.running_sessions import running_sessions

PING_SECONDS = 10.0
"""How long a test ping is waited for."""
_TIMEOUT_SECONDS = 30.0
_POLL_SECONDS = 0.05
_LONGEST_ANSWER = 2048
"""Bytes of an app's answer that are shown."""


class SessionTools:
    """Sends for an agent. Every method raises ProblemError."""

    def __init__(self, request: StatusRequest, history: HistoryTools) -> None:
        """`request`: which account, history and accounts file."""
        self._request = request
        self._history = history

    async def send_test_ping(self, redactor: Redactor) -> Mapping[str, object]:
        """Have PiktID send a test ping to the running session, and return the delivery when it has come."""
        token = self._request.token
        if token is None:
            raise ProblemError(messages.NO_TOKEN_OF_SERVER)
        session = self._session()
        if session.account != self._request.account or session.webhook != WebhookState.REGISTERED.value:
            raise ProblemError(messages.NO_REGISTERED_SESSION)
        with closing(HistoryWatch(self._request.history)) as watch:
            async with aclosing(PiktidClient(self._request.api_url, token)) as client:
                await client.test_ping()
            deadline = time.monotonic() + PING_SECONDS
            while time.monotonic() < deadline:
                for stored in watch.poll():
                    if stored.row.event == "ping":
                        return {"type": "ping", "sent": True, "delivery": delivery_answer(stored, redactor)}
                await asyncio.sleep(_POLL_SECONDS)
        return {"type": "ping", "sent": True, "delivery": None}

    async def replay_delivery(self, arguments: ReplayDelivery) -> Mapping[str, object]:
        """Send a stored delivery to an app on this machine, and return its answer."""
        url = _local_url(arguments.url)
        stored = await asyncio.to_thread(self._history.stored, arguments.seq)
        async with open_forwarder(anywhere=False) as forwarder:
            result = await forwarder.replay(stored, url, Replay())
        with closing(ResultWriter(self._history.path)) as results:
            results.keep(result)
        return _result_answer(result)

    async def simulate_event(self, arguments: SimulateEvent, redactor: Redactor) -> Mapping[str, object]:
        """Send an event to the running session's receiver, and return what it stored."""
        session = self._session()
        body = _body(arguments)
        headers = self._headers(arguments, session, body)
        with closing(HistoryWatch(self._request.history)) as watch:
            reply = await _post(session.hook_url, headers, body)
            found = [stored for stored in watch.poll() if stored.delivery.body == body]
        return {
            "type": "simulated",
            "status": reply.status,
            "ms": round(reply.seconds * 1000),
            "delivery": delivery_answer(found[-1], redactor) if found else None,
        }

    def _session(self) -> RunningSession:
        """The session that runs; of several, this account's, or the last one started."""
        sessions = running_sessions(self._request.history)
        own = [session for session in sessions if session.account == self._request.account]
        if not sessions:
            raise ProblemError(messages.NO_SESSION)
        return (own or sessions)[-1]

    def _headers(self, arguments: SimulateEvent, session: RunningSession, body: bytes) -> Headers:
        secret = self._secret(session) if arguments.signature == "valid" else Secret(chance.token_urlsafe(24))
        headers = event_headers(arguments.name, secret, body, agent=f"webhook-tui/{__version__}")
        if arguments.signature == "none":
            headers = tuple(pair for pair in headers if pair[0].lower() != SIGNATURE_HEADER)
        return (*headers, (SIMULATED_HEADER, session.nonce.encode("ascii")))

    def _secret(self, session: RunningSession) -> Secret:
        """The secret that the session's account verifies with now."""
        known = stored_ring(self._request.accounts, session.account).newest
        if known is None:
            raise ProblemError(messages.SECRET_NOT_KEPT)
        return known.secret


def _local_url(text: str) -> str:
    try:
        url = normalized_url(text)
    except UrlError as error:
        raise ProblemError(messages.invalid_url(str(error))) from error
    if not is_base_url(url) or not is_loopback(url):
        raise ProblemError(messages.REPLAY_ELSEWHERE)
    return url


def _body(arguments: SimulateEvent) -> bytes:
    body = sample_body(arguments.name)
    if arguments.data is UNSET:
        return body
    return json.dumps({**json.loads(body), "data": arguments.data}).encode("ascii")


async def _post(url: str, headers: Headers, body: bytes) -> Reply:
    async with aclosing(OutboundSender(url, timeout_seconds=_TIMEOUT_SECONDS, verify=not is_loopback(url))) as sender:
        try:
            return await sender.send("POST", sender.base_target, headers, body)
        except SendError as error:
            raise ProblemError(messages.receiver_unreachable(error.reason)) from error


def _result_answer(result: ForwardResult) -> Mapping[str, object]:
    """The object of `listen --format json` for a forward, and the app's answer."""
    return {
        "type": "forwarded",
        "seq": result.seq,
        "url": result.url,
        "status": result.status,
        "ms": result.ms,
        "failure": result.failure or None,
        "hint": hint(result) or None,
        "untrusted": f"answer_text comes {UNTRUSTED}",
        "answer_text": result.body[:_LONGEST_ANSWER].decode("utf-8", "replace"),
    }
