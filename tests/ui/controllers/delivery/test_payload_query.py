"""The query of a payload: keys in, the screen's text out; the querying process is the real one."""

from __future__ import annotations

import json

from tests.ui.fake_session import FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import STACKED, WIDE, Stage, stage
from webhook_tui.ui.widgets.payload.view import PayloadView


def shown(played: Stage) -> list[str]:
    """The lines of the payload's place, without their numbers."""
    view = played.main.deliveries.detail.query_one("#payload", PayloadView)
    lines = played.lines()[view.region.y : view.region.bottom]
    texts = [line[view.region.x : view.region.right].strip() for line in lines]
    return [text.split(maxsplit=1)[1] for text in texts if len(text.split(maxsplit=1)) > 1]


async def test_a_query_is_live_stays_and_can_be_copied() -> None:
    """In place of the payload; a mistake is pointed at while the last result stays; esc brings the payload back."""
    async with stage(size=STACKED) as played:
        await played.press("g", *"jjjjjjj", "Q")
        await played.until(lambda: played.is_focused("QueryInput"))
        await played.until("enter Keep  esc End")
        await played.press(*"data.output")
        await played.until('"full_size": "https://cdn.example.com/jobs/job_7c1e90/full/3.png",')
        assert '"error_message"' not in played.text()
        await played.press(*"[0")
        await played.until("^ the expression ends too early")
        assert '"full_size"' in played.text()
        line = played.lines()[-1]
        assert line.index("^") == len(" data.output[0")
        await played.press("backspace", "backspace", *".[full_size, thumbnail]", "enter")
        await played.until(lambda: played.is_focused("PayloadView"))
        await played.until("Q data.output.[full_size, thumbnail]  $")
        assert shown(played)[0] == "["
        assert "^" not in played.lines()[-1]

        await played.press("j", "y")
        await played.until("Query result")
        assert "JSON path" not in played.text()
        await played.press("q")
        await played.until("Sent to the terminal: the query's result")
        assert json.loads(played.app.clipboard) == [
            "https://cdn.example.com/jobs/job_7c1e90/full/3.png",
            "https://cdn.example.com/jobs/job_7c1e90/thumb/3.png",
        ]

        await played.press("escape")
        await played.until('"name": "image_result"')
        assert played.is_focused("PayloadView")
        await played.press("escape")
        await played.until(lambda: played.is_focused("deliveries"))


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
        await played.until(lambda: shown(played) == ["5"])
        played.main.deliveries.table.focus()
        await played.press("k")
        await played.until("Q data: the payload is not JSON")
        await played.press("k")
        await played.until("[31m[b]k")
        assert not any(
            ord(character) < 32 or character in "\u202e\x9b" for character in played.text().replace("\n", "")
        )
        await played.press("Q", "backspace", *"b")
        await played.until(lambda: shown(played) == ["null"])
        await played.press("escape")
        await played.until('"data": {')
        assert "Q " not in played.lines()[-3]
        await played.press("]")
        await played.press("Q", *"nofun(@)")
        await played.until("there is no function nofun()")


async def test_a_large_payload_does_not_hold_up_the_screen() -> None:
    """10 MiB: keys are handled while it is queried."""
    row = {"id": 7, "text": "x" * 900}
    session = FakeSession.running()
    session.rows.add(stored_delivery(13, body=json.dumps([row] * 11_000).encode()))
    session.rows.refresh()
    async with stage(session, size=STACKED) as played:
        await played.press("Q", *"length([?id==`7`])", "enter")
        await played.press("z")
        await played.until(lambda: shown(played) == ["11000"])
