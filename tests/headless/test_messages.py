"""Sentences of the command line that depend on what there is."""

from __future__ import annotations

from pathlib import Path

from webhook_tui.domain.errors import ExitCode
from webhook_tui.headless import messages


def test_names_that_exist_are_named_up_to_a_few() -> None:
    problem = messages.no_valid_delivery("nope\x1b", [f"event_{number}" for number in range(9)])

    assert "event_0" in problem.sentence()
    assert "event_8" not in problem.sentence()
    assert "..." in problem.sentence()


def test_a_token_file_without_a_token_is_a_usage_error() -> None:
    problem = messages.no_token_in(Path("/token"))

    assert (problem.message, problem.exit_code) == ("/token contains no token.", ExitCode.USAGE)


def test_a_missing_token_has_one_sentence() -> None:
    """What to do depends on the command."""
    problems = (messages.NO_TOKEN, messages.NO_TOKEN_OR_SANDBOX, messages.NO_TOKEN_OF_SERVER)

    assert {problem.message for problem in problems} == {"No token was given."}
    assert len({problem.hint for problem in problems}) == 3
