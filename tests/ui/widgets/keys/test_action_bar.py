"""The note about the newest delivery, in the longest form that fits."""

from __future__ import annotations

import pytest

from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Stage
from webhook_tui.ui.widgets.keys.action_bar import FollowNote


async def _text(note: FollowNote, width: int) -> str:
    app = Stage(note)
    async with app.run_test(size=(width, 2)):
        return lines(app)[0].strip()


@pytest.mark.parametrize(
    ("following", "waits", "below", "width", "text"),
    [
        (True, False, 0, 40, "following the newest"),
        (True, False, 0, 12, "following"),
        (True, False, 0, 5, ""),
        (True, True, 0, 40, "following waits"),
        (True, True, 4, 40, "4 below · f follow the newest"),
        (False, False, 4, 40, "4 below · f follow the newest"),
        (False, False, 4, 20, "4 below · f follow"),
        (False, False, 4, 10, "f follow"),
        (False, False, 0, 40, "f follow the newest"),
    ],
)
async def test_whether_the_cursor_follows(*, following: bool, waits: bool, below: int, width: int, text: str) -> None:
    note = FollowNote()
    note.show(following=following, waits=waits, below=below, is_used=True)
    assert await _text(note, width) == text


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (60, "2 found  / event:ping   following the newest"),
        (36, "2 found  / event:ping   following"),
        (24, "2 found  / event:ping"),
        (12, "2 found  / …"),
    ],
)
async def test_the_filter_comes_first(width: int, text: str) -> None:
    note = FollowNote()
    note.show_filter("event:ping", "2 found")
    note.show(following=True, waits=False, below=0, is_used=True)
    assert await _text(note, width) == text


async def test_nothing_is_said_before_the_first_delivery() -> None:
    assert await _text(FollowNote(), 40) == ""
