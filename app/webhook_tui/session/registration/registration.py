"""Registers the webhook at PiktID: asks before it replaces another one, retries, and deletes it on exit.

A webhook that is not ours is never replaced without the user's consent, and never deleted: PiktID has one per account.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from random import Random

from msgspec import Struct

from webhook_tui.domain.account import Account
from webhook_tui.domain.commands import OwnershipChoice, ResolveOwnership
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.events import (
    Notified,
    OwnershipQuestioned,
    ProblemOccurred,
    TokenRequired,
    WebhookDeleted,
    WebhookRegistered,
)
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import WebhookState
from webhook_tui.piktid.client import PiktidClient
from webhook_tui.piktid.errors import UnknownSecretError
from webhook_tui.piktid.models import Webhook
from webhook_tui.session.bus import AddressChanged, EventBus, RegistrationAnswered, RegistrationWanted, TokenChanged
from webhook_tui.session.clock import Clock, RetryDelay
from webhook_tui.session.comparison import StreamComparison
from webhook_tui.session.registration.ownership import NO_SECRET, Clear, Foreign, Ownership, Unknown, inspect
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.verification.secret_ring import SecretRingRepository

_FIRST_DELAY_SECONDS = 1.0
_LONGEST_DELAY_SECONDS = 30.0
_CHECK_SECONDS = 0.8
_DELETE_SECONDS = 2.0


class RegistrationOptions(Struct, frozen=True, kw_only=True):
    """What the user decided about registering."""

    api_url: str
    replace: bool
    """Replace a webhook that is not ours without asking."""
    asks: bool
    """There is a screen that can ask, and registering waits for it; without one a foreign webhook ends the program."""
    clean: bool
    """Delete the webhook on exit."""


class WebhookRegistration:
    """Registers whenever there is a token and a URL. Belongs to the session's loop."""

    def __init__(
        self,
        options: RegistrationOptions,
        ownership: Ownership,
        secret_ring: SecretRingRepository,
        status: StatusPublisher,
        bus: EventBus,
        *,
        clock: Clock,
        random: Random,
        comparison: StreamComparison,
    ) -> None:
        """`comparison`: its event stream is connected before anything is registered."""
        self._options = options
        self._ownership = ownership
        self._secret_ring = secret_ring
        self._status = status
        self._bus = bus
        self._clock = clock
        self._comparison = comparison
        self._delay = RetryDelay(_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS, random)
        self._client: PiktidClient | None = None
        self._url: str | None = None
        self._wake = asyncio.Event()
        self._permitted = asyncio.Event()
        self._is_wanted = False
        """Register as soon as there is a URL, unless the registration works."""
        self._is_forced = False
        """Register although the registration works."""
        self._choice: asyncio.Future[ResolveOwnership] | None = None

    @property
    def client(self) -> PiktidClient | None:
        """The client with the token in use; None without a token."""
        return self._client

    @property
    def shutdown_step(self) -> str | None:
        """What `undo` does, in words: `deleting webhook 41`; None when there is nothing to undo."""
        if self._client is None or self._ownership.registered is None or not self._options.clean:
            return None
        if self._ownership.restore_url is not None:
            return "restoring the previous webhook"
        return f"deleting webhook {self._status.status.webhook.webhook_id or ''}".rstrip()

    async def set_token(self, token: Secret) -> None:
        """Use another token from now on, and register."""
        if self._client is not None:
            await self._client.aclose()
        self._client = PiktidClient(self._options.api_url, token)
        self._secret_ring.use(Account.of(self._options.api_url, token))
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

    def resolve_ownership(self, choice: ResolveOwnership) -> None:
        """The user's answer to OwnershipQuestioned."""
        if self._choice is not None and not self._choice.done():
            self._choice.set_result(choice)

    def permit(self) -> None:
        """The screen is shown: register from now on."""
        self._permitted.set()

    async def run(self) -> None:
        """Register, and retry, until cancelled."""
        if self._options.asks:
            await self._permitted.wait()
        if self._client is None:
            self._bus.publish(TokenRequired(None))
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._client is None or self._url is None or not self._is_wanted or self._ownership.is_paused:
                continue
            self._is_wanted = False
            if self._works and not self._is_forced:
                continue
            self._is_forced = False
            delay = await self._attempt(self._client, self._url)
            if delay is not None:
                self._is_wanted = True
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await self._wake.wait()
                self._wake.set()

    async def _attempt(self, client: PiktidClient, url: str) -> float | None:
        """Register once; returns the seconds until the next automatic try, or None when there is none."""
        at = self._clock.utc_now()
        self._status.change_webhook(state=WebhookState.REGISTERING, since=at, problem=None, next_try_at=None)
        try:
            if not await self._may_register(client):
                self._ownership.is_paused = True
                return None
            await self._comparison.wait_connected()
            await self._register(client, url)
        except ProblemError as error:
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

    # May another webhook be replaced?

    async def _may_register(self, client: PiktidClient) -> bool:
        ownership = self._ownership
        if self._options.replace or (ownership.registered is not None and not ownership.is_suspected):
            return True
        abandoned = self._secret_ring.accounts.abandoned(self._secret_ring.account)
        finding = await inspect(client, {registration.url for registration in abandoned} | ownership.own_urls)
        match finding:
            case Clear():
                return True
            case Unknown():
                return await self._may_replace_unknown()
            case Foreign():
                return await self._may_replace_foreign(finding)

    async def _may_replace_unknown(self) -> bool:
        account = self._secret_ring.account
        if self._secret_ring.accounts.was_ownership_asked(account) and not self._ownership.is_suspected:
            return True
        if not self._options.asks:
            self._bus.publish(
                Notified("PiktID does not say whether a webhook is registered; one that is there is replaced.")
            )
            return True
        if await self._ask(OwnershipQuestioned(None)) is not None:
            self._secret_ring.remember_guard_asked()
            return True
        return False

    async def _may_replace_foreign(self, finding: Foreign) -> bool:
        if not self._options.asks:
            raise ProblemError(
                Problem(
                    f"A webhook that is not ours is registered: {finding.shown_url}.",
                    "Replace it with --replace, or watch with --no-register.",
                    ExitCode.API,
                )
            )
        choice = await self._ask(OwnershipQuestioned(finding.webhook))
        if choice is None:
            return False
        self._ownership.restore_url = finding.webhook.url if choice.restore_previous else None
        return True

    async def _ask(self, question: OwnershipQuestioned) -> ResolveOwnership | None:
        """Return the user's choice when it is to replace; otherwise set the status and return None."""
        self._choice = asyncio.get_running_loop().create_future()
        self._bus.publish(question)
        try:
            choice = await self._choice
        finally:
            self._choice = None
        if choice.choice is OwnershipChoice.REPLACE:
            return choice
        at = self._clock.utc_now()
        if choice.choice is OwnershipChoice.WATCH:
            self._status.change_webhook(state=WebhookState.WATCHING, since=at, taken_by=None)
        elif self._ownership.lost_status is not None:
            self._status.change(webhook=self._ownership.lost_status)
        else:
            self._status.change_webhook(state=WebhookState.NOT_REGISTERED, since=at)
        return None

    # Requests to PiktID

    async def _register(self, client: PiktidClient, url: str) -> None:
        # Recorded first: if this process dies while PiktID answers, the next one knows the URL as ours.
        registration_id = self._secret_ring.accounts.record_registration(
            self._secret_ring.account, url=url, webhook_id=None, at=self._clock.utc_now()
        )
        self._secret_ring.unanswered = True
        try:
            webhook = await client.register(url)
        except (asyncio.CancelledError, UnknownSecretError):
            self._ownership.hold(registration_id, url)
            raise
        except ProblemError:
            self._secret_ring.end_registration(registration_id)
            raise
        finally:
            self._secret_ring.unanswered = False
            self._bus.publish(RegistrationAnswered())
        self._ownership.hold(registration_id, url)
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
            self._bus.publish(TokenRequired(None))
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

    async def delete(self) -> None:
        """Delete the webhook of this run; a failure becomes the webhook's problem, too. Raises ProblemError."""
        if self._client is None or self._ownership.registered is None:
            self._bus.publish(Notified("This run has registered no webhook: nothing was deleted."))
            return
        try:
            await self._client.delete()
        except ProblemError as error:
            self._status.change_webhook(problem=error.problem)
            raise
        self._publish_deleted()

    def _publish_deleted(self) -> None:
        self._ownership.release()
        self._secret_ring.ended()
        at = self._clock.utc_now()
        self._status.change_webhook(state=WebhookState.DELETED, since=at, problem=None, **NO_SECRET)
        self._bus.publish(WebhookDeleted())

    # On exit

    async def undo(self) -> Problem | None:
        """Delete the webhook of this run, or restore the previous one, within 3 s; returns what failed."""
        client, registered = self._client, self._ownership.registered
        if client is None or registered is None or not self._options.clean:
            return None
        if self._ownership.is_suspected:
            return Problem("Another program may have registered its webhook.", "Nothing was deleted.")
        try:
            if await self._is_taken(client, registered.url):
                self._ownership.release()
                return Problem("Another program registered its webhook meanwhile.", "It was left as it is.")
            if self._ownership.restore_url is not None:
                return await self._restore(client, self._ownership.restore_url)
            async with asyncio.timeout(_DELETE_SECONDS + 0.1):
                await client.delete(timeout_seconds=_DELETE_SECONDS, attempts=1)
        except (ProblemError, TimeoutError) as error:
            why = error.problem.message if isinstance(error, ProblemError) else "PiktID did not answer."
            return Problem(
                f"The webhook could not be deleted: {why[:1]}{why[1:].rstrip('.')}.",
                "It points at a closed tunnel until the next run replaces it.",
                ExitCode.API,
            )
        self._publish_deleted()
        return None

    async def _is_taken(self, client: PiktidClient, url: str) -> bool:
        with contextlib.suppress(ProblemError, TimeoutError):
            async with asyncio.timeout(_CHECK_SECONDS):
                present = await client.current()
            return isinstance(present, Webhook) and present.url is not None and present.url != url
        return False

    async def _restore(self, client: PiktidClient, url: str) -> Problem | None:
        async with asyncio.timeout(_DELETE_SECONDS):
            webhook = await client.register(url)
        self._ownership.release()
        if webhook.secret is None:
            return Problem(f"{url} is registered again; PiktID sent no secret.", "")
        self._secret_ring.registered(webhook.secret)
        return Problem(f"{url} is registered again. Its new secret, shown once and kept: {webhook.secret.reveal()}", "")

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None
