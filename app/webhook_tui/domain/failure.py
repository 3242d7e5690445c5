"""What comes in place of an answer when a request is sent. Pure."""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """Why there is no answer, or not all of it. The value is a clause for a sentence."""

    NAME = "the name was not found"
    REFUSED = "the connection was refused"
    UNREACHABLE = "the host cannot be reached"
    TLS = "the certificate cannot be trusted"
    INSECURE = "no secure connection could be made"
    PROXY = "the proxy refused to connect"
    TIMEOUT = "there was no answer in time"
    CUT = "the connection was cut before the answer"
    EXPECTS_TLS = "it speaks HTTPS, the URL says http"
    NOT_HTTP = "the answer is not HTTP"
    HEAD_TOO_LARGE = "the headers of the answer exceed 100 KiB"
    UNSENDABLE = "the request cannot be sent as HTTP"
    INTERNAL = "webhook-tui failed to send it; its log says why"

    TOO_LARGE = "too large"
    """Only of an answer whose status is known, as the next two."""
    UNFINISHED = "no end in time"
    BROKEN_OFF = "connection closed before its end"

    @property
    def is_before_sending(self) -> bool:
        """Whether nothing of the request can have arrived."""
        return self in _BEFORE_SENDING


_BEFORE_SENDING = frozenset(
    [
        *(Failure.NAME, Failure.REFUSED, Failure.UNREACHABLE, Failure.TLS, Failure.INSECURE),
        *(Failure.PROXY, Failure.EXPECTS_TLS, Failure.UNSENDABLE),
    ]
)


class SendError(Exception):
    """Raised by a sender without an answer; `reason` is a clause for a sentence, `failure` its kind."""

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason
