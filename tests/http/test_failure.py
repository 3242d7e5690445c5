"""The cause of a failed request, in httpx's chain of exceptions."""

from __future__ import annotations

import socket
import ssl

import h11
import httpx
import pytest

from webhook_tui.domain.failure import Failure
from webhook_tui.http.failure import failure_of, is_too_large_a_head, refuses_as_http, was_sent


def wrapped(cause: BaseException) -> httpx.ConnectError:
    """A failure to connect with its cause."""
    error = httpx.ConnectError("x")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "failure", "sent"),
    [
        (httpx.ReadTimeout("x"), Failure.TIMEOUT, True),
        (httpx.ConnectTimeout("x"), Failure.TIMEOUT, False),
        (TimeoutError(), Failure.TIMEOUT, True),
        (httpx.LocalProtocolError("x"), Failure.UNSENDABLE, False),
        (httpx.InvalidURL("x"), Failure.UNSENDABLE, False),
        (httpx.ProxyError("x"), Failure.PROXY, False),
        (wrapped(socket.gaierror()), Failure.NAME, False),
        (wrapped(ssl.SSLCertVerificationError()), Failure.TLS, False),
        (wrapped(ssl.SSLError()), Failure.INSECURE, False),
        (wrapped(ConnectionRefusedError()), Failure.REFUSED, False),
        (wrapped(OSError()), Failure.UNREACHABLE, False),
        (httpx.ReadError("x"), Failure.CUT, True),
        (httpx.RemoteProtocolError("x"), Failure.CUT, True),
    ],
)
def test_the_cause_and_whether_the_request_may_have_arrived(error: BaseException, failure: Failure, sent: bool) -> None:
    assert (failure_of(error), was_sent(error)) == (failure, sent)


def test_what_the_parser_refused() -> None:
    """h11 hints at the status that a server would answer; a head that is too large has one of its own."""
    error = httpx.RemoteProtocolError("x")
    assert not refuses_as_http(error)
    error.__cause__ = h11.RemoteProtocolError("x", error_status_hint=400)
    assert (refuses_as_http(error), is_too_large_a_head(error)) == (True, False)
    error.__cause__ = h11.RemoteProtocolError("x", error_status_hint=431)
    assert is_too_large_a_head(error)


def test_errors_of_a_group_of_addresses_are_found() -> None:
    """A host with several addresses fails with a group of causes."""
    error = wrapped(OSError("all failed"))
    assert error.__cause__ is not None
    error.__cause__.__cause__ = ExceptionGroup("each", [ConnectionRefusedError(), OSError()])

    assert failure_of(error) is Failure.REFUSED
