"""The command of `run` and the signals that it gets."""

from __future__ import annotations

import os
import signal
import subprocess
from types import SimpleNamespace
from typing import Any, cast

import pytest

from webhook_tui.domain.events import SessionReady
from webhook_tui.headless.command_run import CommandEnded, CommandLine
from webhook_tui.session.session import Session


def test_a_signal_while_the_command_starts_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not end the session while the command goes on without a parent."""
    session = cast("Session", SimpleNamespace(hook_url=None, signing_secret=lambda: None))
    condition = CommandEnded(CommandLine(("sleep", "60"), dict(os.environ)), session, None)
    popen = subprocess.Popen
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        assert condition.on_signal(signal.SIGTERM)
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    condition.on_event(SessionReady("http://127.0.0.1:1/", 1))

    assert started[0].wait() == -signal.SIGTERM
    assert condition.is_met()
    assert condition.exit_code == 128 + signal.SIGTERM


def test_a_signal_that_the_command_does_not_take_ends_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that runs as another user, by sudo, can only be left."""
    session = cast("Session", SimpleNamespace(hook_url=None, signing_secret=lambda: None))
    condition = CommandEnded(CommandLine(("sleep", "60"), dict(os.environ)), session, None)
    started: list[subprocess.Popen[bytes]] = []

    class Foreign(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

        def send_signal(self, sig: int) -> None:
            raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(subprocess, "Popen", Foreign)
    condition.on_event(SessionReady("http://127.0.0.1:1/", 1))
    passed_on = condition.on_signal(signal.SIGTERM)
    os.kill(started[0].pid, signal.SIGKILL)
    started[0].wait()

    assert not passed_on
