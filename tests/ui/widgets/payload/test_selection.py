"""Text of a payload selected with the mouse and copied: what is seen is what is copied, harmless."""

from __future__ import annotations

from tests.ui.fake_session import FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import WIDE, Stage, stage
from webhook_tui.ui.widgets.payload.selection import LARGEST_SELECTION
from webhook_tui.ui.widgets.payload.view import PayloadView

BODY = b'{"key": "\\u202e\xe4\xb8\xad\xe6\x96\x87 text", "b": {"c": [1, 2]}, "end": 1}'


def payload(body: bytes) -> FakeSession:
    """A session whose newest delivery has that body."""
    session = FakeSession.running()
    session.rows.add(stored_delivery(13, body=body))
    session.rows.refresh()
    return session


async def drag(played: Stage, view: PayloadView, start: tuple[int, int], end: tuple[int, int]) -> None:
    """From one cell of the view to another."""
    pilot = played.pilot
    await pilot.mouse_down(view, offset=start)
    await pilot.hover(view, offset=end)
    await pilot.mouse_up(view, offset=end)
    await pilot.pause()


async def test_what_is_dragged_over_is_copied() -> None:
    """Within a line and over lines, from the number on; a click clears it; y copies the whole again then."""
    async with stage(payload(BODY), size=WIDE) as played:
        view = played.main.deliveries.detail.query_one("#payload", PayloadView)
        lines = [line[view.region.x : view.region.right] for line in played.lines()[view.region.y :]]
        assert lines[1].startswith(' 2    "key": "')
        column = lines[1].index('"key"')

        await drag(played, view, (column, 1), (column + 4, 1))
        assert played.main.get_selected_text() == '"key"'
        await played.press("y")
        await played.until("Sent to the terminal: the selection, 5 bytes")
        assert played.app.clipboard == '"key"'

        await drag(played, view, (column + 8, 1), (0, 3))
        selected = played.main.get_selected_text()
        assert selected is not None
        assert selected == '\\u202e中文 text",\n  "b": {'
        await played.press("ctrl+c")
        await played.until("Sent to the terminal: the selection")

        await played.pilot.click(view, offset=(column, 2))
        assert not played.main.get_selected_text()
        await played.press("y")
        await played.until("curl command")


async def test_sideways_folded_and_backwards() -> None:
    """Columns are those of the text, wherever it is moved; a folded part is copied as it is shown."""
    async with stage(payload(BODY), size=WIDE) as played:
        view = played.main.deliveries.detail.query_one("#payload", PayloadView)
        view.focus()
        view.move_to(2)
        await played.press("enter")
        await played.until('"b": { 1 key }')
        await drag(played, view, (view.region.width - 1, 2), (2, 2))
        assert played.main.get_selected_text() == '  "b": { 1 key },'


async def test_a_selection_of_everything_is_bounded() -> None:
    """Dragged from the first line far below the last; of a large payload a million characters."""
    async with stage(payload(b'["' + b"x" * 60_000 + b'"' + b',"y"' * 10 + b"]"), size=WIDE) as played:
        view = played.main.deliveries.detail.query_one("#payload", PayloadView)
        await drag(played, view, (4, 0), (6, 20))
        selected = played.main.get_selected_text()
        assert selected is not None
        assert selected.startswith('[\n  "xxx')
        assert selected.endswith('"y"\n]')
        assert len(selected) <= LARGEST_SELECTION
        view.action_sideways(1)
        await drag(played, view, (4, 1), (8, 1))
        assert played.main.get_selected_text() == "xxxxx"
        await played.pilot.click(view, offset=(6, 1), times=2)
        assert not played.main.get_selected_text()
