"""A program under the watchdog although a library starts it: its environment, its end, and what is left behind."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.tunnels.process.watchdog_client import WatchdogClient

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="without named pipes the library starts the program")


@pytest.fixture
def program(tmp_path: Path) -> str:
    """A program that prints two variables and its argument, and then waits for its end."""
    script = tmp_path / "bin" / "agent"
    script.parent.mkdir()
    script.write_text('#!/bin/sh\necho "$OURS|$PIKTID_TOKEN|$1"\nexec sleep 600\n')
    script.chmod(0o700)
    return str(script)


def test_the_program_gets_its_settings_and_no_secret(
    tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in its environment nor in a file; its end is that of the client."""
    monkeypatch.setenv("PIKTID_TOKEN", "canary")
    client = WatchdogClient(program, tmp_path / "state", environment={"OURS": "a b'c"})
    assert Path(client.path).name == "agent"
    assert all("a b" not in file.read_text() for file in client.directory.iterdir() if file.is_file())

    with subprocess.Popen([client.path, "argument"], stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "a b'c||argument\n"
        client.end()
        started.wait(TIMEOUT_SECONDS)
    client.close()
    assert not client.directory.exists()


def test_its_files_are_private(tmp_path: Path, program: str) -> None:
    client = WatchdogClient(program, tmp_path / "state", environment={})

    for path in (client.directory, *client.directory.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    client.close()


def test_only_what_a_killed_program_left_is_swept(tmp_path: Path, program: str) -> None:
    """Its pipe has no reader; that of a running one has."""
    left = tmp_path / "state" / "agent-left"
    left.mkdir(parents=True)
    os.mkfifo(left / "pipe")

    first = WatchdogClient(program, tmp_path / "state", environment={})
    second = WatchdogClient(program, tmp_path / "state", environment={})

    assert set((tmp_path / "state").iterdir()) == {first.directory, second.directory}
    first.close()
    second.close()


def test_a_state_directory_that_cannot_be_written_is_not_needed(tmp_path: Path, program: str) -> None:
    (tmp_path / "state").write_text("")

    client = WatchdogClient(program, tmp_path / "state", environment={})

    assert client.directory.is_dir()
    client.close()
