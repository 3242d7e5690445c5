"""Commands that print what the program knows without a session."""

from __future__ import annotations

import pytest

from tests.fork_server import run


def test_paths_says_where_things_lie() -> None:
    """Each on a line of its own."""
    done = run("paths")

    assert done.returncode == 0
    assert b"deliveries.db" in done.stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_prints_a_script_that_asks_the_program(shell: str) -> None:
    """And the program answers it."""
    done = run("completion", shell)

    assert done.returncode == 0
    assert b"_WEBHOOK_TUI_COMPLETE" in done.stdout


def test_the_program_completes_its_commands() -> None:
    """As the script asks it to."""
    done = run(_WEBHOOK_TUI_COMPLETE="zsh_complete", COMP_WORDS="webhook-tui ver", COMP_CWORD="1")

    assert b"verify" in done.stdout
