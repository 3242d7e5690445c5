"""One search of one file: what is published, in which order, and what is read again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise

import pytest

from tests.factories import NOW
from tests.storage.finding import record_statuses
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.rows import Progress, Sort
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.jobs.job import USUAL_FIELDS
from webhook_tui.storage.database.connection import connect_read_only
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.search.scan import Published, Scan, Search
from webhook_tui.storage.search.word_index import WordIndex


@contextmanager
def scan_for_failed(store: DeliveryStore, publish: Callable[[Published], None]) -> Iterator[Scan]:
    """A search in small chunks."""
    with closing(connect_read_only(store.path)) as connection:
        search = Search(parse("failed"), Sort(), NOW, USUAL_FIELDS)
        yield Scan(connection, search, publish, lambda: False, chunks=(4, 10))


async def test_older_matches_come_before_newer_ones(store: DeliveryStore, account: Account) -> None:
    """The newest are there first; a row keeps its distance from the end while older ones are put before it."""
    await record_statuses(store, account, *(["failed", "completed"] * 20))
    seen: list[Published] = []
    with scan_for_failed(store, seen.append) as scan:
        while scan.has_older:
            scan.advance()
            scan.publish()
        await record_statuses(store, account, "failed")
        scan.update([])
        scan.publish()

    views = [[one.view.at(place) for place in range(len(one.view))] for one in seen]
    assert views[0] == [37, 39]
    assert all(later[-len(view) :] == view for view, later in pairwise(views[:-1]))
    assert views[-1] == [*range(1, 41, 2), 41]
    examined = [one.progress.examined for one in seen]
    assert examined == sorted(examined)
    assert {4, 14, 24, 34} < set(examined)
    assert [one.progress for one in seen[-2:]] == [Progress(40, 40, is_done=True), Progress(41, 41, is_done=True)]


async def test_the_first_match_is_published_at_once(
    store: DeliveryStore, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However short the time is since the empty result of the newest deliveries."""
    monkeypatch.setattr("webhook_tui.storage.search.scan._PUBLISH_SECONDS", 3600)
    await record_statuses(store, account, "failed", "failed", *(["completed"] * 4))
    seen: list[Published] = []
    with scan_for_failed(store, seen.append) as scan:
        while scan.has_older:
            scan.advance()

    assert [[one.view.at(place) for place in range(len(one.view))] for one in seen] == [[], [2]]


async def test_words_with_one_beginning_are_merged_once_for_each_block(
    store: DeliveryStore, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite merges them before its first row, which takes as long for a few deliveries as for the whole block."""
    monkeypatch.setattr("webhook_tui.storage.search.word_index.BLOCK_ROWS", 40)
    await record_statuses(store, account, *(f"done{number}" for number in range(70)), "failed", *(["done"] * 4))
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        while WordIndex().step(connection):
            pass
        statements: list[str] = []
        connection.set_trace_callback(statements.append)
        search = Search(parse("!don"), Sort(), NOW, USUAL_FIELDS)
        seen: list[Published] = []
        scan = Scan(connection, search, seen.append, lambda: False, chunks=(4, 10))
        while scan.has_older:
            scan.advance()
        scan.publish()

    assert [seen[-1].view.at(place) for place in range(len(seen[-1].view))] == [71]
    assert sum("NOT IN (" in one for one in statements) == 2
    assert not any("count(*)" in one for one in statements)
