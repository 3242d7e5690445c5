"""A menu is answered by one letter, once."""

from __future__ import annotations

from rich.cells import cell_len

from tests.ui.stage import stage
from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Stage
from webhook_tui.ui.widgets.menu import Item, Menu


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


async def test_the_notes_of_wide_labels_are_aligned() -> None:
    """In cells: the label may be the name of an event."""
    app = Stage(Menu([Item("1", "a", "夏夏夏", "one"), Item("2", "b", "ping", "two")]))
    async with app.run_test(size=(40, 3)) as pilot:
        await pilot.pause()
        first, second = (line[: line.index(note)] for line, note in zip(lines(app), ("one", "two"), strict=False))
        assert cell_len(first) == cell_len(second)
