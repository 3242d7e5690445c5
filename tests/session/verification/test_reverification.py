"""The secret changes in the middle of a burst: in the end every delivery is verified with the secret that signed it."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from pathlib import Path

from tests.session.running import Running, sandbox_of, session_of, settings
from webhook_tui.domain.commands import RegisterWebhook
from webhook_tui.domain.events import WebhookRegistered
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import SessionStatus

DELIVERIES = 120
ROTATIONS = 4


def _has_registered(running: Running, times: int, _status: SessionStatus) -> bool:
    return len(running.all(WebhookRegistered)) >= times


async def test_no_delivery_of_a_burst_keeps_a_wrong_verdict(tmp_path: Path) -> None:
    """120 deliveries, four rotations while they come: valid or older, none invalid, none pending."""
    async with (
        sandbox_of(ping_on_stream=False) as (sandbox, api_url),
        session_of(settings(tmp_path, api_url=api_url, sse=False)) as running,
    ):
        await running.event(WebhookRegistered)
        for _ in range(ROTATIONS):
            before = len(running.all(WebhookRegistered))
            for number in range(DELIVERIES // ROTATIONS + 1):
                sandbox.emit("image_result", {"image_index": number})
                if number % 50 == 0:
                    await asyncio.sleep(0)
            running.ask(RegisterWebhook(new_secret=True))
            await running.until(partial(_has_registered, running, before + 1))
        await sandbox.settled()
        emitted = (DELIVERIES // ROTATIONS + 1) * ROTATIONS
        await running.until(lambda status: status.counts.received >= emitted and status.counts.pending == 0)

        rows = running.session.open_rows()
        try:
            count = rows.refresh()
            verdicts = Counter(row.verdict for row in rows.window(0, count))
        finally:
            rows.close()
        assert count >= emitted
        assert set(verdicts) == {Verdict.VALID, Verdict.OLDER}
