"""The headers of a delivery, with a cursor."""

from __future__ import annotations

from msgspec.structs import replace
from textual import on

from tests.factories import delivery
from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Stage
from webhook_tui.ui.messages import CopyRequested
from webhook_tui.ui.widgets.detail.header_list import HeaderList

LONG = "a" * 60


class _Copies(Stage):
    def __init__(self) -> None:
        self.list = HeaderList(id="headers")
        self.copied: list[tuple[str, str]] = []
        super().__init__(self.list)

    @on(CopyRequested)
    def _copy(self, message: CopyRequested) -> None:
        self.copied.append((message.text, message.what))


async def test_enter_copies_the_value_under_the_cursor() -> None:
    app = _Copies()
    async with app.run_test(size=(40, 12)) as pilot:
        app.list.show(replace(delivery(), headers=((b"Host", b"example.com"), (b"X-Long", LONG.encode()))))
        app.list.focus()
        await pilot.press("j", "enter")
        await pilot.pause()
        assert app.copied == [(LONG, "X-Long")]


async def test_only_the_value_under_the_cursor_is_shown_in_full() -> None:
    app = _Copies()
    async with app.run_test(size=(40, 12)) as pilot:
        app.list.show(replace(delivery(), headers=((b"Host", b"example.com"), (b"X-Long", LONG.encode()))))
        app.list.focus()
        await pilot.pause()
        before = "".join(lines(app)).count("a" * 8)
        await pilot.press("j")
        await pilot.pause()
        assert "".join(lines(app)).count("a" * 8) > before


async def test_page_keys_before_there_is_room_for_a_line() -> None:
    """As when they are typed at once with the key that shows the tab."""
    app = _Copies()
    async with app.run_test(size=(40, 12)) as pilot:
        app.list.show(replace(delivery(), headers=((b"Host", b"example.com"),)))
        app.list.styles.height = 0
        app.list.focus()
        await pilot.pause()
        await pilot.press("pagedown", "pageup")
        assert app.list.highlighted == 0


async def test_the_last_line_is_harmless() -> None:
    """The method and the client of a delivery that was imported may be anything."""
    app = _Copies()
    async with app.run_test(size=(80, 12)) as pilot:
        app.list.show(replace(delivery(), method="PO\x1b[31m\u202eST", client="\u202e"))
        await pilot.pause()
        assert "PO␛[31m\ufffdST at " in "\n".join(lines(app))
        shown = app.list.get_option_at_index(app.list.option_count - 1).prompt
        assert "\u202e" not in str(shown)
