"""Deliveries sent on to the app under development: as they come (forward), or again (replay); byte for byte.

Always to the one URL that the user named, on this machine unless `--forward-anywhere`; nothing in a delivery chooses
where it goes.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from webhook_tui.domain.answer import Answer
from webhook_tui.domain.delivery import Delivery, StoredDelivery
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.headers import HOP_BY_HOP, SIGNATURE_HEADER, Headers, first, sendable, values
from webhook_tui.domain.problem import ExitCode, Problem, ProblemError, Severity
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.sent import LONGEST_KEPT, Sent, Why
from webhook_tui.domain.signature import sign
from webhook_tui.domain.url import connect_host, is_loopback_host, origin, origin_form
from webhook_tui.outbound import OutboundSender, Reply, SendError, is_base_url, is_loopback

TIMEOUT_SECONDS = 25.0
"""For one try; the sender of the delivery waits meanwhile."""
LONGEST_ANSWER = 1024 * 1024
_PROBE_SECONDS = 2.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 4.0
_RECEIVERS_OWN = HOP_BY_HOP | {b"content-length", b"date"}
_MARK = b"X-Webhook-Forwarded-By"
"""Holds a word of the run that forwarded: what comes back with it has gone in a circle."""
_CONTENT_ENCODING = b"content-encoding"
_PLAIN = ((b"content-type", b"text/plain; charset=utf-8"),)
LOOP = Answer(508, b"webhook-tui forwarded this delivery itself: the URL leads back to this receiver.", _PLAIN)
"""What a forwarded delivery is answered that came back."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """Where the receiver is reached: what is forwarded there would come back."""

    host: str
    port: int
    public_url: str | None = None
    """Of a tunnel: all of it leads here."""
    hook_url: str | None = None
    """Of the user's own: only this path is known to."""

    def includes(self, url: str) -> bool:
        """Whether that http or https URL leads to the receiver."""
        host, port = origin(url)
        if port == self.port and (is_loopback_host(host) or host == self.host):
            return True
        if self.public_url is not None and origin(self.public_url) == (host, port):
            return True
        return (
            self.hook_url is not None
            and origin(self.hook_url) == (host, port)
            and (urlsplit(self.hook_url).path or "/") == (urlsplit(url).path or "/")
        )


@dataclass(frozen=True, slots=True)
class Replay:
    """How a delivery is to be sent again."""

    secret: Secret | None = None
    """Sign anew with it; None: the signature goes as received."""
    body: bytes | None = None
    """In place of the one that was received."""


def check(url: str, *, anywhere: bool) -> None:
    """Raise ProblemError (usage) unless deliveries may be sent to that URL."""
    if not is_base_url(url):
        raise ProblemError(Problem("That is not an http or https URL.", "As in http://127.0.0.1:3000.", ExitCode.USAGE))
    if not anywhere and not is_loopback(url):
        raise ProblemError(
            Problem(
                "Deliveries are forwarded within this machine only.",
                "Another host needs --forward-anywhere.",
                ExitCode.USAGE,
            )
        )


def refuse_own(url: str, own: OwnAddress) -> None:
    """Raise ProblemError (usage) when deliveries forwarded to that URL would come back."""
    if own.includes(url):
        raise ProblemError(
            Problem(
                "Deliveries cannot be forwarded to this receiver itself.",
                "Name the URL of your app, with its own port.",
                ExitCode.USAGE,
            )
        )


