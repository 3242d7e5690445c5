"""A menu is answered by one letter, once."""

from __future__ import annotations

from tests.ui.stage import stage
from webhook_tui.ui.widgets.menu import Menu


async def test_two_letters_at_once_answer_a_menu_once() -> None:
    """The second one has no effect: nothing else is closed."""
    async with stage() as played:
        await played.choose(8)
        await played.press("y")
        await played.until("curl command")
        menu = played.app.screen.query_one(Menu)
        menu.choose("curl")
        menu.choose("payload")
        await played.until("Sent to the terminal: curl, ")
        await played.until(lambda: played.is_focused("deliveries"))
