"""What the receiver answers to a delivery, which may be nothing at all."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from webhook_tui.domain.delivery.headers import Headers

RESET = 0
"""`DeliveryRow.answered` of a delivery whose connection was reset; None stands for one that was not answered."""


class NoResponse(StrEnum):
    """How not to answer."""

    RESET = "reset"
    """The connection is reset."""
    NONE = "none"
    """Nothing comes, until the sender gives up."""


def answer_word(answered: int | None) -> str:
    """What a row's `answered` is called: `200`, `reset`, `none`."""
    if answered is None:
        return NoResponse.NONE.value
    return NoResponse.RESET.value if answered == RESET else str(answered)


def is_success(status: int | None) -> bool:
    """Return whether an answer is 2xx, which reports that the delivery was accepted (RFC 9110, 15.3)."""
    return status is not None and 200 <= status < 300


class Answer(Struct, frozen=True, gc=False):
    """One HTTP answer; with a `silence`, none."""

    status: int = 200
    body: bytes = b"OK"
    headers: Headers = ((b"content-type", b"text/plain; charset=utf-8"),)
    delay_seconds: float = 0.0
    """How long the sender waits for it, from when the delivery is on disk."""
    no_response: NoResponse | None = None

    @property
    def answered(self) -> int | None:
        """The value of `DeliveryRow.answered`."""
        if self.no_response is None:
            return self.status
        return RESET if self.no_response is NoResponse.RESET else None


NOT_STORED = Answer(503, b"not stored, send it again", ((b"content-type", b"text/plain"), (b"retry-after", b"5")))
"""The delivery is not on disk, so it is not acknowledged: the sender repeats it."""
