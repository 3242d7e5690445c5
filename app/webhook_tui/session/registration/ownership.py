"""Who owns the one webhook that PiktID has per account: this run, another program, none, or unknown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from webhook_tui.domain import units
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.text import shortened, visible
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import ForeignWebhook, ProblemOccurred
from webhook_tui.domain.status import WebhookState, WebhookStatus
from webhook_tui.piktid.models import CannotTell, NoWebhook, Webhook
from webhook_tui.session import messages
from webhook_tui.session.bus import EventBus, RegistrationWanted
from webhook_tui.session.clock import Clock
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.verification.secret_ring import SecretRingRepository

if TYPE_CHECKING:
    from webhook_tui.piktid.client import PiktidClient

_LONGEST_HOST = 26
_LONGEST_URL = 60
NO_SECRET: Mapping[str, None] = {"secret_since": None, "secret_short_id": None}
"""Changes of WebhookStatus when no secret is current."""


class Clear(Struct, frozen=True):
    """Registering replaces no webhook of another program."""


class Unknown(Struct, frozen=True):
    """PiktID does not report which webhook is registered."""


class Foreign(Struct, frozen=True):
    """A webhook that is not ours is registered."""

    webhook: ForeignWebhook

    @property
    def shown_url(self) -> str:
        """Its URL, sanitised and cut, for a sentence."""
        return shortened(visible(self.webhook.url), _LONGEST_URL)


Finding: TypeAlias = Clear | Unknown | Foreign


async def inspect(client: PiktidClient, ours: Collection[str]) -> Finding:
    """Ask PiktID. `ours`: URLs that this run or a run whose process is dead registered. Raises ProblemError."""
    present = await client.current()
    match present:
        case NoWebhook():
            return Clear()
        case CannotTell() | Webhook(url=None):
            return Unknown()
        case Webhook(url=str(url)) if url in ours:
            return Clear()
        case Webhook():
            return Foreign(
                ForeignWebhook(
                    str(present.url),
                    present.created_at if present.updated_at is None else present.updated_at,
                    present.last_response_status,
                    present.last_response_at,
                )
            )


class Registered(Struct, frozen=True):
    """A webhook that this run registered."""

    registration_id: int
    """In the accounts file."""
    account: Account
    url: str
    is_secret_known: bool
    """Whether PiktID's answer brought its secret."""


class Ownership:
    """What this run knows about the registered webhook. Belongs to the session's loop."""

    def __init__(self, secret_ring: SecretRingRepository, status: StatusPublisher, bus: EventBus, clock: Clock) -> None:
        self._secret_ring = secret_ring
        self._status = status
        self._bus = bus
        self._clock = clock
        self.registered: Registered | None = None
        """The webhook that this run registered and that is still ours, as far as known."""
        self.own_urls: set[str] = set()
        """Every URL that this run registered, as sent and as PiktID returned it."""
        self.restore_url: str | None = None
        """The previous webhook's URL, to be registered again on exit."""
        self.is_suspected = False
        """Another program may have registered its webhook; PiktID does not report it."""
        self.is_paused = False
        """Nothing is registered until the user asks for it."""
        self.lost_status: WebhookStatus | None = None
        """The status to return to when the user does not take the webhook back."""
        self.is_confirmed = False
        """PiktID returned our webhook, so its answers about others can be trusted."""

    def hold(self, registration_id: int, account: Account, url: str, *, is_secret_known: bool) -> None:
        """This run registered `url` for `account`, and with it replaced any webhook before."""
        if self.registered is not None:
            self._secret_ring.end_registration(self.registered.registration_id)
        self.registered = Registered(registration_id, account, url, is_secret_known)
        self.own_urls.add(url)
        self.is_confirmed = self.is_suspected = False
        self.lost_status = None

    def holds(self, url: str | None) -> bool:
        """Return whether this run registered `url` with a secret that it knows, and still holds it as far as known."""
        registered = self.registered
        return registered is not None and registered.url == url and registered.is_secret_known and not self.is_suspected

    def release(self) -> None:
        """The webhook of this run is not registered any more."""
        if self.registered is not None:
            self._secret_ring.end_registration(self.registered.registration_id)
        self.registered = None

    def on_webhook_seen(self, present: Webhook) -> None:
        """PiktID returned the registered webhook."""
        webhook = self._status.status.webhook
        is_taken = webhook.state is WebhookState.TAKEN
        if present.url in self.own_urls:
            self.is_confirmed = True
            if is_taken and self.is_suspected:
                self.confirm()
            elif is_taken:  # another program restored it, with a secret that we do not know
                at = self._clock.utc_now()
                self._status.change_webhook(state=WebhookState.NOT_REGISTERED, since=at, taken_by=None, problem=None)
                self._bus.publish(RegistrationWanted())
            return
        host = shortened(visible(urlsplit(present.url or "").netloc or present.url or ""), _LONGEST_HOST)
        if not is_taken or webhook.taken_by != host:
            self._lose()
            at = units.parsed(present.updated_at or present.created_at or "") or self._clock.utc_now()
            self._publish_taken(messages.taken(host, at.astimezone()), WebhookState.TAKEN, by=host)

    def on_no_webhook_seen(self) -> None:
        """PiktID returned that no webhook is registered; trusted only after it returned ours."""
        if self.is_confirmed or self._status.status.webhook.state is WebhookState.TAKEN:
            self._lose()
            at = self._clock.utc_now().astimezone()
            self._publish_taken(messages.deleted_by_other(at), WebhookState.DELETED)

    def suspect(self) -> None:
        """Events come by the event stream alone: treat the webhook as taken, but do not give it up."""
        self.is_suspected = True
        self._publish_taken(messages.SUSPECTED, WebhookState.TAKEN)

    def confirm(self) -> None:
        """The webhook is ours: end a suspicion."""
        if not self.is_suspected:
            return
        self.is_suspected, self.lost_status, self.is_paused = False, None, False
        if self._status.status.webhook.state is WebhookState.TAKEN:
            self._status.change_webhook(state=WebhookState.REGISTERED, since=self._clock.utc_now(), problem=None)
            self._bus.publish(RegistrationWanted(only_if_stale=True))

    def _lose(self) -> None:
        """The webhook is not ours any more: no secret is current, and nothing is deleted on exit."""
        self.is_confirmed = self.is_suspected = False
        self.restore_url = None
        self.release()
        self._secret_ring.ended()

    def _publish_taken(self, problem: Problem, state: WebhookState, *, by: str | None = None) -> None:
        self.is_paused = True
        now = self._clock.utc_now()
        self._status.change_webhook(state=state, since=now, taken_by=by, problem=problem, **NO_SECRET)
        self.lost_status = self._status.status.webhook if state is WebhookState.TAKEN else None
        self._bus.publish(ProblemOccurred(problem))
