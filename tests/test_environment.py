"""The environment of child processes."""

from __future__ import annotations

import os

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
