"""A value worked out of all deliveries: extended when some are added, built again when others changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.factories import VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.statistics import aggregate
from webhook_tui.storage.statistics.aggregate import AggregateReader


class Sum:
    """The sum of the numbers of all deliveries; it reads `most` a call."""

    def __init__(self, most: int = 100) -> None:
        self.value = self.read_to = 0
        self.most = most

    def extend(self, connection: sqlite3.Connection, last: int, until: float) -> bool:
        """Add the numbers that were not added yet."""
        end = last if until == float("inf") else min(last, self.read_to + self.most)
        found = connection.execute("SELECT seq FROM deliveries WHERE seq > ? AND seq <= ?", (self.read_to, end))
        self.value += sum(seq for (seq,) in found)
        self.read_to = end
        return end == last


async def test_it_is_extended_in_steps_and_built_again_after_a_deletion(
    store: DeliveryStore, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is built again, the value of before is not shown as a smaller one."""
    monkeypatch.setattr(aggregate, "REBUILD_FACTOR", 0)
    built: list[Sum] = []

    def build() -> Sum:
        built.append(Sum(most=2))
        return built[-1]

    for _ in range(3):
        await store.record(delivery(), VALID, account=account, answered=200)
    with closing(AggregateReader(store.path, build, verdict_changes=lambda: 0)) as reader:

        async def read() -> tuple[int, bool]:
            return await reader.read(lambda found, is_complete, _: (found.value, is_complete))

        assert [await read(), await read()] == [(3, False), (6, True)]
        await store.record(delivery(), VALID, account=account, answered=200)
        assert (await read(), len(built)) == ((10, True), 1)
        await store.delete((1,))
        assert (await read(), len(built)) == ((9, True), 2)


async def test_it_is_built_again_after_a_change_of_verdicts(
    store: DeliveryStore, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aggregate, "REBUILD_FACTOR", 0)
    changes = [0]
    built: list[Sum] = []

    def build() -> Sum:
        built.append(Sum())
        return built[-1]

    await store.record(delivery(), VALID, account=account, answered=200)
    with closing(AggregateReader(store.path, build, verdict_changes=lambda: changes[0])) as reader:
        for _ in range(2):
            await reader.read(lambda found, *_: found.value)
        assert len(built) == 1
        changes[0] += 1
        await reader.read(lambda found, *_: found.value)
    assert len(built) == 2
