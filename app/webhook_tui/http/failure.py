"""Why a request got no answer: httpx wraps the causes that matter to users in a chain of exceptions."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx

from webhook_tui.domain.failure import Failure

_TOO_LARGE = 431
"""The status that h11 suggests for it."""


def failure_of(error: BaseException) -> Failure:
    """Return the cause of an exception that httpx raised, or of a TimeoutError of our own deadline."""
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
    """Return whether the server may have processed the request although it sent no answer."""
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return False
    return not failure_of(error).is_before_sending


def is_too_large_a_head(error: BaseException) -> bool:
    """Return whether the head of the answer exceeded the limit of the parser (100 KiB)."""
    return any(getattr(cause, "error_status_hint", None) == _TOO_LARGE for cause in _chain(error))


def refuses_as_http(error: BaseException) -> bool:
    """Return whether the parser refused the answer."""
    return any(hasattr(cause, "error_status_hint") for cause in _chain(error))


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
    """Yield the exception and its causes; several addresses of a host fail as a group."""
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
