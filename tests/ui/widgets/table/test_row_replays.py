"""Which replay a row shows."""

from __future__ import annotations

from msgspec.structs import replace

from tests.ui.forwards import SENT
from tests.ui.memory_rows import MemoryRows
from tests.ui.widgets.stage import delivery
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.ui.widgets.table.row_replays import RowReplays

FIRST = replace(SENT, seq=1, origin=ForwardOrigin.REPLAYED, status=503, body=b"no")


class ReplayedRows(MemoryRows):
    """Delivery 1 was replayed in an earlier run."""

    reads = 0

    def forward_results(self, seq: int) -> list[ForwardResult]:
        self.reads += 1
        return [replace(FIRST, origin=ForwardOrigin.FORWARDED), FIRST] if seq == 1 else []


def test_the_newest_replay_without_its_body() -> None:
    """Forwards are none; that of an earlier run is read once."""
    rows, replays = ReplayedRows(), RowReplays()
    row = replace(delivery(1), replayed=True)
    for _ in range(2):
        assert replays.of(row, rows) == replace(FIRST, headers=(), body=b"")
    assert rows.reads == 1
    assert replays.add((replace(FIRST, status=200), replace(FIRST, seq=2, origin=ForwardOrigin.FORWARDED))) == {1}
    found = replays.of(row, rows)
    assert found is not None
    assert found.status == 200
    assert replays.of(delivery(2), rows) is None
