"""The process that loads an image: what it reports, and that it ends."""

from __future__ import annotations

import asyncio
import threading

from tests.tcp_server import tcp_server
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import ImageRequest, Picture, Progress
from webhook_tui.images.process import ImageLoad
from webhook_tui.sandbox.pictures import picture


async def test_an_image_is_loaded_and_a_load_can_be_cancelled() -> None:
    """Progress first, then the thumbnail; a server that stops midway is waited for until the load is cancelled."""
    image = picture("job_1/output_0_0_v0.png")
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(image)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(head + (image if b"GET /whole" in request else image[:1000]))
        await writer.drain()

    async with tcp_server(serve) as port:
        origin = f"http://127.0.0.1:{port}"
        progress: list[Progress] = []
        request = ImageRequest(f"{origin}/whole", 40, 30, origin, encoded_sizes=((99, 99), (1000, 1000)))
        load = ImageLoad(request, {})
        found = await asyncio.to_thread(load.run, progress.append)

        assert isinstance(found, Picture)
        assert (found.width, found.height, found.original_width, found.original_height) == (20, 30, 256, 384)
        assert [(each.width, each.height) for each in found.encoded] == [(66, 99), (256, 384)]
        assert progress[0].total == len(image)

        load = ImageLoad(ImageRequest(f"{origin}/half", 40, 30, origin), {})
        arrived = threading.Event()
        running = asyncio.create_task(asyncio.to_thread(load.run, lambda _: arrived.set()))
        await asyncio.to_thread(arrived.wait)
        load.cancel()
        assert await running is None


def test_a_load_that_was_cancelled_before_starts_no_process() -> None:
    """One that takes too long is a problem."""
    request = ImageRequest("https://cdn.example.com/a.png", 10, 10)
    load = ImageLoad(request, {})
    load.cancel()
    assert load.run(lambda _: None) is None

    late = ImageLoad(request, {}, deadline_seconds=0.0).run(lambda _: None)
    assert isinstance(late, Problem)
    assert late.message == "The image did not come within 0 s."
