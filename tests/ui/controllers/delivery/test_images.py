"""The Image tab: nothing is fetched before the answer, one host is asked for once, pictures are shown."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from msgspec.structs import replace

from tests.tcp_server import tcp_server
from tests.ui.fake_session import NOW, RUNNING, FakeSession
from tests.ui.memory_rows import stored_delivery
from tests.ui.snapshots import Snapshot
from tests.ui.stage import STACKED, WIDE, Stage, stage
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.domain.status import SessionStatus
from webhook_tui.sandbox.pictures import picture
from webhook_tui.ui.controllers.context import AppContext
from webhook_tui.ui.controllers.delivery.images import ImageController
from webhook_tui.ui.widgets.split_pane import SplitPane

if TYPE_CHECKING:
    from webhook_tui.ui.terminal.app import TerminalApp

BLOCKED = "https://127.0.0.1:1/{}.png"


def delivery(seq: int, *links: str, before: str = "", verdict: Verdict = Verdict.VALID) -> StoredDelivery:
    """A delivery with images."""
    results = [{"output": {"full_size": link}, "inputs": [before] if before else []} for link in links]
    body = json.dumps({"id": seq, "name": "image_result", "data": {"results": results}, "timestamp": 1.0})
    return stored_delivery(seq, verdict, event="image_result", body=body.encode())


async def go_to(played: Stage, seq: int) -> None:
    """Put the table's cursor there."""
    played.main.deliveries.table.focus()
    await played.press("g", *"j" * (seq - 1))
    await played.until(lambda: played.main.deliveries.detail.seq == seq)


@pytest.mark.parametrize(
    ("api_url", "origin"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://v2.api.piktid.com", ""),
        ("http://192.168.0.2:8080", ""),
        ("", ""),
    ],
)
def test_pictures_of_a_sandbox_need_no_question(api_url: str, origin: str) -> None:
    """Of the embedded one, and of `webhook-tui sandbox`, whose address is given as --api-url."""
    status = SessionStatus(api_url=api_url)
    context = AppContext(cast("TerminalApp", None), FakeSession(), status, lambda: NOW)
    assert ImageController(context).local_origin == origin


async def test_images_are_asked_for_loaded_and_shown(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of the sandbox's own host without a question; of another one after it; never of an invalid delivery."""
    requests: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        requests.append(path)
        content = picture(path)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
        await writer.drain()

    async with tcp_server(serve) as port:
        origin = f"http://127.0.0.1:{port}"
        rows = [
            delivery(1, BLOCKED.format("a"), BLOCKED.format("b")),
            delivery(2, f"{origin}/job/output_1.png", before=f"{origin}/job/input_1.png"),
            delivery(3, BLOCKED.format("c"), verdict=Verdict.INVALID),
        ]
        session = FakeSession(RUNNING, rows)
        session.first_status = replace(session.first_status, sandbox=True, api_url=origin)
        async with stage(session) as played:
            opened: list[str] = []
            monkeypatch.setattr(played.app, "open_url", opened.append)

            await go_to(played, 3)
            assert "Image" not in played.main.deliveries.detail.tabs
            await played.press("o")
            await played.until("Nothing proves that PiktID sent it.")
            await played.press("escape")
            await played.dialog_closed()

            await go_to(played, 1)
            await played.press("escape")  # closes the tip of the sandbox
            await played.press("o")
            await played.until("Load images from 127.0.0.1:1?")
            await played.until("https://127.0.0.1:1/a.png")
            await played.until("image 1 of 2")
            snapshot(played.lines(), "image-question-140x42")
            await played.pilot.resize_terminal(*STACKED)
            await played.until("image 1 of 2")
            snapshot(played.lines(), "image-question-80x24")
            await played.pilot.resize_terminal(*WIDE)
            await played.until("image 1 of 2")
            await played.press("b")
            await played.until("Its signature is valid.")
            await played.press("b")
            await played.until(lambda: opened == [BLOCKED.format("a")])
            await played.dialog_closed()
            await played.press("l")
            await played.until("Blocked: 127.0.0.1 is an")
            await played.press("right")
            await played.until("https://127.0.0.1:1/b.png")
            await played.press("h")
            await played.until("Blocked: 127.0.0.1 is an")
            await played.press("escape")
            await played.until(lambda: played.main.deliveries.table.has_focus)
            assert requests == []

            await go_to(played, 2)
            await played.press("o")
            await played.until("after  output_1.png  256×384")
            tips = played.main.notices.tips
            assert [tips.on_action("app.jobs"), tips.on_action("payload.open_link")] == [True, False]
            assert "▀▀▀▀▀▀▀▀▀▀" in played.text()
            await played.until("space Before  d Download  b Browser  z Zoom  esc Back")
            await played.press("space")
            await played.until("before  input_1.png  256×384")
            await played.press("o")
            await played.until(lambda: played.main.query_one(SplitPane).is_zoomed)
            await played.until("before  input_1.png ")
            await played.until("after  output_1.png")
            # A load that is cancelled is begun again: how often depends on the machine.
            assert list(dict.fromkeys(requests)) == ["/job/output_1.png", "/job/input_1.png"]

            monkeypatch.setenv("HOME", str(tmp_path))
            await played.press("d")
            await played.until("kB to ~/Downloads/output_1.png")
            assert (tmp_path / "Downloads" / "output_1.png").read_bytes() == picture("/job/output_1.png")
