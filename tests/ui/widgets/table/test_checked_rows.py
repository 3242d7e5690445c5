"""A history that cannot be read: a message in the table's place, and the rows once they can be read."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from tests.timeouts import TIMEOUT_SECONDS
from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import MemoryRows, mock_up_rows
from tests.ui.stage import WIDE, stage
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.ui.widgets.table.checked_rows import CheckedRows
from webhook_tui.ui.widgets.table.row_reader import LOADING, RowReader

BROKEN = Problem("The history could not be read: disk I/O error.", "Is its disk there?")


@pytest.fixture
def reader() -> Iterator[RowReader]:
    """Waits for every answer."""
    with closing(RowReader(lambda: None, seconds=TIMEOUT_SECONDS)) as opened:
        yield opened


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


def test_the_failure_of_rows_lasts_until_some_can_be_read(reader: RowReader) -> None:
    """A refresh alone, which reads hardly anything, does not end it; a delivery's own failure is not the table's."""
    rows = FailingRows(mock_up_rows())
    checked = CheckedRows(rows, reader)
    rows.fails = True
    with pytest.raises(ProblemError):
        checked.stored(3)
    assert checked.failure is None
    assert (checked.window(0, 3), checked.position(3)) == ((), 2)
    failures = [checked.failure]
    assert checked.refresh() == 12
    failures.append(checked.failure)
    rows.fails = False
    assert len(checked.window(0, 3)) == 3
    assert [*failures, checked.failure] == [BROKEN, BROKEN, None]


def test_a_history_without_rows_ends_a_failure(reader: RowReader) -> None:
    """Of one in whose place an empty one was put, nothing else can be read."""
    rows = FailingRows(mock_up_rows())
    checked = CheckedRows(rows, reader)
    rows.fails = True
    assert checked.window(0, 3) == ()
    rows.kept.clear()
    assert (checked.refresh(), checked.failure) == (0, None)


async def test_the_table_and_the_detail_say_why_and_recover() -> None:
    """The status line stays. The cursor stays where it was put meanwhile, and the detail shows nothing else."""
    session = FakeSession(RUNNING)
    session.rows = rows = FailingRows(mock_up_rows())
    async with stage(session, size=WIDE) as played:
        await played.until("image_result")  # painted: the rows are read
        rows.fails = True
        await played.press("k", "k")
        await played.until("#10")
        assert played.text().count("The history could not be read: disk I/O error.") == 1
        assert '"timestamp"' not in played.text()
        played.main.deliveries.delivery_table.refresh_rows()
        await played.press("k")
        assert played.text().count("The history could not be read: disk I/O error.") == 2
        assert played.text().count("Is its disk there?") == 2
        assert "12 received" in played.text()
        assert "image_result" not in "\n".join(line[:84] for line in played.lines())
        rows.fails = False
        await played.until("image_result")
        await played.until(lambda: played.main.deliveries.detail.seq == 9)
        assert "could not be read" not in played.text()


class SlowRows(MemoryRows):
    """Answers when it is let, if it is held."""

    def __init__(self) -> None:
        super().__init__(mock_up_rows())
        self.may_answer = threading.Event()
        self.may_answer.set()

    def window(self, start: int, count: int) -> Sequence[DeliveryRow]:
        assert self.may_answer.wait(TIMEOUT_SECONDS)
        return super().window(start, count)

    def stored(self, seq: int) -> StoredDelivery | None:
        assert self.may_answer.wait(TIMEOUT_SECONDS)
        return super().stored(seq)


async def test_what_takes_long_is_shown_when_it_is_there() -> None:
    """Rows that are on the screen stay; a delivery that is not there yet does not show the one before."""
    session = FakeSession(RUNNING)
    session.rows = rows = SlowRows()
    async with stage(session, size=WIDE) as played:
        await played.until("14:19:05")  # painted: the rows are read
        rows.may_answer.clear()
        await played.press("k")
        await played.until("#11")
        assert played.text().count("Loading …") == 1
        assert '"timestamp"' not in played.text()
        assert "14:19:05" in played.text()
        assert played.main.deliveries.rows is not None
        played.main.deliveries.delivery_table.show_rows(played.main.deliveries.rows)
        await played.until(lambda: played.text().count("Loading …") == 2)
        rows.may_answer.set()
        await played.until('"timestamp"')
        await played.until("14:19:05")
        assert played.main.deliveries.detail.seq == 11
        assert "Loading" not in played.text()


def test_a_late_refresh_ends_the_loading_that_it_began() -> None:
    """Else what a search has found on a slow disk would never be shown."""
    may_go_on = threading.Event()

    class SlowRows(MemoryRows):
        def refresh(self) -> int:
            may_go_on.wait(TIMEOUT_SECONDS)
            return super().refresh()

    late = threading.Event()
    with closing(RowReader(late.set, seconds=0.01)) as reader:
        rows = CheckedRows(SlowRows(mock_up_rows()), reader)
        rows.refresh()
        assert rows.failure is LOADING
        may_go_on.set()
        assert late.wait(TIMEOUT_SECONDS)
        assert rows.refresh() == 12
        assert rows.failure is None
