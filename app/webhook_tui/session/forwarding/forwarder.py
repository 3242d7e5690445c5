"""Forwards arriving deliveries to the app under development, and replays stored ones; bytes are not changed.

The destination is the user's URL, on this machine unless `--forward-anywhere`; no part of a delivery changes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from webhook_tui.domain.answer_rules.answer import Answer
from webhook_tui.domain.delivery.delivery import Delivery, StoredDelivery
from webhook_tui.domain.delivery.headers import HOP_BY_HOP, SIGNATURE_HEADER, Headers, first, sendable, values
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.failure import Failure, SendError
from webhook_tui.domain.forwarding.forward_result import LONGEST_KEPT, ForwardOrigin, ForwardResult
from webhook_tui.domain.forwarding.forward_rule import ForwardFilter, ForwardHeader, ForwardRule, with_own_headers
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.signature import sign
from webhook_tui.domain.url import connect_host, is_loopback_host, origin, origin_form
from webhook_tui.session import messages
from webhook_tui.session.clock import Clock
from webhook_tui.session.status import StatusPublisher
from webhook_tui.storage.contracts.reader import ContractReader

if TYPE_CHECKING:
    from webhook_tui.http.sender import OutboundSender, Reply

TIMEOUT_SECONDS = 25.0
"""Time limit for one try; the sender of the delivery waits meanwhile."""
LONGEST_ANSWER = 1024 * 1024
_PROBE_SECONDS = 2.0
_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS = 0.5, 4.0
_RECEIVERS_OWN = HOP_BY_HOP | {b"content-length", b"date"}
_LOOP_HEADER = b"X-Webhook-Forwarded-By"
"""Header with a nonce of the run that forwarded: a delivery that comes back with it is a loop."""
_CONTENT_ENCODING = b"content-encoding"
_PLAIN = ((b"content-type", b"text/plain; charset=utf-8"),)
LOOP = Answer(508, messages.FORWARDING_LOOP.encode(), _PLAIN)
"""The answer to a forwarded delivery that came back."""

_log = logging.getLogger(__name__)


class OwnAddress(Struct, frozen=True):
    """The addresses that lead to our own receiver: a delivery forwarded there would come back."""

    host: str
    port: int
    public_url: str | None = None
    """Of a tunnel: every path leads here."""
    hook_url: str | None = None
    """Of --hook-url: only this path is known to lead here."""

    def includes(self, url: str) -> bool:
        """Return whether this http or https URL leads to the receiver."""
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


class Replay(Struct, frozen=True):
    """How a delivery is replayed."""

    secret: Secret | None = None
    """Re-sign with it; None keeps the original signature."""
    body: bytes | None = None
    """Replaces the received body."""


def check(url: str, *, anywhere: bool) -> None:
    """Raise ProblemError (usage) unless deliveries may be sent to this URL."""
    from webhook_tui.http.sender import is_base_url, is_loopback  # noqa: PLC0415 -- httpx, which no first frame needs

    if not is_base_url(url):
        raise ProblemError(messages.NOT_A_URL)
    if not anywhere and not is_loopback(url):
        raise ProblemError(messages.OTHER_MACHINE)


def refuse_own(url: str, own: OwnAddress) -> None:
    """Raise ProblemError (usage) when deliveries forwarded to this URL would come back."""
    if own.includes(url):
        raise ProblemError(messages.OWN_ADDRESS)


class Forwarder:
    """Sends deliveries to the app. Belongs to the session's loop."""

    def __init__(
        self,
        own: OwnAddress,
        status: StatusPublisher,
        clock: Clock,
        *,
        retries: int,
        anywhere: bool,
        rules: tuple[ForwardRule, ...] = (),
        passes_target: bool = False,
        own_headers: tuple[ForwardHeader, ...] = (),
        contracts: ContractReader | None = None,
    ) -> None:
        """`retries`: how often a forward without a response, or with 5xx, is retried. `rules`: come before `url`.

        `passes_target`: append the path and the query of a delivery to those of the URL. `own_headers`: are added to
        what is sent there, as by `passes_target` only to the URLs of `rules` and `url`. `contracts`: for `departs:` in
        a rule.
        """
        self.url: str | None = None
        """Where deliveries are forwarded to that pass no rule; None: nowhere."""
        self._rules = ForwardFilter(rules)
        self._rule_urls = frozenset(rule.url for rule in rules)
        self._status = status
        self._clock = clock
        self._retries = retries
        self._anywhere = anywhere
        self._own = own
        self._passes_target = passes_target
        self._own_headers = own_headers
        self._contracts = contracts
        self._nonce = secrets.token_hex(8).encode("ascii")
        self._senders: dict[str, OutboundSender] = {}

    @property
    def is_on(self) -> bool:
        """Whether any delivery may be forwarded."""
        return self.url is not None or bool(self._rule_urls)

    def url_for(self, stored: StoredDelivery) -> str | None:
        """Return where this delivery is forwarded to; None: nowhere."""
        now = self._clock.utc_now()
        if self._contracts is None:
            return self._rules.url_for(stored, now) or self.url
        return self._rules.url_for(stored, now, self._contracts.departures) or self.url

    def set_url(self, url: str | None) -> None:
        """Forward to `url` from now on, or (None) nowhere. Raises ProblemError when it is not allowed."""
        if url is not None:
            self.allow(url)
            self.refuse_own(url)
        self.url = url

    def allow(self, url: str) -> None:
        """Raise ProblemError when nothing may be sent to this URL."""
        check(url, anywhere=self._anywhere)

    def refuse_own(self, url: str) -> None:
        """Raise ProblemError when this URL leads to our own receiver."""
        refuse_own(url, replace(self._own, public_url=self._status.status.tunnel.public_url))

    def has_come_back(self, headers: Headers) -> bool:
        """Return whether this run forwarded the delivery with these headers."""
        if not self._senders:  # nothing was forwarded yet
            return False
        return any(hmac.compare_digest(value, self._nonce) for value in values(headers, _LOOP_HEADER))

    async def aclose(self) -> None:
        """Close all connections."""
        for sender in self._senders.values():
            await sender.aclose()
        self._senders.clear()

    async def probe(self) -> Problem | None:
        """Return a problem when nothing listens at the URL; only connects, sends nothing."""
        if self.url is None:
            return None
        host, port = origin(self.url)
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                _, writer = await asyncio.open_connection(connect_host(host), port)
        except (OSError, TimeoutError):
            return messages.nothing_listens(host, port)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return None

    async def forward(self, stored: StoredDelivery, url: str) -> tuple[Answer, ForwardResult]:
        """Send it unchanged; return the app's answer, or a 502 with the reason."""
        return await self._try(url, stored, stored.delivery, ForwardOrigin.FORWARDED, retries=self._retries)

    async def replay(self, stored: StoredDelivery, url: str, how: Replay) -> ForwardResult:
        """Send it once. Raises ProblemError when the URL is not allowed."""
        self.allow(url)
        delivery = _changed(stored.delivery, how)
        edited = how.body is not None and how.body != stored.delivery.body
        _, result = await self._try(
            url, stored, delivery, ForwardOrigin.REPLAYED, retries=0, re_signed=how.secret is not None, edited=edited
        )
        return result

    async def _try(
        self,
        url: str,
        stored: StoredDelivery,
        delivery: Delivery,
        origin: ForwardOrigin,
        *,
        retries: int,
        re_signed: bool = False,
        edited: bool = False,
    ) -> tuple[Answer, ForwardResult]:
        sender = self._sender(url)
        target = sender.base_target
        is_configured = url == self.url or url in self._rule_urls
        if self._passes_target and is_configured:
            target = joined_target(target, delivery.target)
            url = urlsplit(url)._replace(path="", query="", fragment="").geturl() + target
        headers = with_own_headers(_passed_on(delivery.headers), self._own_headers if is_configured else ())
        if origin is ForwardOrigin.FORWARDED:
            headers = (*headers, (_LOOP_HEADER, self._nonce))
        delay = _FIRST_DELAY_SECONDS
        for tries in range(1, retries + 2):
            outcome = await _send(sender, delivery, target, headers)
            answer, result = self._result(outcome, url, stored.row.seq, origin, tries)
            if tries > retries or (result.status is not None and result.status < 500):
                break
            await asyncio.sleep(delay)
            delay = min(2 * delay, _LONGEST_DELAY_SECONDS)
        return answer, replace(result, re_signed=re_signed, edited=edited)

    def _sender(self, url: str) -> OutboundSender:
        from webhook_tui.http.sender import OutboundSender, is_loopback  # noqa: PLC0415 -- as above

        if url not in self._senders:
            self._senders[url] = OutboundSender(
                url,
                timeout_seconds=TIMEOUT_SECONDS,
                verify=not is_loopback(url),
                longest_reply=LONGEST_ANSWER,
                is_app=True,
            )
        return self._senders[url]

    def _result(
        self, outcome: Reply | SendError, url: str, seq: int, origin: ForwardOrigin, tries: int
    ) -> tuple[Answer, ForwardResult]:
        result = ForwardResult(seq, origin, url, self._clock.utc_now(), None, tries=tries)
        if isinstance(outcome, SendError):
            result = replace(result, failure=outcome.reason, cause=outcome.failure)
            return Answer(502, messages.no_answer_from_app(outcome.reason).encode(), _PLAIN), result
        result = replace(
            result,
            status=outcome.status,
            headers=outcome.headers,
            body=outcome.body[:LONGEST_KEPT],
            body_size=len(outcome.body),
            seconds=outcome.seconds,
            cut=outcome.cut,
        )
        if not 200 <= outcome.status <= 599:
            return Answer(502, messages.INVALID_STATUS.encode(), _PLAIN), result
        return _answer(outcome), result


