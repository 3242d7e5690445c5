"""Prints the manual page, made from the help of every command: `python .ci/man_page.py > .ci/webhook-tui.1`."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1] / "app"))

from webhook_tui import __version__
from webhook_tui.cli.contract import check_deliveries
from webhook_tui.cli.help import FILTER_TERMS, Command, Group
from webhook_tui.cli.main import root

_EXIT_CODES = (
    ("0", "It ended normally."),
    ("1", "It failed, or a check did not pass."),
    ("2", "An option, an argument or config.toml is invalid."),
    ("3", "PiktID's API, the token, or a webhook that is not ours."),
    ("4", "The tunnel."),
    ("5", "The port."),
    ("6", "What was awaited did not come in time."),
    ("7", "A delivery came that must not."),
    ("128+N", "Signal N ended it."),
)
_ENVIRONMENT = (
    ("PIKTID_TOKEN", "The API token."),
    ("WEBHOOK_TUI_OPTION", "The value of an option, in capitals and with underscores: WEBHOOK_TUI_PORT for --port."),
    ("NGROK_AUTHTOKEN, PYNGROK_NGROK_PATH", "For --tunnel ngrok."),
    ("NO_COLOR", "When it is set, the output has no colours."),
)
_FILES = (
    ("$XDG_CONFIG_HOME/webhook-tui/config.toml", "Options by their names, [keymap], [filters] and [profiles.NAME]."),
    ("$XDG_STATE_HOME/webhook-tui/", "The history, signing secrets and logs. `webhook-tui paths` prints them."),
)


def page() -> Iterator[str]:
    """Yield the lines of the page as roff (groff_man(7))."""
    context = click.Context(root, info_name="webhook-tui", **root.context_settings)
    yield f'.TH WEBHOOK\\-TUI 1 "" "webhook\\-tui {__version__}" "User Commands"'
    yield from (".SH NAME", r"webhook\-tui \- receive and verify PiktID's webhooks in the terminal", ".SH SYNOPSIS")
    yield from (r".B webhook\-tui", "[OPTIONS] [COMMAND] [ARGS]...", ".SH DESCRIPTION", *_paragraphs(root))
    yield ".SH OPTIONS"
    yield "An option overrides the environment, which overrides config.toml."
    yield from _options(root, context, set())
    inherited = {row for rows in root.option_sections(context, is_whole=True).values() for row in rows}
    yield ".SH COMMANDS"
    for command, names in _commands(root, ()):
        own = click.Context(command, parent=context, info_name=" ".join(names))
        yield rf".SS webhook\-tui {_roff(own.info_name or '')} {_roff(' '.join(command.collect_usage_pieces(own)))}"
        yield from _paragraphs(command)
        yield from _options(command, own, inherited)
        yield from _examples(command)
    sections = {"FILTERS": FILTER_TERMS, "EXIT STATUS": _EXIT_CODES, "ENVIRONMENT": _ENVIRONMENT, "FILES": _FILES}
    for heading, rows in sections.items():
        yield f".SH {heading}"
        for name, text in rows:
            yield from (".TP", f".B {_roff(name)}", _roff(text))
    yield ".SH EXAMPLES"
    yield from _examples(root)


def _commands(group: Group, names: tuple[str, ...]) -> Iterator[tuple[Command, tuple[str, ...]]]:
    """Yield every command that is no group, in the order of the help, with its names from the first to the last."""
    for command in (one for ones in group.sections.values() for one in ones):
        own = (*names, command.name or "")
        if isinstance(command, Group):
            yield from _commands(command, own)
        elif isinstance(command, Command):
            yield command, own
        if command.name == "contract":
            yield check_deliveries, (*own, "check")


def _paragraphs(command: click.Command) -> Iterator[str]:
    for number, paragraph in enumerate(inspect.cleandoc(command.help or "").split("\n\n")):
        if number:
            yield ".PP"
        yield _roff(" ".join(paragraph.split()))


def _options(command: Command, context: click.Context, inherited: set[tuple[str, str]]) -> Iterator[str]:
    """Yield the options under their headings, without those that are the program's own."""
    for heading, rows in command.option_sections(context, is_whole=True).items():
        own = [row for row in rows if row not in inherited]
        if own and command is root:
            yield f".SS {heading}"
        for names, text in own:
            yield from (".TP", f".B {_roff(names)}", _roff(text))


def _examples(command: Command) -> Iterator[str]:
    yield from (".PP", ".nf", *(_roff(line) for line in command.examples), ".fi")


def _roff(text: str) -> str:
    r"""Escape text for roff: backslashes, hyphens that are to be minus signs, and `.` or `'` that starts a line."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()) + "\n")
