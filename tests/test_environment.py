"""Tokens and secrets are kept from children, and out of the process list."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from webhook_tui.environment import child_environment, secret_values


def test_secrets_are_held_back() -> None:
    """By name and by beginning; what a child needs may be kept."""
    environ = {
        "PATH": "/bin",
        "PIKTID_TOKEN": "token-1234",
        "WEBHOOK_TUI_SECRET_FILE": "secret-file",
        "WEBHOOK_TUI_THEME": "dark",
        "NGROK_AUTHTOKEN": "authtoken",
        "MINE": "mine-1234",
    }
    assert child_environment(environ, more=["MI*"]) == {"PATH": "/bin", "WEBHOOK_TUI_THEME": "dark"}
    assert "NGROK_AUTHTOKEN" in child_environment(environ, keep=["NGROK_AUTHTOKEN"])
    assert set(secret_values(environ)) == {"token-1234", "secret-file", "authtoken"}
    assert child_environment(os.environ)["PATH"] == os.environ["PATH"]


_SHOW_HIDDEN = """
from pathlib import Path
from webhook_tui.environment import hide_argument
hide_argument("s3cret")
print(Path("/proc/self/cmdline").read_text().replace(chr(0), " "))
"""


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="only Linux lets a process change its arguments")
def test_a_secret_argument_is_not_in_the_process_list() -> None:
    """Alone and behind an equals sign; other arguments keep their place."""
    command = [sys.executable, "-c", _SHOW_HIDDEN, "--secret", "s3cret", "--x=s3cret", "s3crets", "last"]

    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert shown.split()[-5:] == ["--secret", "******", "--x=******", "s3crets", "last"]
