"""The dialogs of a comment and of a deletion."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from tests.ui.fake_session import FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import stage
from webhook_tui.domain.commands import CommentDelivery, DeleteDeliveries


async def test_a_comment_stands_behind_the_sentence() -> None:
    """; asks, enter keeps, and it is there to be changed the next time; esc changes nothing."""
    async with stage() as played:
        await played.choose(2)
        await played.press("semicolon")
        await played.until("Comment on #2")
        await played.press(*"late", "enter")
        await played.requested(CommentDelivery(2, "late"))
        await played.until("Signed by PiktID.  w Why  ; late")
        await played.press("semicolon", "x", "escape")
        await played.until(lambda: played.is_focused("deliveries"))
        assert len([command for command in played.session.commands if isinstance(command, CommentDelivery)]) == 1


async def test_the_only_delivery_is_one() -> None:
    async with stage(FakeSession(deliveries=[stored_delivery(1)])) as played:
        played.main.action_run("history.clear")
        await played.until("1 delivery is stored, those of earlier runs included.")


async def test_an_imported_comment_is_harmless_in_the_input() -> None:
    """And stays as it is unless it is changed."""
    session = FakeSession.running()
    session.rows.set(12, comment="a\x1b[31m\u202eb")
    session.rows.refresh()
    async with stage(session) as played:
        await played.press("semicolon")
        await played.until("Comment on #12")
        assert played.app.screen.query_one(Input).value == "a␛[31m\ufffdb"
        await played.press("enter")
        await played.dialog_closed()
        assert not session.commands


@pytest.mark.parametrize(("command", "gone"), [("delivery.delete", (8,)), ("history.clear", None)])
async def test_deleting_asks_and_the_safe_answer_has_the_focus(command: str, gone: tuple[int, ...] | None) -> None:
    """esc and enter keep; d deletes, and the table shows what is left."""
    async with stage() as played:
        await played.choose(3)
        await played.press("m")
        await played.choose(8)
        for key in ("escape", "enter"):
            played.main.action_run(command)
            await played.until("Delete")
            await played.until(lambda: played.is_focused("safe"))
            await played.press(key)
        assert not [command for command in played.session.commands if isinstance(command, DeleteDeliveries)]
        played.main.action_run(command)
        await played.until("permanently")
        await played.press("d")
        await played.requested(DeleteDeliveries(gone))
        left = 11 if gone else 1
        await played.until(f"Deleted {12 - left} deliver")
        await played.until(lambda: played.main.deliveries.table.places == left)


async def test_deleting_all_says_that_a_filter_protects_nothing() -> None:
    """All means all, also what is not in the table."""
    async with stage() as played:
        await played.press("slash", *"event:ping", "enter")
        played.main.action_run("history.clear")
        await played.until("and those that the")
