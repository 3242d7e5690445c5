"""Moments that PiktID tells as text, in the words of the screen; what cannot be read is shown as it came."""

from __future__ import annotations

from datetime import UTC, datetime

from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible


def parsed(text: str) -> datetime | None:
    """An ISO 8601 moment, UTC where it names no zone; None when it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def day_and_time(text: str, now: datetime) -> str:
    """`12 Nov 2026, 09:41` in the zone of `now`."""
    at = parsed(text)
    if at is None:
        return visible(text)[:40]
    local = at.astimezone(now.tzinfo)
    return f"{local.day} {local:%b %Y, %H:%M}"


def ago(text: str, now: datetime) -> str:
    """`4 min ago`."""
    at = parsed(text)
    return visible(text)[:40] if at is None else f"{units.age((now - at).total_seconds())} ago"
