"""What the receiver answers to a delivery."""

from __future__ import annotations

from dataclasses import dataclass

from webhook_tui.domain.headers import Headers


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int = 200
    body: bytes = b"OK"
    headers: Headers = ((b"content-type", b"text/plain; charset=utf-8"),)


NOT_STORED = Answer(503, b"not stored, send it again", ((b"content-type", b"text/plain"), (b"retry-after", b"5")))
"""The delivery is not on disk, so it is not acknowledged: whoever sent it sends it again."""
