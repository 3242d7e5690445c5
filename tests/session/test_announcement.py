"""A real session says to other programs where its receiver is and what it has registered."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tests.session.running import session_of, settings
from webhook_tui.domain.status import WebhookState
from webhook_tui.storage.running_sessions import running_sessions


async def test_a_session_announces_its_receiver_and_its_webhook(tmp_path: Path) -> None:
    """Beside its history, as long as it runs."""
    path = tmp_path / "h.db"
    async with session_of(settings(tmp_path, sandbox=True, db=path)) as running:
        await running.until(lambda status: status.webhook.state is WebhookState.REGISTERED)
        (found,) = await asyncio.to_thread(running_sessions, path)
        assert (found.pid, found.receiver, found.webhook) == (os.getpid(), "listening", "registered")
        assert found.webhook_url == found.hook_url
        assert found.nonce == running.session.runtime.simulation.nonce
        assert found.account == running.session.runtime.secret_ring.account
    assert running_sessions(path) == []
