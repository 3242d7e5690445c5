"""The numbers that a search has found: views that do not change while more is found."""

from __future__ import annotations

from array import array
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.rows import Sort, SortColumn
from webhook_tui.storage.database.connection import connect_read_only
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.search.results import NumberResults, SortedResults, SortedView, View


def listed(view: View) -> list[int]:
    """All numbers, in order; each is found at its position."""
    seqs = [view.at(position) for position in range(len(view))]
    assert [view.position(seq) for seq in seqs] == list(range(len(seqs)))
    return seqs


@pytest.mark.parametrize("is_descending", [False, True])
def test_a_view_stays_while_more_is_found(is_descending: bool) -> None:
    results = NumberResults(is_descending=is_descending)
    results.add_older([9, 7])
    before = results.view()
    results.add_older([5])
    results.add_newer([11])
    results.set(7, is_in=False)
    results.set(8, is_in=True)
    results.set(12, is_in=True)
    results.set(12, is_in=True)
    after = results.view()

    order = [5, 8, 9, 11, 12]
    assert listed(before) == ([9, 7] if is_descending else [7, 9])
    assert listed(after) == (order[::-1] if is_descending else order)
    assert after.position(7) is None
    results.keep(lambda seq: seq > 8)
    assert sorted(listed(results.view())) == [9, 11, 12]


@pytest.mark.parametrize("order", [[], [7, 3, 5], [1, 2**40]])
def test_positions_of_a_sorted_view(order: list[int]) -> None:
    """Also where numbers are so far apart that a list of all would be too long."""
    view = SortedView(array("q", order))

    assert listed(view) == order
    assert [view.position(seq) for seq in (0, 4, 2**50)] == [None, None, None]


async def test_sorted_results_follow_the_values_of_now(store: DeliveryStore, account: Account, tmp_path: Path) -> None:
    for size in (3, 1, 2):
        await store.record(delivery(b"x" * size), VALID, account=account, answered=200)
    with closing(connect_read_only(store.path)) as connection:
        results = SortedResults(connection, Sort(SortColumn.SIZE, is_descending=True))
        results.add_older([3, 2, 1])
        assert listed(results.view()) == [1, 3, 2]
        results.set(3, is_in=False)
        results.keep(lambda seq: seq != 1)
        results.set(2, is_in=True)
        assert listed(results.view()) == [2]
