"""A program that records until it is killed: prints the number and the sha256 of each body that was acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from pathlib import Path

from tests.factories import NOW, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.storage.history import DeliveryStore

ACCOUNT = Account("https://v2.api.piktid.com", "0123456789ab")


async def _record(path: Path, count: int | None) -> None:
    store = DeliveryStore.open(path, started_at=NOW)
    left = [count or sys.maxsize]

    async def work() -> None:
        while left[0] > 0:
            left[0] -= 1
            body = os.urandom(int.from_bytes(os.urandom(2)) % 20_000)
            row = await store.record(delivery(body), VALID, account=ACCOUNT, answered=200)
            os.write(1, f"{row.seq} {hashlib.sha256(body).hexdigest()}\n".encode())

    await asyncio.gather(*(work() for _ in range(8)))
    store.close()


if __name__ == "__main__":
    asyncio.run(_record(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None))
