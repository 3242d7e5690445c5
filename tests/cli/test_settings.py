"""The settings of a run: secrets of options and files, and a token that no prompt can bring."""

from __future__ import annotations

from pathlib import Path

import pytest

from webhook_tui.cli.settings import all_secrets, has_screen, leave, one_secret, with_token
from webhook_tui.config import Settings
from webhook_tui.domain.errors import ExitCode, Problem
from webhook_tui.domain.signature.secret import Secret


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a secret."""
    path = tmp_path / "secret"
    path.write_text("of the file\n")
    path.chmod(0o600)
    return path


def test_a_secret_of_a_file_comes_before_that_of_an_option(file: Path) -> None:
    assert one_secret({"secret": Secret("given"), "secret_file": file}) == Secret("of the file")
    assert one_secret({"secret": Secret("given"), "secret_file": None}) == Secret("given")


def test_every_secret_counts_where_several_may_be_given(file: Path) -> None:
    given = {"secret": (Secret("a"), Secret("b")), "secret_file": (file,)}

    assert all_secrets(given) == (Secret("a"), Secret("b"), Secret("of the file"))


@pytest.mark.parametrize("settings", [Settings(token=Secret("t")), Settings(sandbox=True), Settings(register=False)])
def test_a_token_is_asked_for_only_where_one_is_needed(settings: Settings) -> None:
    assert with_token(settings) is settings


def test_without_a_terminal_a_missing_token_is_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        with_token(Settings())

    assert caught.value.code == ExitCode.USAGE
    assert "No token was given" in capsys.readouterr().err
    assert not has_screen()


def test_a_problem_ends_with_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        leave(Problem("It failed.", "Try again.", ExitCode.TUNNEL))

    assert caught.value.code == ExitCode.TUNNEL
    assert capsys.readouterr().err == "webhook-tui: It failed. Try again.\n"
