"""Whether registering may replace the webhook that the account has, which may be another program's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from webhook_tui.domain.commands import OwnershipChoice, ResolveOwnership
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import Notified, OwnershipQuestioned
from webhook_tui.domain.status import WebhookState
from webhook_tui.session import messages
from webhook_tui.session.bus import EventBus
from webhook_tui.session.clock import Clock
from webhook_tui.session.registration.ownership import Clear, Foreign, Ownership, Unknown, inspect
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.verification.secret_ring import SecretRingRepository

if TYPE_CHECKING:
    from webhook_tui.piktid.client import PiktidClient


class ReplacementConsent:
    """Asks PiktID which webhook the account has and, where it is not ours, the user. Belongs to the session's loop."""

    def __init__(
        self,
        ownership: Ownership,
        secret_ring: SecretRingRepository,
        status: StatusPublisher,
        bus: EventBus,
        clock: Clock,
        *,
        replace: bool,
        asks: bool,
    ) -> None:
        """`replace`: a webhook that is not ours is replaced without asking. `asks`: a front end can ask the user."""
        self._ownership = ownership
        self._secret_ring = secret_ring
        self._status = status
        self._bus = bus
        self._clock = clock
        self._replace = replace
        self._asks = asks
        self._choice: asyncio.Future[ResolveOwnership] | None = None

    def resolve(self, choice: ResolveOwnership) -> None:
        """The user's answer to OwnershipQuestioned."""
        if self._choice is not None and not self._choice.done():
            self._choice.set_result(choice)

    async def is_given(self, client: PiktidClient) -> bool:
        """Return whether to register; False: the user decided against it, which the status shows.

        Raises ProblemError when PiktID does not answer, or the webhook is not ours and there is no prompt.
        """
        ownership, account = self._ownership, self._secret_ring.account
        registered = ownership.registered
        is_ours = registered is not None and registered.account == account and not ownership.is_suspected
        if self._replace or is_ours:
            return True
        abandoned = self._secret_ring.accounts.abandoned(account)
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
        if not self._asks:
            self._bus.publish(Notified(messages.UNKNOWN_WEBHOOK_REPLACED))
            return True
        if await self._ask(OwnershipQuestioned(None)) is not None:
            self._secret_ring.remember_ownership_asked()
            return True
        return False

    async def _may_replace_foreign(self, finding: Foreign) -> bool:
        if not self._asks:
            raise ProblemError(messages.foreign_webhook(finding.shown_url))
        choice = await self._ask(OwnershipQuestioned(finding.webhook))
        if choice is None:
            return False
        self._ownership.restore_url = finding.webhook.url if choice.restore_previous else None
        return True

    async def _ask(self, question: OwnershipQuestioned) -> ResolveOwnership | None:
        """Return the user's choice when it is to replace, else None. The status shows the question and the choice."""
        self._choice = asyncio.get_running_loop().create_future()
        self._status.change_webhook(state=WebhookState.AWAITING_CONSENT, since=self._clock.utc_now())
        self._bus.publish(question)
        try:
            choice = await self._choice
        finally:
            self._choice = None
        at = self._clock.utc_now()
        if choice.choice is OwnershipChoice.REPLACE:
            self._status.change_webhook(state=WebhookState.REGISTERING, since=at)
            return choice
        if choice.choice is OwnershipChoice.WATCH:
            self._status.change_webhook(state=WebhookState.WATCHING, since=at, taken_by=None)
        elif self._ownership.lost_status is not None:
            self._status.change(webhook=self._ownership.lost_status)
        else:
            self._status.change_webhook(state=WebhookState.NOT_REGISTERED, since=at)
        return None
