"""Deletes the webhook of this run, or restores the one before it; never touches another program's."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.events import Notified, WebhookDeleted
from webhook_tui.domain.status import WebhookState
from webhook_tui.piktid.models import Webhook
from webhook_tui.session import messages
from webhook_tui.session.bus import EventBus
from webhook_tui.session.clock import Clock
from webhook_tui.session.registration.ownership import NO_SECRET, Ownership
from webhook_tui.session.registration.registration import WebhookRegistration
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.verification.secret_ring import SecretRingRepository

if TYPE_CHECKING:
    from webhook_tui.piktid.client import PiktidClient

_CHECK_SECONDS = 0.8
_DELETE_SECONDS = 2.0


class WebhookRemoval:
    """Carries out DeleteWebhook, and what is due on exit. Belongs to the session's loop."""

    def __init__(
        self,
        registration: WebhookRegistration,
        ownership: Ownership,
        secret_ring: SecretRingRepository,
        status: StatusPublisher,
        bus: EventBus,
        *,
        clock: Clock,
        on_exit: bool,
    ) -> None:
        """`on_exit`: the webhook is deleted, or the previous one restored, when the session ends."""
        self._registration = registration
        self._ownership = ownership
        self._secret_ring = secret_ring
        self._status = status
        self._bus = bus
        self._clock = clock
        self._on_exit = on_exit

    @property
    def shutdown_step(self) -> str | None:
        """What `undo` does, in words: `deleting webhook 41`; None when there is nothing to undo."""
        if self._registration.client is None or self._ownership.registered is None or not self._on_exit:
            return None
        if self._ownership.restore_url is not None:
            return messages.RESTORING_WEBHOOK
        return messages.deleting_webhook(self._status.status.webhook.webhook_id)

    async def delete(self) -> None:
        """Delete the webhook of this run; a failure becomes the webhook's problem, too. Raises ProblemError."""
        client = self._registration.client
        if client is None or self._ownership.registered is None:
            self._bus.publish(Notified(messages.NOTHING_TO_DELETE))
            return
        try:
            await client.delete()
        except ProblemError as error:
            self._status.change_webhook(problem=error.problem)
            raise
        self._publish_deleted()

    async def undo(self) -> Problem | None:
        """Delete the webhook of this run, or restore the previous one, within 3 s; returns what failed."""
        client, registered = self._registration.client, self._ownership.registered
        if client is None or registered is None or not self._on_exit:
            return None
        if self._ownership.is_suspected:
            return messages.PERHAPS_TAKEN
        try:
            if await self._is_taken(client, registered.url):
                self._ownership.release()
                return messages.TAKEN_MEANWHILE
            if self._ownership.restore_url is not None:
                return await self._restore(client, self._ownership.restore_url)
            async with asyncio.timeout(_DELETE_SECONDS + 0.1):
                await client.delete(timeout_seconds=_DELETE_SECONDS, attempts=1)
        except (ProblemError, TimeoutError) as error:
            return messages.not_deleted(error.problem if isinstance(error, ProblemError) else None)
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
        if webhook.secret is not None:
            self._secret_ring.registered(webhook.secret)
        return messages.restored(url, webhook.secret)

    def _publish_deleted(self) -> None:
        self._ownership.release()
        self._ownership.is_paused = True
        self._secret_ring.ended()
        at = self._clock.utc_now()
        self._status.change_webhook(state=WebhookState.DELETED, since=at, problem=None, **NO_SECRET)
        self._bus.publish(WebhookDeleted())
