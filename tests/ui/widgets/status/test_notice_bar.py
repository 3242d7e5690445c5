"""The notice: its lines, its severity, and the key that closes it."""

from __future__ import annotations

import pytest

from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import NOON, Stage
from webhook_tui.domain.errors import Problem, Severity
from webhook_tui.ui.format.status.notices import Notice
from webhook_tui.ui.widgets.status.notice_bar import NoticeBar


@pytest.mark.parametrize(("width", "closes"), [(60, True), (24, False)])
async def test_the_key_is_shown_where_there_is_room(width: int, *, closes: bool) -> None:
    bar = NoticeBar()
    app = Stage(bar)
    async with app.run_test(size=(width, 6)) as pilot:
        assert not bar.display
        bar.show(Notice(Problem("It failed.", "Try again later.")), NOON)
        await pilot.pause()
        bar.show(Notice(Problem("It failed.", "Try it again later.")), NOON)
        await pilot.pause()
        text = "\n".join(lines(app))
        assert "Try it again later." in text
        assert ("esc Close" in text) is closes


async def test_the_severity_is_a_class() -> None:
    bar = NoticeBar()
    async with Stage(bar).run_test():
        found = []
        for severity in (Severity.ERROR, Severity.WARNING, Severity.TIP):
            bar.show(Notice(Problem("It failed.", "", severity=severity)), NOON)
            found.append(bar.classes & {"-shown", "-warning", "-tip"})
        bar.show(None, NOON)
        assert found == [{"-shown"}, {"-shown", "-warning"}, {"-shown", "-tip"}]
        assert (bar.shown, bar.display) == (None, False)


async def test_the_key_goes_at_once_when_the_room_does() -> None:
    """And not with the next second."""
    bar = NoticeBar()
    app = Stage(bar)
    async with app.run_test(size=(60, 6)) as pilot:
        bar.show(Notice(Problem("It failed.", "Try it again later.")), NOON)
        await pilot.pause()
        assert "esc Close" in "\n".join(lines(app))
        await pilot.resize_terminal(30, 6)
        await pilot.pause()
        assert [line.strip() for line in lines(app)[:3]] == ["▌ It failed.", "▌ Try it again later.", ""]
