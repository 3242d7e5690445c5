"""Deliveries as columns of the database: times, headers and text without loss, and numbers that are not given twice."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import INVALID, NOW, PENDING, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.storage.database.connection import connect_read_only, open_database
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_query import HistoryQuery
from webhook_tui.storage.mappers import (
    count_by_secret,
    decode_headers,
    encode_headers,
    find_row,
    find_signed_with,
    find_stored,
    find_unsettled,
    microseconds,
    moment,
    reserve_numbers,
    storable,
)


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 -- the strategy adds the zone
def test_a_time_is_kept_to_the_microsecond(at: datetime) -> None:
    assert moment(microseconds(at)) == at


@given(st.lists(st.tuples(st.binary(), st.binary())).map(tuple))
def test_headers_are_kept_byte_for_byte(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    assert decode_headers(encode_headers(headers)) == headers


@pytest.mark.parametrize(("text", "kept"), [("abcd", "abc"), ("é\ud800", "é\ufffd"), ("", "")])
def test_text_that_sqlite_takes(text: str, kept: str) -> None:
    assert storable(text, 3) == kept


def test_reserved_numbers_are_not_given(tmp_path: Path) -> None:
    """Fewer than were given already change nothing."""
    with closing(open_database(tmp_path / "x.db", HISTORY).connection) as connection:
        for seq in (7, 3):
            reserve_numbers(connection, seq)
        assert connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'").fetchall() == [(7,)]
        assert connection.execute("SELECT dense_from FROM shape").fetchone() == (8,)


async def test_deliveries_are_found_by_number_verdict_and_secret(store: DeliveryStore, account: Account) -> None:
    """Newest first, and only those of the account."""
    for verification in (VALID, INVALID, PENDING, VALID):
        await store.record(delivery(), verification, account=account, answered=200)
    other = Account(account.api_url, "other")

    with closing(connect_read_only(store.path)) as connection:
        stored = find_stored(connection, 1)
        assert stored is not None
        assert stored.row == find_row(connection, 1)
        assert (stored.delivery, stored.row.received_at) == (delivery(), NOW)
        assert find_row(connection, 9) is None
        assert find_stored(connection, 9) is None
        assert [found.row.seq for found in find_unsettled(connection, account, None, 9)] == [3, 2]
        assert [found.row.seq for found in find_unsettled(connection, account, 3, 9)] == [2]
        signed, below = find_signed_with(connection, account, frozenset({"0123456789ab"}), None)
        assert ([found.row.seq for found in signed], below) == ([4, 1], None)
        assert find_signed_with(connection, other, frozenset({"0123456789ab"}), None) == ([], None)
        assert count_by_secret(connection, account) == {"0123456789ab": 2}


async def test_a_page_of_large_deliveries_is_short(store: DeliveryStore, account: Account) -> None:
    """All of them are read all the same, page by page."""
    large = delivery(bytes(9 * 1024 * 1024))
    for verification in (VALID, INVALID):
        for _ in range(3):
            await store.record(large, verification, account=account, answered=200)
    secret = frozenset({"0123456789ab"})

    with closing(connect_read_only(store.path)) as connection, HistoryQuery(store.path) as history:
        assert [found.row.seq for found in find_unsettled(connection, account, None, 9)] == [6, 5]
        assert [found.row.seq for found in find_unsettled(connection, account, 5, 9)] == [4]
        signed, below = find_signed_with(connection, account, secret, None)
        rest, end = find_signed_with(connection, account, secret, below)
        assert ([found.row.seq for found in (*signed, *rest)], below, end) == ([3, 2, 1], 2, None)
        assert [found.row.seq for found in history.after(1)] == [2, 3]
        assert [found.row.seq for found in history.deliveries([6, 9, 1, 2, 4])] == [1, 2, 4, 6]
