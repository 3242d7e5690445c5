"""Which certificates are trusted. A variable of the environment that cannot be used is ignored and reported."""

from __future__ import annotations

import errno
import os
import ssl
from functools import lru_cache
from pathlib import Path

from webhook_tui.domain.errors import Problem
from webhook_tui.http.errors import variable_not_used

_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")


def verifying_context() -> ssl.SSLContext:
    """A client's context that trusts SSL_CERT_FILE or SSL_CERT_DIR, else the certificates that come with certifi."""
    return _load(*(os.environ.get(name) for name in _VARIABLES))[0]


def unverified_context() -> ssl.SSLContext:
    """A client's context that accepts any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def tls_problems() -> tuple[Problem, ...]:
    """One for each variable that `verifying_context` could not use."""
    values = [os.environ.get(name) for name in _VARIABLES]
    return _load(*values)[1] if any(values) else ()


@lru_cache(maxsize=4)  # loading takes tens of milliseconds
def _load(
    cert_file: str | None, cert_dir: str | None, key_log: str | None
) -> tuple[ssl.SSLContext, tuple[Problem, ...]]:
    # Not ssl.create_default_context: it raises where SSLKEYLOGFILE cannot be written.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    problems: list[Problem] = []

    def note(name: str, error: OSError, otherwise: str) -> None:
        reason = "it holds no certificates" if isinstance(error, ssl.SSLError) else (error.strerror or "").lower()
        problems.append(variable_not_used(name, reason, otherwise))

    try:
        if cert_file:
            _require(Path(cert_file).is_file(), cert_file)
            context.load_verify_locations(cafile=cert_file)
        elif cert_dir:
            _require(Path(cert_dir).is_dir(), cert_dir)
            context.load_verify_locations(capath=cert_dir)
        else:
            context.load_verify_locations(cafile=_built_in_certificates())
    except OSError as error:
        note("SSL_CERT_FILE" if cert_file else "SSL_CERT_DIR", error, "the built-in certificates are trusted")
        context.load_verify_locations(cafile=_built_in_certificates())
    if key_log:
        try:
            context.keylog_filename = key_log
        except OSError as error:
            note("SSLKEYLOGFILE", error, "TLS keys are not logged")
    return context, tuple(problems)


def _built_in_certificates() -> str:
    import certifi  # noqa: PLC0415 -- slow, and a session listens before it needs certificates

    return certifi.where()


def _require(is_usable: bool, path: str) -> None:
    """Raise OSError unless it is usable: opening a pipe would block, and OpenSSL ignores a missing directory."""
    if not is_usable:
        code = errno.EINVAL if Path(path).exists() else errno.ENOENT
        raise OSError(code, "it is of another kind" if code == errno.EINVAL else os.strerror(code))
