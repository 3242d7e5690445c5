"""Registers the webhook at PiktID whenever its URL changes, and retries.

PiktID has one webhook per account, and each PUT replaces its URL and its secret (docs.piktid.com, PUT /webhooks). So
one that is not ours is replaced with the user's consent only, and one that is registered with the right URL is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.events import (
    Notified,
    ProblemOccurred,
    TokenRequired,
    WebhookRegistered,
)
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import WebhookState
from webhook_tui.piktid.models import NoWebhook, Webhook
from webhook_tui.session import messages
from webhook_tui.session.bus import AddressChanged, EventBus, RegistrationAnswered, RegistrationWanted, TokenChanged
from webhook_tui.session.clock import Clock, RetryDelay
from webhook_tui.session.comparison import StreamComparison
from webhook_tui.session.registration.consent import ReplacementConsent
from webhook_tui.session.registration.ownership import Ownership
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.verification.secret_ring import SecretRingRepository

if TYPE_CHECKING:
    from webhook_tui.piktid.client import PiktidClient

_FIRST_DELAY_SECONDS = 1.0
_LONGEST_DELAY_SECONDS = 30.0


class WebhookRegistration:
    """Registers whenever there is a token and a URL. Belongs to the session's loop."""

    def __init__(
        self,
        consent: ReplacementConsent,
        ownership: Ownership,
        secret_ring: SecretRingRepository,
        status: StatusPublisher,
        bus: EventBus,
        *,
        clock: Clock,
        random: Random,
        comparison: StreamComparison,
        api_url: str,
    ) -> None:
        """`comparison`: its event stream is connected before anything is registered."""
        self._consent = consent
        self._ownership = ownership
        self._secret_ring = secret_ring
        self._status = status
        self._bus = bus
        self._clock = clock
        self._comparison = comparison
        self._api_url = api_url
        self._delay = RetryDelay(_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS, random)
        self._client: PiktidClient | None = None
        self._url: str | None = None
        self._wake = asyncio.Event()
        self._is_wanted = False
        """Register as soon as there is a URL, unless the registration works."""
        self._is_forced = False
        """Register although the registration works."""

    @property
    def client(self) -> PiktidClient | None:
        """The client with the token in use; None without a token."""
        return self._client

    async def set_token(self, token: Secret) -> None:
        """Use another token from now on, and register."""
        from webhook_tui.piktid.client import PiktidClient  # noqa: PLC0415 -- httpx, which no first frame needs

        if self._client is not None:
            await self._client.aclose()
        self._client = PiktidClient(self._api_url, token)
        self._secret_ring.use(Account.of(self._api_url, token))
        self._bus.publish(TokenChanged(token))
        self.register(new_secret=True)

    def on_address_changed(self, event: AddressChanged) -> None:
        """Register the new URL."""
        url = event.url
        if url == self._url:
            return
        self._url = url
        if self._status.status.webhook.state is WebhookState.TAKEN:
            return  # only the user takes it back
        registered = self._ownership.registered
        if registered is not None and registered.url != url:
            self._status.change_webhook(state=WebhookState.STALE, since=self._clock.utc_now())
        if url is None:
            return
        self._delay.reset()
        self._is_wanted = True
        self._wake.set()

    def on_registration_wanted(self, event: RegistrationWanted) -> None:
        """Register again."""
        registered = self._ownership.registered
        if not event.only_if_stale or (registered is not None and registered.url != self._url):
            self.register(new_secret=True)

    def register(self, *, new_secret: bool) -> None:
        """Register as soon as there is a URL; a registration that works is left alone unless `new_secret`."""
        self._is_wanted = True
        self._is_forced |= new_secret
        self._ownership.is_paused = False
        self._wake.set()

    @property
    def _works(self) -> bool:
        """Whether this run's URL is registered, as far as known."""
        registered = self._ownership.registered
        is_registered = self._status.status.webhook.state is WebhookState.REGISTERED
        return is_registered and registered is not None and registered.url == self._url

    async def run(self) -> None:
        """Register, and retry, until cancelled."""
        if self._client is None:
            self._require_token()
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._client is None or self._url is None or not self._is_wanted or self._ownership.is_paused:
                continue
            self._is_wanted = False
            is_forced, self._is_forced = self._is_forced, False
            if self._works and not is_forced:
                continue
            if self._ownership.holds(self._url) and not is_forced:
                await self._keep(self._client)
                continue
            delay = await self._attempt(self._client, self._url)
            if delay is not None:
                self._is_wanted = True
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await self._wake.wait()
                self._wake.set()

    def _require_token(self) -> None:
        self._bus.publish(TokenRequired(None, self._status.status.token_place))

    async def _attempt(self, client: PiktidClient, url: str) -> float | None:
        """Register once; returns the seconds until the next automatic try, or None when there is none."""
        at = self._clock.utc_now()
        self._status.change_webhook(state=WebhookState.REGISTERING, since=at, problem=None, next_try_at=None)
        try:
            if not await self._consent.is_given(client):
                self._ownership.is_paused = True
                return None
            await self._comparison.wait_connected()
            await self._register(client, url)
        except ProblemError as error:
            if client is not self._client:  # closed, since another token is in use: it registers next
                return None
            return self._publish_failure(error.problem)
        self._delay.reset()
        return None

    def _publish_failure(self, problem: Problem) -> float | None:
        delay = self._delay.after_failure(problem.retry_after) if problem.is_transient else None
        state = WebhookState.NOT_REGISTERED if problem.is_transient else WebhookState.REFUSED
        at = self._clock.utc_now()
        next_try_at = None if delay is None else at + timedelta(seconds=delay)
        self._status.change_webhook(state=state, since=at, problem=problem, next_try_at=next_try_at)
        self._bus.publish(ProblemOccurred(problem, delay, fatal=not problem.is_transient))
        return delay

    # Requests to PiktID

    async def _keep(self, client: PiktidClient) -> None:
        """The registered URL is back: only query whether it still is registered. A PUT would replace the secret.

        Where PiktID does not report it (GET /webhooks is not documented), the registration is kept.
        """
        registered, problem, present = self._ownership.registered, None, None
        try:
            present = await client.current()
        except ProblemError as error:
            problem = error.problem
        if registered is not self._ownership.registered or not self._ownership.holds(self._url):
            return  # the tunnel, or PiktID, was faster
        if isinstance(present, Webhook):
            self._ownership.on_webhook_seen(present)
        elif isinstance(present, NoWebhook):
            self._ownership.on_no_webhook_seen()
        if not self._ownership.holds(self._url):
            return
        at = self._clock.utc_now()
        self._status.change_webhook(state=WebhookState.REGISTERED, since=at, problem=None, next_try_at=None)
        if not isinstance(present, Webhook):
            self._bus.publish(Notified(messages.registration_kept(problem)))

    async def _register(self, client: PiktidClient, url: str) -> None:
        from webhook_tui.piktid.errors import UnknownSecretError  # noqa: PLC0415 -- httpx, which no first frame needs

        # Recorded first: if this process dies while PiktID answers, the next one knows the URL as ours.
        account = self._secret_ring.account
        registration_id = self._secret_ring.accounts.record_registration(
            account, url=url, webhook_id=None, at=self._clock.utc_now()
        )
        self._secret_ring.unanswered = True
        try:
            webhook = await client.register(url)
        except (asyncio.CancelledError, UnknownSecretError):
            self._ownership.hold(registration_id, account, url, is_secret_known=False)
            raise
        except ProblemError:
            self._secret_ring.end_registration(registration_id)
            raise
        finally:
            self._secret_ring.unanswered = False
            self._bus.publish(RegistrationAnswered())
        self._ownership.hold(registration_id, account, url, is_secret_known=True)
        self._publish_registered(webhook, url)

    def _publish_registered(self, webhook: Webhook, url: str) -> None:
        at = self._clock.utc_now()
        if webhook.url is not None:
            self._ownership.own_urls.add(webhook.url)
        if webhook.secret is not None:
            self._secret_ring.registered(webhook.secret)
        current = self._secret_ring.ring.current
        self._status.change_webhook(
            state=WebhookState.REGISTERED,
            webhook_id=webhook.id,
            url=url,
            since=at,
            registered_at=at,
            secret_since=current.since if current else None,
            secret_short_id=current.secret.short_id if current else None,
            last_response_status=webhook.last_response_status,
            last_response_at=webhook.last_response_at,
            taken_by=None,
            problem=None,
            next_try_at=None,
        )
        self._bus.publish(WebhookRegistered(webhook.id, url))

    async def test_ping(self) -> None:
        """Ask PiktID for a ping; a failure becomes the webhook's problem, too. Raises ProblemError."""
        if self._client is None:
            self._require_token()
            return
        try:
            await self._client.test_ping()
        except ProblemError as error:
            self._status.change_webhook(problem=error.problem)
            raise
        if self._status.status.webhook.state is WebhookState.REGISTERED:
            self._status.change_webhook(problem=None)
        await self._read_last_response(self._client)

    async def _read_last_response(self, client: PiktidClient) -> None:
        with contextlib.suppress(ProblemError):
            present, registered = await client.current(), self._ownership.registered
            if isinstance(present, Webhook) and registered is not None and present.url == registered.url:
                self._status.change_webhook(
                    last_response_status=present.last_response_status, last_response_at=present.last_response_at
                )

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None
