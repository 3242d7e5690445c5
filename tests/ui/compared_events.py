"""Events that webhook and event stream brought, compared, at the moment of the mock-ups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from webhook_tui.domain.comparison.compared_event import ComparedEvent, Interval, Reason, Seen

CLOCK = datetime(2026, 11, 23, 14, 20, 10, tzinfo=UTC)
"""The moment of the mock-up."""


def at(clock: str) -> datetime:
    """A time of that day."""
    hours, minutes, seconds = (float(part) for part in clock.split(":"))
    return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def event(
    event_id: str,
    name: str = "image_result",
    webhook: str | None = "14:02:11.1",
    sse: str | None = "14:02:11",
    *,
    seen: Seen | None = Seen.BOTH,
    differing: int | None = 0,
    reason: Reason | None = None,
    spell: Interval | None = None,
    backfilled: bool = False,
) -> ComparedEvent:
    """One event; what is not said is usual."""
    return ComparedEvent(
        event_id=event_id,
        name=name,
        webhook_at=None if webhook is None else at(webhook),
        seq=None if webhook is None else 3,
        sse_at=None if sse is None else at(sse),
        backfilled=backfilled,
        happened_at=None,
        seen=seen,
        differing=None if None in (webhook, sse) else differing,
        reason=reason,
        spell=spell,
    )


OUTAGE = Interval(at("14:19:52"), at("14:19:59"))

LOST = event(
    "90405", "identity_preprocessing", None, "14:19:58", seen=Seen.SSE, reason=Reason.TUNNEL_DOWN, spell=OUTAGE
)

ONLY_WEBHOOK = event("90413", "ping", "14:20:05", None, seen=Seen.WEBHOOK, reason=Reason.NOT_SHOWN)
