"""The command line as a whole: warnings about its file, one line for a problem, and no screen without a terminal."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.fork_server import run
from tests.session.running import settings
from webhook_tui.cli import main
from webhook_tui.config import Settings
from webhook_tui.places import Places
from webhook_tui.ui import launch


def test_an_unknown_key_of_the_file_is_a_warning_and_no_end() -> None:
    file = Places.of_user().config_file
    file.parent.mkdir(parents=True)
    file.write_text("prot = 9876\n")

    done = run("paths")

    assert done.returncode == 0
    assert done.stderr.decode().startswith("webhook-tui: ")
    assert b"prot" in done.stderr


def test_a_problem_is_one_line_with_its_exit_code() -> None:
    done = run("list", "--db", "/nowhere/deliveries.db")

    assert done.returncode == 1
    assert done.stderr.startswith(b"webhook-tui: ")
    assert done.stderr.count(b"\n") == 1


def test_an_unknown_command_is_answered_with_the_nearest() -> None:
    done = run("lsit")

    assert done.returncode == 2
    assert b"(Did you mean one of: 'list', 'listen'?)" in done.stderr


def test_without_a_terminal_the_screen_is_listen() -> None:
    """It says so, and misses the token as `listen` does."""
    done = run()

    assert done.returncode == 2
    assert done.stderr.startswith(b"webhook-tui: Not a terminal; running `webhook-tui listen`.\n")
    assert b"No token was given" in done.stderr


def test_no_signal_kills_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with --token-stdin, where nothing is started before the command line is parsed."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGHUP)}
    codes: list[object] = []

    def show(_settings: Settings) -> int:
        for number in before:
            assert callable(signal.getsignal(number))
            with pytest.raises(SystemExit) as ended:
                signal.raise_signal(number)
            codes.append(ended.value.code)
        return 0

    monkeypatch.setattr(launch, "run", show)
    with pytest.raises(SystemExit) as left:
        main._screen(settings(tmp_path))  # noqa: SLF001 -- without a terminal there is no screen
    for number, handler in before.items():
        signal.signal(number, handler)
    assert (left.value.code, codes) == (0, [143, 129])
