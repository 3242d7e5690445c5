"""Fields of dialogs: a URL and what is wrong with it."""

from __future__ import annotations

import pytest

from tests.ui.widgets.stage import Stage
from webhook_tui.ui.dialogs.fields import Mistake, UrlField


@pytest.mark.parametrize(("entered", "url"), [("http://127.0.0.1:3000", "http://127.0.0.1:3000"), ("nonsense", None)])
async def test_a_mistake_is_shown_until_the_text_changes(entered: str, url: str | None) -> None:
    field = UrlField(entered)
    async with Stage(field).run_test() as pilot:
        mistake = field.query_one(Mistake)
        assert field.url() == url
        await pilot.pause()
        assert mistake.display is (url is None)
        assert field.input.has_focus
        await pilot.press("x")
        await pilot.pause()
        assert not mistake.display
