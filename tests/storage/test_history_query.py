"""A history read by a command: by account, by number, by filter, and what is in it already."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.factories import NOW, PING, VALID, delivery
from tests.storage.finding import record_statuses
from webhook_tui.domain.account import Account
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_query import AccountFilter, HistoryQuery, StoredCopies, is_history

TOKEN = Secret("token")


@pytest.mark.parametrize(
    ("accounts", "included"),
    [
        (AccountFilter(), True),
        (AccountFilter("https://api.example/"), True),
        (AccountFilter("https://other.example"), False),
        (AccountFilter("https://api.example", TOKEN), True),
        (AccountFilter("https://api.example", Secret("other")), False),
    ],
)
def test_which_accounts_are_read(accounts: AccountFilter, included: bool) -> None:
    assert accounts.includes(Account.of("https://api.example", TOKEN)) is included


async def test_numbers_and_deliveries_of_one_account(store: DeliveryStore, account: Account) -> None:
    """Another account's deliveries are not there; while a session writes, too."""
    other = Account("https://api.example", "other")
    await record_statuses(store, account, "failed", "completed")
    await record_statuses(store, other, "failed")

    with HistoryQuery(store.path) as everything, HistoryQuery(store.path, AccountFilter(account.api_url)) as own:
        assert list(everything.seqs(None, NOW)) == [1, 2, 3]
        assert list(everything.seqs(parse("status:failed"), NOW)) == [1, 3]
        assert list(own.seqs(None, NOW)) == [1, 2]
        assert list(own.seqs(parse("status:failed"), NOW)) == [1]
        assert own.account_keys() == [account.key]
        assert (everything.account_keys(), own.is_included(3), everything.is_included(3)) == (None, False, True)
        assert [stored.row.seq for stored in everything.deliveries([3, 9, 1])] == [1, 3]
        assert [stored.row.seq for stored in everything.after(1, 1)] == [2]
        assert [stored.row.seq for stored in everything.recent(2, 9, 1000)] == [1]
        with pytest.raises(ProblemError, match="3"):
            own.stored(3)

        before = everything.change_count()
        await record_statuses(store, account, "failed")
        assert everything.change_count() != before
        assert everything.last_seq() == 4


async def test_no_number_is_too_large_to_ask_for(store: DeliveryStore, account: Account) -> None:
    """Users write any number on the command line."""
    await record_statuses(store, account, "failed")
    with HistoryQuery(store.path) as history:
        assert list(history.after(10**20)) == []
        with pytest.raises(ProblemError, match="There is no delivery 100000000000000000000"):
            history.stored(10**20)


async def test_a_delivery_that_a_session_deletes_meanwhile_is_not_there(store: DeliveryStore, account: Account) -> None:
    """What asks for its account after it was read gets the same problem."""
    await record_statuses(store, account, "failed")
    with HistoryQuery(store.path, AccountFilter(account.api_url)) as history:
        assert history.is_included(1)
        await store.delete([1])
        assert not history.is_included(1)
        with pytest.raises(ProblemError, match="There is no delivery 1"):
            history.account(1)


def test_what_is_no_history_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="no history"):
        HistoryQuery(tmp_path / "nothing.db")
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    assert not is_history(foreign)
    with pytest.raises(ProblemError):
        HistoryQuery(foreign)


async def test_a_copy_is_known_by_time_path_and_bytes(store: DeliveryStore, account: Account) -> None:
    """To the millisecond, since files keep no more; asked for twice, it is one, too."""
    await store.record(delivery(), VALID, account=account, answered=200)
    rounded = NOW.replace(microsecond=NOW.microsecond // 1000 * 1000)

    with closing(StoredCopies(store.path)) as copies:
        assert copies.has(delivery(received_at=rounded))
        assert not copies.has(delivery(target="/other"))
        assert not copies.has(delivery(PING + b" "))
        assert not copies.has(replace(delivery(), received_at=NOW.replace(year=2025)))
        assert copies.has(delivery(PING + b" "))
