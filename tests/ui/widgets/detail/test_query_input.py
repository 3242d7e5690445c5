"""The input for a JMESPath expression."""

from __future__ import annotations

from textual import on
from textual.message import Message

from tests.ui.widgets.stage import Stage
from webhook_tui.ui.widgets.detail.query_input import PAUSE_SECONDS, QueryInput


class _Queries(Stage):
    def __init__(self) -> None:
        self.input = QueryInput()
        self.posted: list[Message] = []
        super().__init__(self.input)

    @on(QueryInput.Typed)
    @on(QueryInput.Kept)
    def _keep(self, message: Message) -> None:
        self.posted.append(message)


async def test_what_was_typed_is_posted_once_after_a_pause() -> None:
    app = _Queries()
    async with app.run_test() as pilot:
        app.input.open()
        await pilot.press(*"data ")
        await pilot.pause(2 * PAUSE_SECONDS)
        assert [message.text for message in app.posted if isinstance(message, QueryInput.Typed)][-1:] == ["data"]
        app.posted.clear()
        await pilot.press("x", "enter")
        await pilot.pause(2 * PAUSE_SECONDS)
        assert [type(message) for message in app.posted] == [QueryInput.Kept]


async def test_enter_keeps_the_query_and_escape_ends_it() -> None:
    app = _Queries()
    async with app.run_test() as pilot:
        app.input.open()
        app.input.value = " id "
        await pilot.press("enter")
        await pilot.press("escape")
        await pilot.pause()
        kept, ended = (message for message in app.posted if type(message) is not QueryInput.Typed)
        assert isinstance(kept, QueryInput.Kept)
        assert kept.text == "id"
        assert isinstance(ended, QueryInput.Kept)
        assert ended.text == ""
        assert app.input.value == ""
