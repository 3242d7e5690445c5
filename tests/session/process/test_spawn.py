"""The session's process before there are settings: it waits for them, is taken once, and ends with its starter."""

from __future__ import annotations

from pathlib import Path

from webhook_tui.session.process.spawn import discard_early, spawn, spawn_early, take_early


def test_a_process_that_was_started_early_is_taken_once(tmp_path: Path) -> None:
    """By a caller that wants its errors in the same file, which is private; another one is ended."""
    errors = tmp_path / "state" / "session.err"
    spawn_early(errors)
    child = take_early(errors)

    assert child is not None
    with child:
        assert child.poll() is None
        assert take_early(errors) is None
        discard_early()
        assert child.poll() is None
        child.kill()
    assert errors.stat().st_mode & 0o777 == 0o600


def test_a_process_that_is_not_taken_is_ended(tmp_path: Path) -> None:
    """The settings of a profile put its errors elsewhere."""
    spawn_early(tmp_path / "one.err")

    assert take_early(tmp_path / "another.err") is None
    assert take_early(tmp_path / "one.err") is None


def test_the_process_ends_when_its_starter_does(tmp_path: Path) -> None:
    """It notices the end of its pipe, also before the first message; standard error stays empty."""
    child = spawn(tmp_path / "session.err")
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.close()

    assert child.wait() == 0
    assert child.stdout.read() == b""
    child.stdout.close()
    assert (tmp_path / "session.err").read_bytes() == b""
