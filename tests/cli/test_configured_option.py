"""The error of a wrong value says where the value stands."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result

from webhook_tui.cli.config import default_map
from webhook_tui.cli.main import root
from webhook_tui.places import Places


def invoke(*arguments: str, config: dict[str, Any] | None = None, environment: dict[str, str] | None = None) -> Result:
    """Run a command with these options of config.toml and these variables."""
    given = config or {}
    return CliRunner().invoke(
        root,
        arguments,
        obj=(Places.of_user(), given),
        default_map=default_map(given),
        env=environment,
        catch_exceptions=False,
    )


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("WEBHOOK_TUI_PORT", "abc", "'abc' is not a valid integer range."),
        ("WEBHOOK_TUI_FORWARD_TO", "ftp://x", "'ftp://x' is not an http or https URL"),
        ("WEBHOOK_TUI_FORMAT", "x", "'x' is not one of 'text', 'json', 'junit'."),
        ("WEBHOOK_TUI_FILTER", "(", 'The filter is invalid at "("'),
        ("WEBHOOK_TUI_PROFILE", "x", 'There is no profile "x" in '),
        ("PIKTID_TOKEN", "Bearer ", "it is empty"),
        ("WEBHOOK_TUI_TOKEN", "Bearer ", "it is empty"),
    ],
)
def test_a_wrong_value_of_a_variable_names_it(variable: str, value: str, reason: str) -> None:
    """Also one that an option shares with others, and a filter, whose problem has a form of its own."""
    done = invoke("listen", environment={variable: value})

    assert done.exit_code == 2
    assert f"Error: Invalid value for the environment variable {variable}: {reason}" in done.stderr


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"port": 99_999}, '"port"'),
        ({"forward_retries": "x"}, '"forward_retries"'),
        ({"forward-retries": "x"}, '"forward-retries"'),
        ({"within": "x"}, '"within"'),
        ({"until": "("}, '"until"'),
        ({"sandbox": "x"}, '"sandbox"'),
        ({"format": "x"}, '"format"'),
        ({"secret-out": "/"}, '"secret-out"'),
    ],
)
def test_a_wrong_value_of_the_file_names_its_key(config: dict[str, Any], place: str) -> None:
    """As the file spells it."""
    command = ("run", "true") if "secret-out" in config else ("listen",)
    done = invoke(*command, config=config)

    assert done.exit_code == 2
    assert f"Error: Invalid value for {place} in {Places.of_user().config_file}: " in done.stderr


def test_a_wrong_value_of_a_profile_names_the_profile() -> None:
    """Where the profile sets it, else the file."""
    config = {"tunnel": "x", "profiles": {"work": {"port": -1}, "home": {"tunnel": "y"}}}
    path = Places.of_user().config_file

    by_profile = invoke("--profile", "work", "--tunnel", "none", config=config)
    by_file = invoke("--profile", "work", "--port", "1", config=config)
    over_file = invoke("--profile", "home", config=config)

    assert f'Invalid value for "port" in [profiles.work] of {path}: -1 is not' in by_profile.stderr
    assert f"Invalid value for \"tunnel\" in {path}: 'x' is not" in by_file.stderr
    assert f"Invalid value for \"tunnel\" in [profiles.home] of {path}: 'y' is not" in over_file.stderr


def test_a_wrong_value_that_was_typed_names_its_option() -> None:
    """Whatever else gives a value."""
    done = invoke("--port", "x", config={"port": "y"}, environment={"WEBHOOK_TUI_PORT": "z"})

    assert "Error: Invalid value for '--port': 'x' is not a valid integer range." in done.stderr


@pytest.mark.parametrize("command", [("paths",), ("keys",), ("completion", "bash"), ("verify", "--help")])
def test_a_wrong_value_of_an_option_that_a_command_has_not_is_no_error(command: tuple[str, ...]) -> None:
    """Neither in the file nor in a profile nor in a variable; before the name of the command it is one."""
    config = {"port": "x", "profiles": {"work": {"tunnel": "x"}}}
    environment = {"WEBHOOK_TUI_ANSWER": "x"}

    done = invoke("--profile", "work", *command, config=config, environment=environment)
    typed = invoke("--port", "x", *command)

    assert (done.exit_code, done.stderr) == (0, "")
    assert (typed.exit_code, "for '--port': 'x'" in typed.stderr) == (2, True)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("no-clean", 1, "it takes true or false"),
        ("port", [1], "it takes text or a number"),
        ("answer", True, "it takes text or a number"),
        ("db", {"path": "x"}, "it takes text or a number"),
        ("db", "a\0b", "it holds a NUL character"),
        ("secret-file", [["x"]], "it takes text or a number, or a list of them"),
        ("port", 1.5, "'1.5' is not a valid integer range."),
    ],
)
def test_a_value_of_the_file_that_is_of_another_kind_is_a_usage_error(key: str, value: object, reason: str) -> None:
    """TOML has lists, tables and dates, which a command line has not."""
    done = invoke("listen", config={key: value})

    assert done.exit_code == 2
    assert f'Invalid value for "{key}" in {Places.of_user().config_file}: {reason}\n' in done.stderr


def test_text_for_a_repeatable_option_of_the_file_is_one_value() -> None:
    """Also for an option whose name is that of a command, which takes no defaults from it."""
    config = {"job-id-field": "data.id", "job-image-field": ["a", "b"], "secret": "token", "keep-days": "7"}

    shown = invoke("config", "show", config=config).stdout.splitlines()
    done = invoke("secret", "--list", "--token", "x", config=config)

    lines = [" ".join(line.split()) for line in shown]
    expected = {"job-id-field data.id", "job-image-field a, b", "secret ********", "keep-days 7"}
    assert {f"{line} config.toml" for line in expected} <= set(lines)
    assert (done.exit_code, done.stdout) == (0, "No secret is stored.\n")
