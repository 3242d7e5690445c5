"""What the user does to the history: comments, deletions, clearing; and the list of runs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from tests.factories import INVALID, NOW, VALID, delivery
from tests.storage.finding import finding, shown
from webhook_tui.domain.account import Account
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.domain.statistics.counts import Run
from webhook_tui.storage.history import DeliveryStore


async def _record(store: DeliveryStore, account: Account, verifications: Sequence[VerificationResult]) -> None:
    for verification in verifications:
        await store.record(delivery(), verification, account=account, answered=200)


async def test_a_comment_is_kept_with_the_row(store: DeliveryStore, account: Account) -> None:
    """It can be changed, taken away and found; one that is too long is cut; what no database takes is replaced."""
    await _record(store, account, [VALID, VALID])

    commented = await store.set_comment(1, "ask Ada\ud800")
    assert commented is not None
    assert commented.comment == "ask Ada\N{REPLACEMENT CHARACTER}"
    with closing(store.open_rows()) as rows:
        assert [row.comment for row in rows.window(0, 2)] == [commented.comment, ""]
    with finding(store, "comment:ada") as search:
        assert search.seqs() == [1]
    long, empty = await store.set_comment(1, "x" * 3000), await store.set_comment(1, "")
    assert long is not None
    assert empty is not None
    assert (len(long.comment), empty.comment) == (2000, "")
    assert await store.set_comment(3, "x") is None


async def test_deliveries_are_deleted_by_number(store: DeliveryStore, account: Account) -> None:
    """Marked or not, any number of them; how many went is reported."""
    await _record(store, account, [VALID] * 450)
    await store.set_marked(450, marked=True)

    assert await store.delete([]) == await store.delete([451]) == 0
    assert await store.delete(range(3, 500)) == 448
    with closing(store.open_rows()) as rows:
        assert shown(rows) == [1, 2]


async def test_clearing_leaves_the_marked(store: DeliveryStore, account: Account) -> None:
    """Of all runs; an empty history is cleared at once."""
    assert await store.clear_except_marked() == 0
    await _record(store, account, [VALID] * 3)
    with closing(DeliveryStore.open(store.path, started_at=NOW)) as other:
        await _record(other, account, [VALID] * 2)
        await other.set_marked(2, marked=True)
        await other.set_marked(5, marked=True)

        assert await other.clear_except_marked() == 3
    with closing(store.open_rows()) as rows:
        assert shown(rows) == [2, 5]
        await _record(store, account, [VALID])
        rows.refresh()
        assert shown(rows) == [2, 5, 6]


async def test_runs_are_listed_with_what_is_left_of_them(tmp_path: Path, account: Account) -> None:
    """Oldest first, also those without a delivery; the end of one that was killed is not known."""
    path, later = tmp_path / "deliveries.db", NOW + timedelta(hours=1)
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await _record(store, account, [VALID, INVALID, VALID])
    with closing(DeliveryStore.open(path, started_at=later)) as store:
        await store.delete([3])
        runs = await store.runs()

    assert [(run.number, run.started_at, run.deliveries) for run in runs] == [(1, NOW, 2), (2, later, 0)]
    assert runs[0].ended_at is not None
    assert runs[0].counts == {Verdict.VALID: 1, Verdict.INVALID: 1}
    assert runs[1] == Run(2, later, None, {})
