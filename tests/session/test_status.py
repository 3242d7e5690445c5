"""The status snapshot: made when it is published, not for each delivery."""

from __future__ import annotations

import asyncio

from webhook_tui.domain.events import StatusChanged
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import Counts, SessionStatus
from webhook_tui.session.bus import EventBus, StatusReplaced
from webhook_tui.session.status import StatusPublisher


async def test_deliveries_are_counted_and_published_together() -> None:
    """The first at once, the others after the pause; the counts are right whenever they are read."""
    bus = EventBus()
    published: list[SessionStatus] = []
    changed = asyncio.Event()
    bus.subscribe(StatusChanged, lambda event: published.append(event.status))
    bus.subscribe(StatusChanged, lambda _event: changed.set())
    bus.subscribe(StatusReplaced, lambda _event: published.clear())
    status = StatusPublisher(SessionStatus(), bus)

    first, *others = Verdict
    status.count_received([first])
    status.count_received([*others, Verdict.PENDING])
    status.count_reverified(Verdict.PENDING, Verdict.OLDER)

    expected = Counts(received=7, good=3, bad=3, pending=1)
    assert [each.counts.received for each in published] == [1]
    assert status.status.counts == expected
    changed.clear()
    await changed.wait()
    assert [each.counts for each in published] == [Counts(received=1, good=1), expected]
    status.close()
