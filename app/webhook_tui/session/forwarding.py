"""Deliveries sent on to the app under development: as they come (forward), or again (replay); byte for byte.

Always to the one URL that the user named, on this machine unless `--forward-anywhere`; nothing in a delivery chooses
where it goes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from webhook_tui.domain.answer import Answer
from webhook_tui.domain.delivery import Delivery, StoredDelivery
from webhook_tui.domain.headers import HOP_BY_HOP, SIGNATURE_HEADER, Headers, values
from webhook_tui.domain.problem import ExitCode, Problem, ProblemError, Severity
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.sent import LONGEST_KEPT, Sent, Why
from webhook_tui.domain.signature import sign
from webhook_tui.outbound import Failure, OutboundSender, Reply, SendError, is_base_url, is_loopback

TIMEOUT_SECONDS = 25.0
"""For one try; the sender of the delivery waits meanwhile."""
LONGEST_ANSWER = 1024 * 1024
_PROBE_SECONDS = 2.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 4.0
_RECEIVERS_OWN = HOP_BY_HOP | {b"content-length", b"date"}
_PLAIN = ((b"content-type", b"text/plain; charset=utf-8"),)


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


class Forwarding:
    """Sends deliveries on and tells what became of them. All calls come from the session's loop."""

    def __init__(
        self,
        *,
        retries: int,
        anywhere: bool,
        now: Callable[[], datetime],
        timeout_seconds: float = TIMEOUT_SECONDS,
        first_pause: float = _FIRST_PAUSE,
    ) -> None:
        """`retries`: how often a forward without an answer, or with 5xx, is tried again."""
        self.url: str | None = None
        """Where deliveries are forwarded to; None: nowhere."""
        self._retries = retries
        self._anywhere = anywhere
        self._now = now
        self._timeout_seconds = timeout_seconds
        self._first_pause = first_pause
        self._senders: dict[str, OutboundSender] = {}

    def use(self, url: str | None) -> None:
        """Forward there from now on, or (None) nowhere; raises ProblemError when it must not be."""
        if url is not None:
            self.allow(url)
        self.url = url

    def allow(self, url: str) -> None:
        """Raise ProblemError when nothing may be sent to that URL."""
        check(url, anywhere=self._anywhere)

    async def aclose(self) -> None:
        """Close all connections."""
        for sender in self._senders.values():
            await sender.aclose()
        self._senders.clear()

    async def probe(self) -> Problem | None:
        """What to say when nothing listens at the URL; only a connection is made, nothing is sent."""
        if self.url is None:
            return None
        parts = urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                _, writer = await asyncio.open_connection(parts.hostname, port)
        except (OSError, TimeoutError):
            return Problem(
                f"Nothing listens at {parts.hostname}:{port}, where deliveries are forwarded to.",
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
        headers = _passed_on(delivery.headers)
        pause = self._first_pause
        for tries in range(1, retries + 2):
            outcome = await _send(sender, delivery, headers)
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
            )
        return self._senders[url]

    def _told(self, outcome: Reply | SendError, url: str, seq: int, why: Why, tries: int) -> tuple[Answer, Sent]:
        if isinstance(outcome, SendError):
            refused = outcome.failure is Failure.REFUSED
            sent = Sent(seq, why, url, self._now(), None, tries=tries, failure=outcome.reason, refused=refused)
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
        )
        if not 200 <= outcome.status <= 599:
            return Answer(502, b"webhook-tui got a status that is none from the app behind it.", _PLAIN), sent
        return Answer(outcome.status, outcome.body, _passed_on(outcome.headers, _RECEIVERS_OWN)), sent


async def _send(sender: OutboundSender, delivery: Delivery, headers: Headers) -> Reply | SendError:
    try:
        return await sender.send(delivery.method, sender.base_target, headers, delivery.body)
    except SendError as error:
        return error


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
