"""A running session can be found beside its history, and one that has ended cannot."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import msgspec

from tests.factories import NOW, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.running_session import RunningSession
from webhook_tui.storage.database.locks import is_any_alive
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.running_sessions import running_sessions

SESSION = RunningSession(
    pid=7,
    version="1",
    started_at=NOW,
    api_url="https://a.example",
    token_fingerprint="ab",
    host="0.0.0.0",
    port=9876,
    hook_path="/h/1",
    nonce="n",
)


def test_what_a_session_announces_is_read_until_it_ends(tmp_path: Path) -> None:
    """The last announcement counts; the file is its user's alone."""
    path = tmp_path / "h.db"
    assert running_sessions(path) == []
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        assert running_sessions(path) == []
        store.announce(msgspec.structs.replace(SESSION, webhook_url="https://a.example/" + "x" * 500))
        assert [oct(file.stat().st_mode & 0o777) for file in tmp_path.glob("*.alive")] == ["0o600"]
        store.announce(SESSION)
        assert running_sessions(path) == [SESSION]
    assert running_sessions(path) == []


def test_a_session_is_announced_again_with_a_file_that_was_made_again(tmp_path: Path, account: Account) -> None:
    """Its lock lies beside the history, and is deleted with it."""
    path = tmp_path / "h.db"

    async def record(store: DeliveryStore) -> None:
        await store.record(delivery(), VALID, account=account, answered=200)

    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        store.announce(SESSION)
        for file in tmp_path.iterdir():
            file.unlink()
        asyncio.run(record(store))
        assert (running_sessions(path), is_any_alive(path)) == ([SESSION], True)
        changed = msgspec.structs.replace(SESSION, port=9877)
        store.announce(changed)
        assert running_sessions(path) == [changed]
    assert not is_any_alive(path)
    assert not list(tmp_path.glob("*.alive"))
