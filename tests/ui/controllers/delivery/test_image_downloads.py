"""Saving images: one after the other, stopped, from a host that does not answer, and after the dialog was closed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.tcp_server import tcp_server
from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows
from tests.ui.stage import stage
from webhook_tui.domain.images.image import Downloaded, Downloading
from webhook_tui.ui.messages import ImageDownloadRequested


class Client:
    """Keeps what it is shown."""

    is_attached = True

    def __init__(self) -> None:
        self.shown: list[tuple[int, int, str]] = []
        self.outcomes: list[str] = []
        self.downloaded: Downloaded | None = None

    def ask(self, host: str) -> None:
        """Not for downloads."""

    def show_images(self, images: object) -> None:
        """Not for downloads."""

    def show_download(self, state: Downloading | Downloaded) -> None:
        """Keep it."""
        if isinstance(state, Downloaded):
            self.downloaded = state
            self.outcomes.append(state.sentence)
        else:
            self.shown.append((state.place, state.count, state.folder))


async def test_downloads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The outcome is shown where it was asked for, else in a toast; x stops, and one runs at a time."""
    monkeypatch.setenv("HOME", str(tmp_path))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1]
        if path != b"/hangs.png":
            status = b"404 Not Found" if path == b"/gone.png" else b"200 OK"
            writer.write(b"HTTP/1.1 %s\r\nContent-Length: 3\r\n\r\nabc" % status)
            await writer.drain()
        else:
            await reader.read()

    async with tcp_server(serve) as port:
        origin = f"http://127.0.0.1:{port}"
        session = FakeSession(RUNNING, mock_up_rows())
        session.first_status = replace(session.first_status, sandbox=True, api_url=origin)
        async with stage(session) as played:
            downloads = played.main.controllers.downloads
            client = Client()

            def start(*names: str) -> None:
                downloads.start(ImageDownloadRequested(client, tuple(f"{origin}/{name}.png" for name in names), "../1"))

            start("a", "gone")
            await played.until(lambda: len(client.outcomes) == 1)
            assert client.outcomes[0] == "Downloaded 1 of 2 images. gone.png: The image is gone (404)."
            folder = str(tmp_path / "Downloads" / "_1")
            assert client.downloaded == Downloaded(client.outcomes[0], "../1", folder, (f"{origin}/gone.png",))
            assert {shown[:2] for shown in client.shown} == {(1, 2), (2, 2)}
            assert {shown[2] for shown in client.shown} == {"~/Downloads/_1"}
            assert (tmp_path / "Downloads" / "_1" / "a.png").read_bytes() == b"abc"
            await played.until("The image is gone (404).")

            start("hangs", "a")
            await played.until("download 0 %")
            start("a")
            await played.until("Another download is under way.")
            await played.press("x")
            await played.until(lambda: client.outcomes[1:] == ["The download was stopped."])

            client.is_attached = False
            start("a")
            await played.until("Downloaded 3 B to ~/Downloads/_1/a-2.png")
            start("hangs")
            await played.until("download 0 %")
