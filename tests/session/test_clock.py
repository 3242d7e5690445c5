"""A clock that goes backwards changes no order, no count of attempts, and ends nothing."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

from tests.session.running import sandbox_of, session_of, settings
from webhook_tui.domain.events import DeliveryStored
from webhook_tui.domain.scenario import Fault
from webhook_tui.session.clock import Clock, RetryDelay


class BackwardClock(Clock):
    """Each reading is an hour earlier."""

    def __init__(self) -> None:
        self._now = super().utc_now()

    def utc_now(self) -> datetime:
        self._now -= timedelta(hours=1)
        return self._now


async def test_a_clock_that_goes_backwards(tmp_path: Path) -> None:
    """Rows stay in the order in which they arrived, attempts count up."""
    async with (
        sandbox_of() as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url, keep_days=36_500), clock=BackwardClock()) as running,
    ):
        await running.event(DeliveryStored)
        for _ in range(3):
            sandbox.emit("image_result", {"job_id": 1}, fault=Fault.ANSWER_LOST)
        await running.until(lambda status: status.counts.received == 7)
        with closing(running.session.open_rows()) as rows:
            rows.refresh()
            found = rows.window(0, 10)
    assert [row.seq for row in found] == [1, 2, 3, 4, 5, 6, 7]
    assert all(later.received_at < before.received_at for before, later in pairwise(found))
    by_event: dict[str | None, list[int]] = {}
    for row in found:
        by_event.setdefault(row.event_id, []).append(row.attempt)
    assert sorted(by_event.values()) == [[1], [1, 2], [1, 2], [1, 2]]
    assert {row.verdict.value for row in found} == {"valid"}


def test_a_retry_waits_longer_after_each_failure() -> None:
    """Doubled up to the limit, drawn from the upper half; at least what the other side asked for."""
    delay = RetryDelay(1.0, 30.0, Random(7))
    waits = [delay.after_failure(None) for _ in range(7)]

    assert all(ceiling / 2 <= wait <= ceiling for wait, ceiling in zip(waits, (1, 2, 4, 8, 16, 30, 30), strict=True))
    assert delay.after_failure(99.0) == 99.0
    delay.reset()
    assert delay.after_failure(None) <= 1.0
