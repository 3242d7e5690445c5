"""Histories of events whose data is all that differs."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.factories import NOW, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.signature.verdict import VerificationResult
from webhook_tui.storage.history import DeliveryStore

OWN = Account("https://v2.api.piktid.com", "0123456789ab")
OTHER = Account("https://v2.api.piktid.com", "another")


def body(data: object, name: str = "image_result") -> bytes:
    """The body of an event."""
    return json.dumps({"id": 1, "name": name, "data": data, "timestamp": 1}).encode()


def record(
    path: Path, bodies: Sequence[bytes], *, verification: VerificationResult = VALID, account: Account = OWN
) -> None:
    """Store deliveries, each with the next number."""

    async def store_all(store: DeliveryStore) -> None:
        await asyncio.gather(
            *(store.record(delivery(one), verification, account=account, answered=200) for one in bodies)
        )

    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        asyncio.run(store_all(store))


def record_two_accounts(path: Path) -> None:
    """Store 25 numbers of one account and 25 texts of the other; #51 and #52 are of each what the other one has."""
    record(path, [body({"n": 1})] * 25)
    record(path, [body({"n": "x"})] * 25, account=OTHER)
    record(path, [body({"n": "x"})])
    record(path, [body({"n": 1})], account=OTHER)


def execute(path: Path, statement: str) -> None:
    """Change a history behind its owner's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
