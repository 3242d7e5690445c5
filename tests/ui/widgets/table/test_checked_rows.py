"""A history that cannot be read: a message in the table's place, and the rows once they can be read."""

from __future__ import annotations

from collections.abc import Sequence

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import MemoryRows, mock_up_rows
from tests.ui.stage import WIDE, stage
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.ui.widgets.table.checked_rows import CheckedRows

BROKEN = Problem("The history could not be read: disk I/O error.", "Is its disk there?")


class FailingRows(MemoryRows):
    """Fails as long as it is set to."""

    fails = False

    def _check(self) -> None:
        if self.fails:
            raise ProblemError(BROKEN)

    def window(self, start: int, count: int) -> Sequence[DeliveryRow]:
        self._check()
        return super().window(start, count)

    def stored(self, seq: int) -> StoredDelivery | None:
        self._check()
        return super().stored(seq)


def test_nothing_is_raised_and_the_failure_lasts_until_something_can_be_read() -> None:
    """A refresh alone, which reads hardly anything, does not end it."""
    rows = FailingRows(mock_up_rows())
    checked = CheckedRows(rows)
    rows.fails = True
    assert (checked.window(0, 3), checked.stored(3), checked.position(3)) == ((), None, 2)
    failures = [checked.failure]
    assert checked.refresh() == 12
    failures.append(checked.failure)
    rows.fails = False
    assert len(checked.window(0, 3)) == 3
    assert [*failures, checked.failure] == [BROKEN, BROKEN, None]


def test_a_history_without_rows_ends_a_failure() -> None:
    """Of one in whose place an empty one was put, nothing else can be read."""
    rows = FailingRows(mock_up_rows())
    checked = CheckedRows(rows)
    rows.fails = True
    assert checked.window(0, 3) == ()
    rows.kept.clear()
    assert (checked.refresh(), checked.failure) == (0, None)


async def test_the_table_says_why_and_recovers() -> None:
    """The status line and the detail stay."""
    session = FakeSession(RUNNING)
    session.rows = rows = FailingRows(mock_up_rows())
    async with stage(session, size=WIDE) as played:
        rows.fails = True
        await played.press("g", "k")
        played.main.deliveries.delivery_table.refresh_rows()
        await played.until("The history could not be read: disk I/O error.")
        assert "Is its disk there?" in played.text()
        assert "12 received" in played.text()
        assert "image_result" not in "\n".join(line[:84] for line in played.lines())
        rows.fails = False
        await played.until("image_result")
        assert "could not be read" not in played.text()
