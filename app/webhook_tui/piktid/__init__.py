"""PiktID's API as a client sees it: registering a webhook, and the event stream; errors leave here as Problems only."""

from webhook_tui.piktid.client import PiktidClient
from webhook_tui.piktid.models import CannotTell, NoWebhook, Webhook
from webhook_tui.piktid.problems import UnseenSecretError
from webhook_tui.piktid.stream import (
    Arrived,
    BackfillCompleted,
    Backfilled,
    Connected,
    EventStream,
    KeptAlive,
    StreamItem,
)

__all__ = [
    "Arrived",
    "BackfillCompleted",
    "Backfilled",
    "CannotTell",
    "Connected",
    "EventStream",
    "KeptAlive",
    "NoWebhook",
    "PiktidClient",
    "StreamItem",
    "UnseenSecretError",
    "Webhook",
]
