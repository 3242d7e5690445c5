"""Whose webhook is registered at PiktID now: nobody's, ours, somebody else's, or it cannot be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.events import ForeignWebhook
from webhook_tui.piktid.client import PiktidClient
from webhook_tui.piktid.models import CannotTell, NoWebhook, Webhook

_LONGEST_URL = 60


@dataclass(frozen=True, slots=True)
class Clear:
    """Nothing of anybody else's would be replaced."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """PiktID does not say."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A webhook that is not ours."""

    webhook: ForeignWebhook

    @property
    def shown_url(self) -> str:
        """Its URL, harmless and cut, for a sentence."""
        text = visible(self.webhook.url)
        return text if len(text) <= _LONGEST_URL else text[: _LONGEST_URL - 1] + "…"


Finding: TypeAlias = Clear | Unknown | Foreign


async def inspect(client: PiktidClient, ours: Collection[str]) -> Finding:
    """Ask PiktID; `ours`: URLs that we registered in runs whose process is dead. Raises ProblemError."""
    present = await client.current()
    match present:
        case NoWebhook():
            return Clear()
        case CannotTell():
            return Unknown()
        case Webhook(url=None):
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
