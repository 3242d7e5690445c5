"""Why a request got no answer, in one word of ours: httpx hides the causes that matter to people in a chain."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from enum import StrEnum

import httpx


class Failure(StrEnum):
    """What came instead of an answer. The value is a clause for a sentence."""

    NAME = "the name was not found"
    REFUSED = "the connection was refused"
    UNREACHABLE = "the host cannot be reached"
    TLS = "the certificate cannot be trusted"
    INSECURE = "no secure connection could be made"
    PROXY = "the proxy refused to connect"
    TIMEOUT = "there was no answer in time"
    CUT = "the connection was cut before the answer"
    UNSENDABLE = "the request cannot be sent as HTTP"
    TOO_LARGE = "the answer was too large"

    @property
    def is_before_sending(self) -> bool:
        """Whether nothing of the request can have arrived."""
        return self in _BEFORE_SENDING


_BEFORE_SENDING = frozenset(
    {
        Failure.NAME,
        Failure.REFUSED,
        Failure.UNREACHABLE,
        Failure.TLS,
        Failure.INSECURE,
        Failure.PROXY,
        Failure.UNSENDABLE,
    }
)


def failure_of(error: BaseException) -> Failure:
    """The cause of an exception that httpx raised in place of an answer, or of a TimeoutError of our own deadline."""
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return Failure.TIMEOUT
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol | httpx.InvalidURL | UnicodeError):
        return Failure.UNSENDABLE
    if isinstance(error, httpx.ProxyError):
        return Failure.PROXY
    if isinstance(error, httpx.ConnectError):
        return _connecting(list(_chain(error)))
    return Failure.CUT


def was_sent(error: BaseException) -> bool:
    """Whether the other side may have acted on the request although no answer came."""
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return False
    return not failure_of(error).is_before_sending


def _connecting(causes: list[BaseException]) -> Failure:
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Failure.NAME
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Failure.TLS
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Failure.INSECURE
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Failure.REFUSED
    return Failure.UNREACHABLE


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and all that caused it; several addresses of a host fail as a group."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += (one.__cause__, one.__context__)
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
