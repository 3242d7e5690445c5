"""The status line counts down to the next try."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from tests.ui.fake_session import NOW, WAITING, FakeSession
from tests.ui.stage import STACKED, stage
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.status import TunnelState, TunnelStatus, WebhookState


async def test_a_closed_tunnel_counts_down_in_three_places() -> None:
    """The lamp, the notice and the step say when it is tried again; the clock goes on."""
    now = [NOW]
    closed = Problem("The tunnel closed: ssh ended.", "Next try in {again}; u tries now.", is_transient=True)
    tunnel = TunnelStatus(TunnelState.DOWN, since=NOW, next_try_at=NOW + timedelta(seconds=4), tries=2, problem=closed)
    status = replace(WAITING, tunnel=tunnel, webhook=replace(WAITING.webhook, state=WebhookState.STALE))
    async with stage(FakeSession(status), size=STACKED, now=lambda: now[0]) as played:
        await played.until("○ tunnel down, again in 4 s")
        await played.until("Next try in 4 s; u tries now.")
        await played.until("○ tunnel     down since 14:22:02; try 3 in 4 s")
        now[0] += timedelta(seconds=3)
        await played.until("again in 1 s")
        await played.until("Next try in 1 s")
        await played.until("try 3 in 1 s")
