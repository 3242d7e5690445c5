"""The query of a payload goes with the cursor, and says what cannot be queried."""

from __future__ import annotations

import pytest

from tests.ui.fake_session import FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import STACKED, WIDE, stage
from webhook_tui.domain.payload.query import QueryResult
from webhook_tui.ui.messages import QueryRequested
from webhook_tui.ui.widgets.payload.loader import document_for


async def test_it_goes_with_the_cursor_and_says_what_cannot_be() -> None:
    """Every delivery is queried as it is shown; hostile keys and values are harmless; not JSON is a sentence."""
    session = FakeSession.running()
    session.rows.add(stored_delivery(13, body=b'{"data": {"\\u001b[31m[b]k": "\\u202e\\u009b[/b]"}}'))
    session.rows.add(stored_delivery(14, body=b"\x1b[31mnot json"))
    session.rows.add(stored_delivery(15, body=b'{"data": 5}'))
    session.rows.refresh()
    async with stage(session, size=WIDE) as played:
        assert any("(JMESPath)" in command.title for command in played.app.get_system_commands(played.main))
        await played.press("Q", *"data", "enter")
        await played.until(lambda: played.payload_lines() == ["5"])
        played.main.deliveries.table.focus()
        await played.press("k")
        await played.until("Q data: the payload is not JSON")
        await played.press("k")
        await played.until("[31m[b]k")
        assert not any(
            ord(character) < 32 or character in "\u202e\x9b" for character in played.text().replace("\n", "")
        )
        await played.press("Q", "backspace", *"b")
        await played.until(lambda: played.payload_lines() == ["null"])
        await played.press("escape")
        await played.until('"data": {')
        assert "Q " not in played.lines()[-3]
        await played.press("]")
        await played.press("Q", *"nofun(@)")
        await played.until("there is no function nofun()")


async def test_a_result_that_comes_while_another_tab_is_shown_is_there_in_the_payload(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A slow query, and w in the meantime."""
    async with stage(size=STACKED) as played:
        detail, asked = played.main.deliveries.detail, list[QueryRequested]()
        monkeypatch.setattr(played.main.controllers.payload_query, "run", asked.append)
        await played.choose(3)
        await played.press("Q", *"data.status", "enter")
        await played.until(lambda: [query.seq for query in asked][-1:] == [3])
        played.main.deliveries.table.focus()
        await played.press("j", "w")
        await played.until(lambda: [query.seq for query in asked][-1:] == [4])
        detail.show_query(4, "data.status", QueryResult(b'"late"'), document_for(b'"late"'))
        detail.choose("Payload")
        await played.until(lambda: played.payload_lines() == ['"late"'])
