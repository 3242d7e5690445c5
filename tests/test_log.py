"""The log file: private, small, and silent where it cannot write."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

import pytest

from webhook_tui.log import PrivateLog, log_to, tell_of_crashes


def test_a_warning_goes_to_the_private_file_and_nowhere_else(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """No line of a library ever paints over the screen."""
    path = tmp_path / "state" / "program.log"
    log_to(path)

    assert not path.exists()
    logging.getLogger("some.library").warning("it is %s", "odd")
    logging.getLogger("some.library").info("GET https://example.com/?token=x")

    assert "it is odd" in path.read_text()
    assert "token" not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert capfd.readouterr() == ("", "")


def test_another_file_takes_its_place(tmp_path: Path) -> None:
    """As that of a profile does; the file before it is closed."""
    log_to(tmp_path / "first.log")
    (first,) = logging.getLogger().handlers
    logging.getLogger("some.library").warning("to the first")
    log_to(tmp_path / "second.log")
    logging.getLogger("some.library").warning("to the second")

    assert isinstance(first, PrivateLog)
    assert first.stream is None
    assert "second" not in (tmp_path / "first.log").read_text()
    assert "second" in (tmp_path / "second.log").read_text()


def test_a_traceback_shows_no_values(tmp_path: Path) -> None:
    """Secrets are among the variables, and errors quote them; what it says is harmless to read in a terminal."""
    path = tmp_path / "program.log"
    log_to(path)

    def fail(hidden: str) -> None:
        try:
            os.environ[hidden]
        except KeyError as error:
            raise ValueError(f"a sentence of {hidden}") from error

    try:
        fail("canary-" + "value")
    except ValueError:
        logging.getLogger("x").exception("ended by \x1b]2;title\x07")

    said = path.read_text()
    assert said.index("KeyError") < said.index("ValueError")
    assert "in fail" in said
    assert "canary-value" not in said
    assert "\x1b" not in said


def test_what_ends_a_thread_or_the_program_is_reported(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One sentence on standard error for the program; nothing for a thread, whose terminal may be the screen's."""
    before = sys.excepthook, threading.excepthook
    log_to(tmp_path / "program.log")
    tell_of_crashes()
    try:
        error = ValueError("canary-value")
        sys.excepthook(ValueError, error, None)
        ending = threading.Thread(target=int, args=("canary-value",), name="some-thread")
        ending.start()
        ending.join()
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    finally:
        sys.excepthook, threading.excepthook = before

    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "it ended by an error of its own (ValueError)" in said
    log = (tmp_path / "program.log").read_text()
    assert "some-thread" in log
    assert "canary-value" not in said + log


def test_a_log_that_cannot_be_written_is_silent(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The program goes on."""
    (tmp_path / "file").write_text("")
    handler = PrivateLog(tmp_path / "file" / "program.log")
    handler.handle(logging.LogRecord("x", logging.WARNING, "", 0, "lost", None, None))
    handler.close()

    assert capfd.readouterr() == ("", "")
