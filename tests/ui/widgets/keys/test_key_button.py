"""A button that shows its key, and moves the focus to its neighbours."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from tests.ui.terminal_view import lines
from webhook_tui.ui.theme import variable_defaults
from webhook_tui.ui.widgets.keys.key_button import KeyButton, types


class _Buttons(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield KeyButton("Ping", "t", id="ping")
            yield KeyButton("Off", "o", id="off")
            yield KeyButton("Delete", "X", id="delete", danger=True)
        yield Input()


async def test_left_and_right_focus_the_neighbours() -> None:
    app = _Buttons()
    async with app.run_test(size=(40, 5)) as pilot:
        app.query_one("#off").disabled = True
        app.query_one("#ping").focus()
        found = []
        for key in ("left", "right", "right", "left"):
            await pilot.press(key)
            assert app.focused is not None
            found.append(app.focused.id)
        assert found == ["ping", "delete", "delete", "ping"]


async def test_the_key_is_hidden_where_it_would_be_text() -> None:
    app = _Buttons()
    async with app.run_test(size=(40, 5)) as pilot:
        app.query_one("#ping").focus()
        await pilot.pause()
        assert "Ping t" in lines(app)[0]
        field = app.query_one(Input)
        field.focus()
        await pilot.pause()
        assert "Ping t" not in lines(app)[0]
        assert (types(field, "t"), types(field, "f2"), types(None, "t")) == (True, False, False)


async def test_another_label_keeps_the_key() -> None:
    app = _Buttons()
    async with app.run_test(size=(40, 5)) as pilot:
        app.query_one("#ping").focus()
        await pilot.pause()
        app.query_one("#ping", KeyButton).name_it("Restart")
        await pilot.pause()
        assert "Restart t" in lines(app)[0]
