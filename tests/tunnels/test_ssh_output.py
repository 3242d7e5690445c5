"""OpenSSH's messages, and the problem that each becomes."""

from __future__ import annotations

import pytest

from webhook_tui.tunnels.errors import closed
from webhook_tui.tunnels.ssh import SshOutput

_OUTPUT = SshOutput("localhost.run", 22, 10)


@pytest.mark.parametrize(
    ("line", "what", "is_transient"),
    [
        (
            "ssh: connect to host localhost.run port 22: Connection refused",
            "localhost.run refused the connection on port 22.",
            True,
        ),
        (
            "ssh: connect to host localhost.run port 22: Connection timed out",
            "localhost.run did not answer within 10 s.",
            True,
        ),
        (
            "ssh: connect to host localhost.run port 22: Operation timed out",
            "localhost.run did not answer within 10 s.",
            True,
        ),
        ("Connection timed out during banner exchange", "localhost.run did not answer within 10 s.", True),
        (
            "ssh: connect to host localhost.run port 22: Network is unreachable",
            "localhost.run cannot be reached: Network is unreachable.",
            True,
        ),
        (
            "ssh: Could not resolve hostname localhost.run: Temporary failure in name resolution",
            "localhost.run was not found: no network or no DNS.",
            True,
        ),
        (
            "Error: remote port forwarding failed for listen port 80",
            "localhost.run did not open the tunnel (forwarding refused).",
            True,
        ),
        (
            "me@localhost.run: Permission denied (publickey).",
            "localhost.run requires a key (permission denied).",
            False,
        ),
        ("Host key verification failed.", "localhost.run has another host key than before: not trusted.", False),
        (
            "kex_exchange_identification: read: Connection reset by peer",
            "The tunnel closed: ssh ended, Connection reset by peer.",
            True,
        ),
        ("client_loop: send disconnect: Broken pipe", "The tunnel closed: ssh ended, Broken pipe.", True),
        (
            "Timeout, server localhost.run not responding.",
            "The tunnel closed: ssh ended, the server no longer answers.",
            True,
        ),
        ("Connection to localhost.run closed.", "The tunnel closed: ssh ended, exit code 255.", True),
    ],
)
def test_the_reasons_of_ssh(line: str, what: str, is_transient: bool) -> None:
    """OpenSSH's messages as sentences, with what helps."""
    problem = _OUTPUT.problem([line], code=255, was_open=False)
    assert (problem.message, problem.is_transient) == (what, is_transient)
    assert len(problem.message) <= 78
    assert len(problem.advice(30)) <= 78


def test_every_sentence_fits() -> None:
    """Names and reasons of any length are cut to the width of the notice."""
    output = SshOutput("a-very-long-name." * 10, 65535, 10)
    for line in ("connect to host x port 1: Connection refused", "Permission denied (", "Host key verification failed"):
        assert len(output.problem([line], code=255, was_open=False).message) <= 78
    assert len(closed("x" * 100, "y" * 100).message) <= 78
    assert "\x1b" not in closed("x", "\x1b[31mred").message
