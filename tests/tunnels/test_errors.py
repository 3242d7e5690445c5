"""Every sentence about a tunnel fits its line, whatever a program printed."""

from __future__ import annotations

import pytest

from webhook_tui.tunnels.errors import closed, exit_reason, ngrok_error, shortened
from webhook_tui.tunnels.ssh import SshOutput


def test_every_sentence_fits() -> None:
    """Names and reasons of any length are cut to the width of the notice."""
    output = SshOutput("a-very-long-name." * 10, 65535, 10)
    for line in ("connect to host x port 1: Connection refused", "Permission denied (", "Host key verification failed"):
        assert len(output.problem([line], code=255, was_open=False).message) <= 78
    assert len(closed("x" * 100, "y" * 100).message) <= 78
    assert "\x1b" not in closed("x", "\x1b[31mred").message


def test_a_reason_is_one_harmless_line() -> None:
    assert shortened("a\n\x1b[2J  b", 20) == "a␊␛[2J b"
    assert shortened("x" * 30, 5) == "xxxx…"


@pytest.mark.parametrize(("code", "reason"), [(None, ""), (3, "exit code 3"), (-9, "signal 9")])
def test_how_a_process_ended(code: int | None, reason: str) -> None:
    assert exit_reason(code) == reason


@pytest.mark.parametrize(
    ("lines", "message", "is_transient"),
    [
        (["started", "authentication failed: ERR_NGROK_105"], "ngrok does not know this authtoken", False),
        (["ERR_NGROK_334"], "This ngrok address is in use already", True),
        (["ERR_NGROK_9999"], "ngrok refused the tunnel (ERR_NGROK_9999).", True),
        (["dial tcp: lookup connect.ngrok-agent.com: no such host"], "ngrok's servers were not found", True),
    ],
)
def test_errors_of_ngrok_by_their_code(lines: list[str], message: str, is_transient: bool) -> None:
    problem = ngrok_error(lines)

    assert problem is not None
    assert problem.message.startswith(message)
    assert problem.is_transient is is_transient


def test_a_line_without_a_code_is_no_error_of_ngrok() -> None:
    assert ngrok_error(["client session established"]) is None
