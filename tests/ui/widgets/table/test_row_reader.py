"""The thread that reads rows: quick answers at once, late ones when they are asked for again."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.ui.widgets.table.row_reader import LOADING, RowReader


def test_a_late_answer_is_kept_until_it_was_asked_for_again() -> None:
    """Meanwhile nothing else is read; what follows it may be late, too, and then both are kept."""
    may_answer, is_there = threading.Event(), threading.Event()

    def slow() -> int:
        assert may_answer.wait(TIMEOUT_SECONDS)
        return threading.get_ident()

    with closing(RowReader(is_there.set, seconds=0.001)) as reader:
        for key in (1, 1, 2):
            with pytest.raises(ProblemError) as raised:
                reader.read(key, slow)
            assert raised.value.problem is LOADING
        may_answer.set()
        assert is_there.wait(TIMEOUT_SECONDS)
        thread = reader.read(1, lambda: 0)
        assert thread not in (0, threading.get_ident())
        reader.settle()


def test_after_its_end_nothing_is_read() -> None:
    """What it was asked for before is done, such as closing the rows."""
    done: list[int] = []
    reader = RowReader(lambda: None, seconds=TIMEOUT_SECONDS)
    assert reader.read(1, lambda: 3) == 3
    reader.run(lambda: done.append(1))
    reader.close()
    assert done == [1]
    with pytest.raises(ProblemError):
        reader.read(1, lambda: 3)


def test_a_problem_is_raised_here() -> None:
    """A late one, too, each time that it is asked for."""
    problem = Problem("The history cannot be read now.", "")

    def fail() -> int:
        raise ProblemError(problem)

    with closing(RowReader(lambda: None, seconds=TIMEOUT_SECONDS)) as reader, pytest.raises(ProblemError) as raised:
        reader.read(1, fail)
    assert raised.value.problem is problem