def joined_target(base: str, received: str) -> str:
    """Return the path and query of the URL with those of a delivery appended."""
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
    except Exception:  # noqa: BLE001 -- a bug here must not lose the answer: it becomes a 502
        _log.exception("a delivery could not be sent")
        return SendError(Failure.INTERNAL, Failure.INTERNAL.value)


def _answer(reply: Reply) -> Answer:
    """The app's answer without hop-by-hop headers. A truncated compressed body is dropped: it could not be decoded."""
    headers = sendable(_passed_on(reply.headers, _RECEIVERS_OWN))
    if reply.cut is None or first(headers, _CONTENT_ENCODING) is None:
        return Answer(reply.status, reply.body, headers)
    return Answer(reply.status, b"", tuple(pair for pair in headers if pair[0].lower() != _CONTENT_ENCODING))


def _passed_on(headers: Headers, dropped: frozenset[bytes] = HOP_BY_HOP) -> Headers:
    """The headers without hop-by-hop ones, which `Connection` may name, too."""
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
    """The headers with one signature, in the place and under the name of the first one."""
    signed: list[tuple[bytes, bytes]] = []
    is_in = False
    for name, value in headers:
        if name.lower() != SIGNATURE_HEADER:
            signed.append((name, value))
        elif not is_in:
            signed.append((name, signature))
            is_in = True
    return tuple(signed) if is_in else (*signed, (b"X-Webhook-Signature", signature))