class Forwarding:
    """Sends deliveries on and tells what became of them. All calls come from the session's loop."""

    def __init__(
        self,
        *,
        retries: int,
        anywhere: bool,
        own: Callable[[], OwnAddress],
        now: Callable[[], datetime],
        passes_target: bool = False,
        timeout_seconds: float = TIMEOUT_SECONDS,
        first_pause: float = _FIRST_PAUSE,
    ) -> None:
        """`retries`: how often a forward without an answer, or with 5xx, is tried again.

        `passes_target`: the path and the query of a delivery are added to those of the URL.
        """
        self.url: str | None = None
        """Where deliveries are forwarded to; None: nowhere."""
        self._retries = retries
        self._anywhere = anywhere
        self._own = own
        self._passes_target = passes_target
        self._mark = secrets.token_hex(8).encode("ascii")
        self._now = now
        self._timeout_seconds = timeout_seconds
        self._first_pause = first_pause
        self._senders: dict[str, OutboundSender] = {}

    def use(self, url: str | None) -> None:
        """Forward there from now on, or (None) nowhere; raises ProblemError when it must not be."""
        if url is not None:
            self.allow(url)
            refuse_own(url, self._own())
        self.url = url

    def allow(self, url: str) -> None:
        """Raise ProblemError when nothing may be sent to that URL."""
        check(url, anywhere=self._anywhere)

    def has_come_back(self, headers: Headers) -> bool:
        """Whether this run forwarded the delivery with those headers."""
        return any(hmac.compare_digest(value, self._mark) for value in values(headers, _MARK))

    async def aclose(self) -> None:
        """Close all connections."""
        for sender in self._senders.values():
            await sender.aclose()
        self._senders.clear()

    async def probe(self) -> Problem | None:
        """What to say when nothing listens at the URL; only a connection is made, nothing is sent."""
        if self.url is None:
            return None
        host, port = origin(self.url)
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                _, writer = await asyncio.open_connection(connect_host(host), port)
        except (OSError, TimeoutError):
            return Problem(
                f"Nothing listens at {host}:{port}, where deliveries are forwarded to.",
                "They are answered 502 until your app runs there.",
                severity=Severity.WARNING,
            )
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return None

    async def forward(self, stored: StoredDelivery) -> tuple[Answer, Sent]:
        """Send it on as it came; the app's answer to give back, or a 502 that says why there is none."""
        assert self.url is not None
        return await self._try(self.url, stored, stored.delivery, Why.FORWARDED, retries=self._retries)

    async def replay(self, stored: StoredDelivery, url: str, how: Replay) -> Sent:
        """Send it again, once; raises ProblemError when that URL must not be used."""
        self.allow(url)
        delivery = _changed(stored.delivery, how)
        edited = how.body is not None and how.body != stored.delivery.body
        _, sent = await self._try(
            url, stored, delivery, Why.REPLAYED, retries=0, signed_anew=how.secret is not None, edited=edited
        )
        return sent

    async def _try(
        self,
        url: str,
        stored: StoredDelivery,
        delivery: Delivery,
        why: Why,
        *,
        retries: int,
        signed_anew: bool = False,
        edited: bool = False,
    ) -> tuple[Answer, Sent]:
        sender = self._sender(url)
        target = sender.base_target
        if self._passes_target and url == self.url:
            target = joined_target(target, delivery.target)
            url = urlsplit(url)._replace(path="", query="", fragment="").geturl() + target
        headers = _passed_on(delivery.headers)
        if why is Why.FORWARDED:
            headers = (*headers, (_MARK, self._mark))
        pause = self._first_pause
        for tries in range(1, retries + 2):
            outcome = await _send(sender, delivery, target, headers)
            answer, sent = self._told(outcome, url, stored.row.seq, why, tries)
            if tries > retries or (sent.status is not None and sent.status < 500):
                break
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return answer, replace(sent, signed_anew=signed_anew, edited=edited)

    def _sender(self, url: str) -> OutboundSender:
        if url not in self._senders:
            self._senders[url] = OutboundSender(
                url,
                timeout_seconds=self._timeout_seconds,
                verify=not is_loopback(url),
                longest_reply=LONGEST_ANSWER,
                is_app=True,
            )
        return self._senders[url]

    def _told(self, outcome: Reply | SendError, url: str, seq: int, why: Why, tries: int) -> tuple[Answer, Sent]:
        if isinstance(outcome, SendError):
            sent = Sent(seq, why, url, self._now(), None, tries=tries, failure=outcome.reason, cause=outcome.failure)
            words = f"webhook-tui got no answer from the app behind it: {outcome.reason}."
            return Answer(502, words.encode(), _PLAIN), sent
        sent = Sent(
            seq,
            why,
            url,
            self._now(),
            outcome.status,
            outcome.headers,
            outcome.body[:LONGEST_KEPT],
            len(outcome.body),
            outcome.seconds,
            tries,
            cut=outcome.cut,
        )
        if not 200 <= outcome.status <= 599:
            return Answer(502, b"webhook-tui got a status that is none from the app behind it.", _PLAIN), sent
        return _answer(outcome), sent


def joined_target(base: str, received: str) -> str:
    """The path and query of the URL, with those of a delivery after them."""
    base_path, _, base_query = base.partition("?")
    path, _, query = origin_form(received).partition("?")
    joined = base_path if path == "/" else f"{base_path.rstrip('/')}{path}"
    queries = "&".join(filter(None, (base_query, query)))
    return f"{joined}?{queries}" if queries else joined


async def _send(sender: OutboundSender, delivery: Delivery, target: str, headers: Headers) -> Reply | SendError:
    try:
        return await sender.send(delivery.method, target, headers, delivery.body)
    except SendError as error:
        return error
    except Exception:  # noqa: BLE001 -- whatever it is: the row says what the sender of the delivery is answered
        _log.exception("a delivery could not be passed on")
        return SendError(Failure.INTERNAL, Failure.INTERNAL.value)


def _answer(reply: Reply) -> Answer:
    """The app's answer, less what may not be passed on. Half of a compressed body is an error to who decodes it."""
    headers = sendable(_passed_on(reply.headers, _RECEIVERS_OWN))
    if reply.cut is None or first(headers, _CONTENT_ENCODING) is None:
        return Answer(reply.status, reply.body, headers)
    return Answer(reply.status, b"", tuple(pair for pair in headers if pair[0].lower() != _CONTENT_ENCODING))


def _passed_on(headers: Headers, dropped: frozenset[bytes] = HOP_BY_HOP) -> Headers:
    """The headers that go on: without those of one connection, which also Connection itself names."""
    named = {
        name.strip().lower() for value in values(headers, b"connection") for name in value.split(b",") if name.strip()
    }
    return tuple((name, value) for name, value in headers if name.lower() not in dropped | named)


def _changed(delivery: Delivery, how: Replay) -> Delivery:
    body = delivery.body if how.body is None else how.body
    headers = delivery.headers
    if how.secret is not None:
        headers = _signed(headers, sign(how.secret, body).encode("ascii"))
    return Delivery(delivery.received_at, delivery.method, delivery.target, headers, body, delivery.client)


def _signed(headers: Headers, signature: bytes) -> Headers:
    """The headers with one signature, in the place and under the name of the first there was."""
    signed: list[tuple[bytes, bytes]] = []
    is_in = False
    for name, value in headers:
        if name.lower() != SIGNATURE_HEADER:
            signed.append((name, value))
        elif not is_in:
            signed.append((name, signature))
            is_in = True
    return tuple(signed) if is_in else (*signed, (b"X-Webhook-Signature", signature))
