"""Sends events of our own, signed with the current secret as PiktID signs them, to the receiver or to a URL.

One that arrives at our own receiver is recognised by a header with a nonce of this run. It is stored like any delivery
with the comment "simulated", and is no evidence about PiktID.
"""

from __future__ import annotations

import hmac
import secrets

from webhook_tui import __version__
from webhook_tui.domain.commands import SimulateEvent
from webhook_tui.domain.delivery.headers import SIMULATED_HEADER, Headers
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.events import Notified, ProblemOccurred
from webhook_tui.domain.failure import SendError
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult, hint
from webhook_tui.domain.signature.signature import event_headers
from webhook_tui.domain.url import connect_host
from webhook_tui.session import messages
from webhook_tui.session.bus import DeliveriesStored, EventBus
from webhook_tui.session.clock import Clock
from webhook_tui.session.forwarding.forwarder import LONGEST_ANSWER, TIMEOUT_SECONDS, Forwarder
from webhook_tui.session.history.annotations import Annotations
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.tasks import BackgroundTasks
from webhook_tui.session.verification.secret_ring import SecretRingRepository

COMMENT = "simulated"


class EventSimulation:
    """Carries out SimulateEvent. Belongs to the session's event loop."""

    def __init__(
        self,
        status: StatusPublisher,
        bus: EventBus,
        clock: Clock,
        *,
        tasks: BackgroundTasks,
        secret_ring: SecretRingRepository,
        forwarder: Forwarder,
        annotations: Annotations,
        hook_path: str,
    ) -> None:
        self._status = status
        self._bus = bus
        self._clock = clock
        self._tasks = tasks
        self._secret_ring = secret_ring
        self._forwarder = forwarder
        self._annotations = annotations
        self._hook_path = hook_path
        self._nonce = secrets.token_hex(8).encode("ascii")

    @property
    def nonce(self) -> str:
        """Value of the header by which a simulated event is recognised."""
        return self._nonce.decode("ascii")

    def is_own(self, nonce: bytes | None) -> bool:
        """Return whether this run sent the delivery with this value of X-Webhook-Simulated to itself."""
        return nonce is not None and hmac.compare_digest(nonce, self._nonce)

    def on_deliveries_stored(self, event: DeliveriesStored) -> None:
        """Comment deliveries of our own as simulated."""
        for stored in event.deliveries:
            if stored.is_simulated:
                self._tasks.start(self._annotations.comment(stored.row.seq, COMMENT), "Commenting a simulated delivery")

    async def simulate(self, command: SimulateEvent) -> None:
        """Send one event and publish what was answered. Raises ProblemError when it cannot be sent."""
        result = await self._send(command)
        where = "the receiver" if command.url is None else visible(command.url)
        event = visible(command.event)
        if result.is_good:
            self._bus.publish(Notified(messages.event_sent(event, where, result.outcome)))
        else:
            # Our receiver answers by its rule: that needs no advice.
            advice = hint(result) if command.url is not None else ""
            self._bus.publish(ProblemOccurred(messages.event_not_accepted(event, where, result.outcome, advice)))

    async def _send(self, command: SimulateEvent) -> ForwardResult:
        from webhook_tui.sandbox.jobs import sample_body  # noqa: PLC0415 -- not needed before an event is sent

        body = sample_body(command.event) if command.body is None else command.body
        headers = event_headers(
            command.event, self._secret_ring.newest_secret(), body, agent=f"webhook-tui/{__version__}"
        )
        if command.url is None:
            return await self._exchange(
                self._own_url(), (*headers, (SIMULATED_HEADER, self._nonce)), body, is_app=False
            )
        self._forwarder.allow(command.url)
        return await self._exchange(command.url, headers, body, is_app=True)

    async def _exchange(self, url: str, headers: Headers, body: bytes, *, is_app: bool) -> ForwardResult:
        from webhook_tui.http.sender import OutboundSender, is_loopback  # noqa: PLC0415 -- httpx, which no first frame needs

        sender = OutboundSender(
            url,
            timeout_seconds=TIMEOUT_SECONDS,
            verify=not is_loopback(url),
            longest_reply=LONGEST_ANSWER,
            is_app=is_app,
        )
        try:
            reply = await sender.send("POST", sender.base_target, headers, body)
        except SendError as error:
            at = self._clock.utc_now()
            return ForwardResult(0, ForwardOrigin.SIMULATED, url, at, None, failure=error.reason, cause=error.failure)
        finally:
            await sender.aclose()
        return ForwardResult(
            0, ForwardOrigin.SIMULATED, url, self._clock.utc_now(), reply.status, seconds=reply.seconds
        )

    def _own_url(self) -> str:
        receiver = self._status.status.receiver
        host = connect_host(receiver.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{receiver.port}{self._hook_path}"
