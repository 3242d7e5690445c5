"""Reading a request's body whole, capped and with a deadline; never a part of one."""

from __future__ import annotations

import asyncio

from webhook_tui.domain import units
from webhook_tui.domain.refusal import Refusal
from webhook_tui.serving.asgi import Receive

_MEGABYTE = 1_000_000


class BodyError(Exception):
    """The body is refused."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.refusal = Refusal(status, reason)


class CutShortError(Exception):
    """The connection ended before the body was whole."""


async def read_body(receive: Receive, *, declared: int | None, longest: int, silence_seconds: float) -> bytes:
    """All bytes of the body, as sent.

    `declared`: its length as its head says, if it does. Raises BodyError: 413 when it has more than `longest` bytes, by
    that length before anything is read, 408 when nothing comes for `silence_seconds`. Raises CutShortError when the
    client leaves before the end.
    """
    if declared is not None and declared > longest:
        raise BodyError(413, f"{units.size(declared)} declared; the limit is {_limit(longest)}")
    parts: list[bytes] = []
    total = 0
    while True:
        try:
            async with asyncio.timeout(silence_seconds):
                message = await receive()
        except TimeoutError:
            raise BodyError(408, f"nothing of the body came for {silence_seconds:g} s") from None
        if message["type"] == "http.disconnect":
            raise CutShortError
        part: bytes = message.get("body", b"")
        total += len(part)
        if total > longest:
            raise BodyError(413, f"more came than the limit of {_limit(longest)}")
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _limit(size: int) -> str:
    """In whole megabytes where it has some: 10 MiB are `10 MB`, not `10.5 MB`."""
    return units.size(size - size % _MEGABYTE if size >= _MEGABYTE else size)
