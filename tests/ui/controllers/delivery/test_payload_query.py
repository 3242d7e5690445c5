"""The query of a payload: keys in, the screen's text out; the querying process is the real one."""

from __future__ import annotations

import json

from rich.cells import cell_len

from tests.ui.fake_session import FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.stage import STACKED, stage


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
        await played.press(*["backspace"] * len("data.output[0"), "space", *'"場"[0')
        await played.until(lambda: played.lines()[-1].find("^ the") == cell_len('  "場"[0'))
        await played.press(*["backspace"] * len(' "場"[0'), *"data.output[0")
        await played.until('"full_size"')
        await played.press("backspace", "backspace", *".[full_size, thumbnail]", "enter")
        await played.until(lambda: played.is_focused("PayloadView"))
        await played.until("Q data.output.[full_size, thumbnail]  $")
        await played.until(lambda: played.payload_lines()[:1] == ["["])
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


async def test_a_large_payload_does_not_hold_up_the_screen() -> None:
    """10 MiB: keys are handled while it is queried."""
    row = {"id": 7, "text": "x" * 900}
    session = FakeSession.running()
    session.rows.add(stored_delivery(13, body=json.dumps([row] * 11_000).encode()))
    session.rows.refresh()
    async with stage(session, size=STACKED) as played:
        await played.press("Q", *"length([?id==`7`])", "enter")
        await played.press("z")
        await played.until(lambda: played.payload_lines() == ["11000"])
