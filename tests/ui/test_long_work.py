"""How far long work is, in the status line, and how it is stopped."""

from __future__ import annotations

import threading

import pytest

from webhook_tui.ui.long_work import LongWork, WorkStoppedError, work_text


def test_the_text() -> None:
    """A share where the total is known, else the count; several are added up."""
    export, replay = LongWork("export", 200), LongWork("replay", 100)
    export.done, replay.done = 24, 99
    assert work_text([]) == ("", "")
    assert work_text([export]) == ("export 12 %", "12 %")
    assert work_text([export, replay]) == ("2 tasks 41 %", "41 %")
    assert work_text([LongWork("export", None)]) == ("export 0", "0")
    assert work_text([LongWork("export", 0)]) == ("export 0 %", "0 %")


def test_a_stopped_one_ends_at_its_next_step() -> None:
    """Its owner is told."""
    stopped = threading.Event()
    work = LongWork("replay", 3, stopped.set)
    work.advance()
    before = work.is_stopped
    work.stop()
    assert (before, work.is_stopped) == (False, True)
    assert stopped.is_set()
    with pytest.raises(WorkStoppedError):
        work.advance()
