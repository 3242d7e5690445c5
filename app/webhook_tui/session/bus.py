"""The typed event bus between the parts of a session, and the events that only they exchange."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow
from webhook_tui.domain.events import DeliveryStored
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import SessionStatus

_log = logging.getLogger(__name__)

Event = TypeVar("Event")


class EventBus:
    """Calls the handlers of an event's type, in the order of subscription, before `publish` returns.

    Belongs to the session's loop. A handler's error is logged; the other handlers and the publisher go on.
    """

    def __init__(self) -> None:
        self._handlers: dict[type[Any], list[Callable[[Any], None]]] = {}

    def subscribe(self, kind: type[Event], handler: Callable[[Event], None]) -> None:
        """Call `handler` with each event of exactly this type."""
        self._handlers.setdefault(kind, []).append(handler)

    def publish(self, event: object) -> None:
        """Call the handlers of this event."""
        for handler in self._handlers.get(type(event), ()):
            try:
                handler(event)
            except Exception:  # noqa: BLE001 -- a publisher does not depend on who listens
                _log.exception("a handler of %s failed", type(event).__name__)


class StatusReplaced(Struct, frozen=True):
    """The status snapshot was replaced; unlike StatusChanged, published at once for every change but of the counts."""

    status: SessionStatus


class AddressChanged(Struct, frozen=True):
    """The URL that leads to the hook changed; None while there is none."""

    url: str | None
    is_watched: bool = True
    """Whether its reachability is checked periodically."""


class PublicUrlUnreachable(Struct, frozen=True):
    """A public URL that led here does not any more."""


class TokenChanged(Struct, frozen=True):
    """Another API token is in use, and with it perhaps another account."""

    token: Secret


class RegistrationWanted(Struct, frozen=True):
    """The webhook is ours again and may have to be registered: its secret is unknown, or its URL is stale."""

    only_if_stale: bool = False


class RegistrationAnswered(Struct, frozen=True):
    """A PUT /webhooks ended: the ring has every secret that it brought."""


class DeliveriesInserted(Struct, frozen=True, gc=False):
    """The session's loop commits these deliveries next, and waits for the disk meanwhile.

    For what can be prepared and is not shown: where the commit fails, they get other numbers, or are not stored.
    """

    deliveries: Sequence[DeliveryStored]
    """The same object as in the DeliveriesStored that follows, unless the commit fails."""


class DeliveriesStored(Struct, frozen=True, gc=False):
    """Deliveries are on disk by one transaction; their answers are sent afterwards.

    A front end gets them one by one, unless it takes them together. The parts get them together, which takes a tenth
    off the time that the loop needs from the commit to the answers.
    """

    deliveries: Sequence[DeliveryStored]
    """In the order of their numbers; never empty."""


class DeliveryRefused(Struct, frozen=True):
    """A delivery could not be stored and is answered 503."""

    delivery: Delivery


class DeliveryReverified(Struct, frozen=True):
    """A stored delivery got another verdict."""

    row: DeliveryRow


class VerificationWanted(Struct, frozen=True):
    """A delivery is pending although no registration is under way: its signature can be checked now."""


class EventLost(Struct, frozen=True):
    """The event stream brought an event, no webhook did, and nothing known here explains it."""

    event_id: str


class EventsMatched(Struct, frozen=True):
    """Events came by both channels; their ids as JSON text."""

    event_ids: tuple[str, ...]


class EventsDiffered(Struct, frozen=True):
    """The event stream brought other values than these stored deliveries; their numbers."""

    seqs: tuple[int, ...]
