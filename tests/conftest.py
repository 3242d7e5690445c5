"""What every test stands on: no home of the developer's, no token from outside, the package on child's paths."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

import webhook_tui

PACKAGE_ROOT = Path(webhook_tui.__file__).parent.parent


def pytest_collection_finish() -> None:
    """What was imported and collected stays: no later search for garbage goes through it again, and there are fewer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 5, 5)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a home of its own, and child processes import this package."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for name in list(os.environ):
        if name.startswith(("WEBHOOK_TUI_", "PIKTID_", "XDG_", "NGROK_", "PYNGROK_")) or name.lower().endswith(
            "_proxy"
        ):
            monkeypatch.delenv(name)
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_ANIMATIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # compiling would be half of each child's start
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("SSH_TTY", "none")  # the developer's clipboard stays as it is
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE_ROOT))
