"""A page of text that depends on its width."""

from __future__ import annotations

from textual.content import Content

from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Stage
from webhook_tui.ui.widgets.detail.prose_view import ProseView


async def test_the_text_is_made_again_for_another_width() -> None:
    view = ProseView(id="prose")
    app = Stage(view)
    async with app.run_test(size=(30, 4)) as pilot:
        view.show(lambda width: Content(f"{width} wide"), from_top=True)
        await pilot.pause()
        assert view.plain == lines(app)[0].strip() == "30 wide"
        await pilot.resize_terminal(20, 4)
        await pilot.pause()
        assert view.plain == "20 wide"


async def test_another_text_may_keep_the_place() -> None:
    view = ProseView(id="prose")
    app = Stage(view)
    async with app.run_test(size=(30, 4)) as pilot:
        for from_top, top in ((False, "line 16"), (True, "line 0")):
            view.show(lambda _: Content("\n".join(f"line {number}" for number in range(20))), from_top=from_top)
            await pilot.pause()
            if not from_top:
                view.focus()
                await pilot.press("G")
                await pilot.pause()
            assert lines(app)[0].strip() == top
