"""What `--help` of each command shows, at 80 columns."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from webhook_tui.cli.config import config_commands
from webhook_tui.cli.help import FILTER_TERMS, Command
from webhook_tui.cli.main import root
from webhook_tui.config import read_secret_file
from webhook_tui.domain.filtering.fields import FIELDS
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.places import Places

COMMANDS = (
    "",
    *(one.name or "" for ones in root.sections.values() for one in ones if one is not config_commands),
    "config",
    *(f"config {name}" for name in config_commands.commands),
    "contract check",
)
OF_EVERY_COMMAND = {"--profile", "--help", "--help-all"}


def shown(command: str, option: str = "--help") -> str:
    """The help of a command, as in a terminal of 80 columns."""
    environment = {"COLUMNS": "80"}
    result = CliRunner().invoke(root, [*command.split(), option], env=environment, obj=(Places.of_user(), {}))
    assert result.exit_code == 0, result.output
    return result.output


def listed(text: str) -> list[str]:
    """The long names of the options that a help lists."""
    return re.findall(r"^  (?:-\w, )?(--[a-z-]+)", text, re.MULTILINE)


def examples(text: str) -> list[str]:
    """The command lines at the end."""
    return [line.strip() for line in text.partition("\nExamples:\n")[2].splitlines() if line]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_short_and_plain(command: str) -> None:
    """It fits 80 columns, lists at most twenty options of its own, shows no range, cuts no sentence, has examples."""
    text = shown(command)

    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert len(set(listed(text)) - OF_EVERY_COMMAND) <= 20
    assert re.search(r"[<>]=?x|x<|RANGE|(?<!\])\.\.\.$", text, re.MULTILINE) is None
    assert re.search(r"^  --[a-z-]+( \S+)?$(?!\n {6})", text, re.MULTILINE) is None, "an option says what it does"
    assert examples(text)


@pytest.mark.parametrize("command", ["list", "wait", "listen", "run", "replay", "export"])
def test_a_command_that_takes_a_filter_lists_its_terms(command: str) -> None:
    """Every field that the parser knows is named."""
    terms = shown(command).partition("\nFilters:\n")[2].partition("\nExamples:\n")[0]

    assert [name for name in FIELDS if not re.search(rf"\b{name}:", terms)] == []
    assert all(Filter.parse(term) for term, _ in FILTER_TERMS if "   " not in term)


def test_every_option_is_in_one_of_the_two_helps() -> None:
    """`--help-all` lists what `--help` leaves out, where it leaves something out."""
    for command in ("", "listen", "run"):
        short, whole = set(listed(shown(command))), set(listed(shown(command, "--help-all")))
        parameters = (root.commands[command] if command else root).params
        every = {max(one.opts, key=len) for one in parameters if isinstance(one, click.Option)}
        assert short < whole == every | {"--help", "--help-all"}
    assert "--help-all" not in shown("secret")


def test_options_stand_under_headings() -> None:
    """A reader finds those of the tunnel in one place; a command with few lists them plainly."""
    headings = re.findall(r"^(\w+):$", shown("listen"), re.MULTILINE)

    assert headings[:3] == ["Account", "Tunnel", "Receiver"]
    assert "Forward" in headings
    assert re.findall(r"^(\w+):$", shown("secret"), re.MULTILINE) == ["Options", "Examples"]


def test_a_command_lists_its_own_options_only() -> None:
    """`secret` opens no tunnel, `doctor` forwards nothing; `config show` takes all of the screen's."""
    assert set(listed(shown("secret"))) - OF_EVERY_COMMAND == {
        "--token", "--token-file", "--token-stdin", "--api-url", "--list", "--remove",
    }  # fmt: skip
    assert {"--tunnel", "--port"} < set(listed(shown("doctor")))
    assert {"--forward-to", "--answer"}.isdisjoint(listed(shown("doctor")))
    assert set(listed(shown("config show"))) - OF_EVERY_COMMAND == {"--format"}
    port = CliRunner().invoke(root, ["config", "show", "--port", "9"], obj=(Places.of_user(), {})).output
    assert re.search(r"^port +9 +option$", port, re.MULTILINE)


def test_every_command_stands_in_the_help() -> None:
    """Once, under a heading."""
    names = re.findall(r"^  ([a-z]+) {2,}\S", shown(""), re.MULTILINE)

    assert sorted(names) == sorted(root.commands)


def lines() -> Iterator[str]:
    """Every example that starts with the program."""
    for command in COMMANDS:
        for line in examples(shown(command)):
            yield from re.findall(r"webhook-tui.*?(?= {3}|\)\"|[|>]|$)", line)


def test_the_examples_are_valid_command_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their options exist and take these values."""
    monkeypatch.chdir(tmp_path)
    names = ("body.json", "schema.json", "recorded.json", "line.json", "deliveries.jsonl", "deliveries.har")
    for name in names:
        (tmp_path / name).write_text('{"steps": []}')
    found = list(lines())
    assert len(found) > 30
    for line in found:
        with ExitStack() as contexts:
            parse(shlex.split(line)[1:], contexts)


@pytest.mark.skipif(sys.platform == "win32", reason="files have no modes")
def test_the_secret_is_written_into_a_private_file(tmp_path: Path) -> None:
    """As --secret-file wants it, also where new files can be read by others."""
    (example,) = (line for line in examples(shown("secret")) if "secret.txt" in line)
    written = example.replace("webhook-tui secret", "echo whsec")
    subprocess.run(["sh", "-c", f"umask 022; {written}"], cwd=tmp_path, check=True)

    assert read_secret_file(tmp_path / "secret.txt") == Secret("whsec")


def _rest(context: click.Context) -> list[str]:
    """What a group has not parsed yet."""
    return [*context._protected_args, *context.args]  # noqa: SLF001 -- click has no public name for it


def parse(arguments: list[str], contexts: ExitStack) -> None:
    """Parse a command line down to its subcommand without running it. Raises click.UsageError, ProblemError."""
    given: tuple[Places, dict[str, Any]] = (Places.of_user(), {"profiles": {"staging": {}}})
    context = root.make_context("webhook-tui", arguments, obj=given)
    contexts.callback(context.close)
    while isinstance(context.command, click.Group) and (rest := _rest(context)):
        _, command, rest = context.command.resolve_command(context, rest)
        assert command is not None
        context = command.make_context(command.name, rest, parent=context)
        contexts.callback(context.close)


def test_ctrl_c_exits_as_a_signal_does() -> None:
    """In every command, without click's own word and exit code for it."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    result = CliRunner().invoke(Command("stop", callback=interrupted), [])
    assert (result.exit_code, result.output) == (128 + signal.SIGINT, "")
