"""Reading a request's body whole, capped and with a deadline; never a part of one."""

from __future__ import annotations

import asyncio

from webhook_tui.serving.asgi import Receive


class BodyError(Exception):
    """The body did not come whole; `status` is what to answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


async def read_body(receive: Receive, *, longest: int, silence_seconds: float) -> bytes:
    """All bytes of the body, as sent.

    Raises BodyError: 413 when more than `longest` bytes come, 408 when nothing comes for `silence_seconds`, 400 when
    the client leaves before the end.
    """
    parts: list[bytes] = []
    total = 0
    while True:
        try:
            async with asyncio.timeout(silence_seconds):
                message = await receive()
        except TimeoutError:
            raise BodyError(408, "The body did not arrive in time.") from None
        if message["type"] == "http.disconnect":
            raise BodyError(400, "The body did not come whole.")
        part: bytes = message.get("body", b"")
        total += len(part)
        if total > longest:
            raise BodyError(413, f"The body is longer than {longest} bytes.")
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)
