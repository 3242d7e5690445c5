"""A picture in half blocks or characters."""

from __future__ import annotations

import pytest

from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Stage
from webhook_tui.domain.images.image import Picture
from webhook_tui.ui.widgets.detail.picture import PictureView

WHITE = Picture(4, 4, b"\xff" * 48, 4, 4, "PNG", 70)


@pytest.mark.parametrize("in_ascii", [False, True], ids=["colours", "ascii"])
async def test_it_takes_only_the_columns_that_it_needs(*, in_ascii: bool) -> None:
    view = PictureView(in_ascii=in_ascii, id="picture")
    app = Stage(view)
    async with app.run_test(size=(20, 6)) as pilot:
        width = view.show(WHITE, 20, 2)
        await pilot.pause()
        assert width == view.size.width == 4
        assert view.pixels == ("4x4 pixels" if in_ascii else "4×4 pixels")
        assert view.drawing.startswith("characters" if in_ascii else "half blocks")
        assert lines(app)[0].isascii() is in_ascii
