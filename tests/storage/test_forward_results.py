"""What became of forwarded and replayed deliveries, after the session that sent them."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from tests.factories import NOW, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.storage.forward_results import MOST_EACH
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.rows import SqliteRows

ANSWERED = ForwardResult(1, ForwardOrigin.FORWARDED, "http://a", NOW, 200, ((b"X-A", b"\xff"),), b"hi\x00", 3, 0.031, 2)
FAILED = ForwardResult(
    1,
    ForwardOrigin.REPLAYED,
    "http://b",
    NOW,
    None,
    failure="refused",
    cause=Failure.REFUSED,
    re_signed=True,
    edited=True,
)


async def test_the_newest_results_are_kept_to_the_last_field(tmp_path: Path) -> None:
    """They go with their delivery; one of a delivery that is not there is left out."""
    path = tmp_path / "h.db"
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        await store.record(delivery(), VALID, account=Account("http://a", "x"), answered=200)
        for result in (ANSWERED, replace(FAILED, cut=Failure.TOO_LARGE), replace(ANSWERED, seq=9)):
            await store.record_result(result)
    with closing(SqliteRows(path)) as rows:
        assert rows.forward_results(1) == [replace(FAILED, cut=Failure.TOO_LARGE), ANSWERED]
        assert rows.forward_results(9) == []
    with closing(DeliveryStore.open(path, started_at=NOW)) as store, closing(SqliteRows(path)) as rows:
        for second in range(MOST_EACH):
            await store.record_result(replace(ANSWERED, at=NOW + timedelta(seconds=second)))
        assert [result.origin for result in rows.forward_results(1)] == [ForwardOrigin.FORWARDED] * MOST_EACH
        await store.delete([1])
        assert rows.forward_results(1) == []


async def test_the_row_of_a_replayed_delivery_says_so(tmp_path: Path) -> None:
    """A forward does not change it; a delivery that is not stored is ignored."""
    with closing(DeliveryStore.open(tmp_path / "h.db", started_at=NOW)) as store:
        await store.record(delivery(), VALID, account=Account("http://a", "x"), answered=200)
        forwarded, replayed = await store.record_result(ANSWERED), await store.record_result(FAILED)
        assert await store.record_result(replace(FAILED, seq=9)) is None

    assert forwarded is not None
    assert replayed is not None
    assert (forwarded.replayed, replayed.replayed) == (False, True)
