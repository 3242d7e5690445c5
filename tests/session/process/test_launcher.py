"""The session's process started, started again, and its temporary history removed with it."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import pytest

from tests.session.running import settings
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.errors import ProblemError
from webhook_tui.session.process import launcher as module
from webhook_tui.session.process.launcher import SessionLauncher


def test_it_is_started_again_on_the_same_port(tmp_path: Path) -> None:
    """Also with a history that is not kept; closing twice has no effect."""
    launcher = SessionLauncher(settings(tmp_path, register=False, ephemeral=True))
    try:
        first = launcher.start()
        first.wait_until_bound()
        port = first.port
        first.close()

        assert launcher.restart().port == port != 0
    finally:
        launcher.end()
        launcher.close()
    launcher.end()
    launcher.close()


def test_a_process_that_is_left_removes_the_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a second signal."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    launcher = SessionLauncher(settings(tmp_path, register=False, ephemeral=True))
    process = launcher.start()
    process.wait_until_bound()
    opened = threading.Event()
    reading = threading.Thread(target=process.run, args=(lambda _: opened.set(),), daemon=True)
    reading.start()
    assert opened.wait(TIMEOUT_SECONDS)
    launcher.close()
    assert list(directory.iterdir()) != []
    process.stop()
    reading.join(TIMEOUT_SECONDS)
    assert list(directory.iterdir()) == []


def test_a_process_that_cannot_be_spawned_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_path: Path) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(module, "spawn", refused)
    with pytest.raises(ProblemError, match="Resource temporarily unavailable"):
        SessionLauncher(settings(tmp_path)).start()
