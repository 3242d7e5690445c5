"""Every problem with a listening socket or with the environment's TLS settings, and why requests are refused."""

from __future__ import annotations

from webhook_tui.domain.errors import ExitCode, Problem, Severity
from webhook_tui.domain.refusal import Refusal

# The receiver's port


def port_in_use(port: int) -> Problem:
    """Another program listens on the port."""
    return Problem(
        f"Port {port} is in use by another program.",
        f"Choose another: --port {min(port + 1, 65_535)}, or --port 0 for any free one.",
        ExitCode.PORT,
    )


def port_reserved(port: int) -> Problem:
    """The operating system gives the port to privileged programs only."""
    return Problem(f"Port {port} is reserved on this machine.", "Choose one above 1023: --port 9876.", ExitCode.PORT)


def not_listening(host: str) -> Problem:
    """`host` is no address of this machine."""
    return Problem(f"This machine cannot listen on {host}.", "Check --host; 127.0.0.1 always works.", ExitCode.PORT)


# TLS


def variable_not_used(name: str, reason: str, otherwise: str) -> Problem:
    """The file that a variable of the environment names cannot be used.

    `reason` and `otherwise`, what is done instead: clauses.
    """
    return Problem(f"{name} is not used: {reason}.", f"Correct or unset it; {otherwise}.", severity=Severity.WARNING)


# Refused requests; reasons are clauses

INCOMPLETE_HEAD = Refusal(400, "the head did not come whole")
INCOMPLETE_BODY = Refusal(400, "the body did not come whole")
INVALID_HTTP = Refusal(400, "it is not valid HTTP")
NO_HOST = Refusal(400, "it has no Host header")
SEVERAL_HOSTS = Refusal(400, "it has more than one Host header")
INVALID_TRANSFER_ENCODING = Refusal(400, "its Transfer-Encoding is not chunked")
CONNECT = Refusal(400, "CONNECT is for proxies")
TARGET_TOO_LONG = Refusal(431, "the request target is too long")
HEAD_TOO_LARGE = Refusal(431, "the head is too large")


def http_version(version: str) -> Refusal:
    """A request of another version than HTTP/1.1."""
    return Refusal(400, f"it is HTTP {version}, not 1.1")


def too_many_headers(limit: int) -> Refusal:
    """The head has more than `limit` headers."""
    return Refusal(431, f"it has more than {limit} headers")


def body_too_large(limit: str) -> Refusal:
    """More bytes arrived than `limit`, a size with its unit."""
    return Refusal(413, f"more came than the limit of {limit}")


def declared_too_large(declared: str, limit: str) -> Refusal:
    """Content-Length exceeds the limit; both are sizes with their units."""
    return Refusal(413, f"{declared} declared; the limit is {limit}")


def body_stalled(seconds: float) -> Refusal:
    """No byte of the body arrived for so long."""
    return Refusal(408, f"nothing of the body came for {seconds:g} s")


def head_stalled(seconds: float) -> Refusal:
    """The head took longer than that."""
    return Refusal(408, f"the head was not whole within {seconds:g} s")


def too_many_connections(limit: int) -> Refusal:
    """More than `limit` connections are open."""
    return Refusal(503, f"too many connections: {limit}")
