"""Which certificates are trusted, and the message about a variable that cannot be used."""

from __future__ import annotations

import asyncio
import os
import ssl
from pathlib import Path

import pytest

from tests.tcp_server import tcp_server
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.failure import Failure, SendError
from webhook_tui.http.sender import OutboundSender
from webhook_tui.http.tls import tls_problems, verifying_context

SELF_SIGNED = Path(__file__).parent.parent / "piktid" / "self_signed.pem"


@pytest.fixture
def junk(tmp_path: Path) -> Path:
    """Files and such that are no certificates."""
    (tmp_path / "junk.pem").write_text("no certificate\n")
    (tmp_path / "empty.pem").touch()
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


@pytest.mark.parametrize(
    ("variable", "name", "reason"),
    [
        ("SSL_CERT_FILE", "missing.pem", "no such file or directory"),
        ("SSL_CERT_FILE", ".", "it is of another kind"),
        ("SSL_CERT_FILE", "pipe", "it is of another kind"),
        ("SSL_CERT_FILE", "junk.pem", "it holds no certificates"),
        ("SSL_CERT_FILE", "empty.pem", "it holds no certificates"),
        ("SSL_CERT_FILE", "x" * 5000, "file name too long"),
        ("SSL_CERT_DIR", "missing", "no such file or directory"),
        ("SSL_CERT_DIR", "junk.pem", "it is of another kind"),
    ],
)
def test_certificates_that_cannot_be_read_are_named(
    junk: Path, monkeypatch: pytest.MonkeyPatch, variable: str, name: str, reason: str
) -> None:
    """The built-in ones are trusted instead."""
    monkeypatch.setenv(variable, str(junk / name))

    (problem,) = tls_problems()

    assert problem.message == f"{variable} is not used: {reason}."
    assert problem.hint == "Correct or unset it; the built-in certificates are trusted."
    assert verifying_context().cert_store_stats()["x509_ca"] > 50


def test_keys_that_cannot_be_logged_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python itself would raise."""
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "missing" / "keys"))

    (problem,) = tls_problems()

    assert problem.sentence() == (
        "SSLKEYLOGFILE is not used: no such file or directory. Correct or unset it; TLS keys are not logged."
    )


def test_nothing_is_reported_of_what_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither without the variables nor with good ones."""
    assert tls_problems() == ()
    monkeypatch.setenv("SSL_CERT_FILE", str(SELF_SIGNED))
    assert tls_problems() == ()


async def test_ssl_cert_file_cures_what_cannot_be_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose certificate is not trusted, until the variable names it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(SELF_SIGNED)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 Good\r\nConnection: close\r\n\r\n")
        writer.close()

    outcomes: list[object] = []
    async with tcp_server(serve, context=context) as port:
        for cure in (None, str(SELF_SIGNED)):
            if cure:
                monkeypatch.setenv("SSL_CERT_FILE", cure)
            sender = OutboundSender(f"https://127.0.0.1:{port}", timeout_seconds=TIMEOUT_SECONDS)
            try:
                outcomes.append((await sender.send("GET", "/", (), b"")).status)
            except SendError as error:
                outcomes.append(error.failure)
            await sender.aclose()

    assert outcomes == [Failure.TLS, 204]
