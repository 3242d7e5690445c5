"""The log file: private, small, and silent where it cannot write."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from webhook_tui.log import PrivateLog, log_to


@pytest.fixture(autouse=True)
def _root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in root.handlers[:]:
        if handler not in before:
            handler.close()
    root.handlers[:], root.level = before, level


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


def test_a_traceback_shows_no_values(tmp_path: Path) -> None:
    """Secrets are among the variables."""
    path = tmp_path / "program.log"
    log_to(path)

    def fail(hidden: str) -> None:
        raise ValueError("a sentence")

    try:
        fail("canary-value" * 1)
    except ValueError:
        logging.getLogger("x").exception("ended")

    assert "a sentence" in path.read_text()
    assert "canary-valuecanary" not in path.read_text()


def test_a_log_that_cannot_be_written_is_silent(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The program goes on."""
    (tmp_path / "file").write_text("")
    handler = PrivateLog(tmp_path / "file" / "program.log")
    handler.handle(logging.LogRecord("x", logging.WARNING, "", 0, "lost", None, None))
    handler.close()

    assert capfd.readouterr() == ("", "")
