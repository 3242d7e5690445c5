"""The help of every command: options and commands under headings, then examples."""

from __future__ import annotations

import signal
from collections.abc import Callable, Container, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import click

_MOST_OPTIONS = 20
"""`--help` of a command with more leaves out those in _RARE; `--help-all` lists them."""
_FEWEST_GROUPED = 12
"""A command with fewer options lists them under one heading."""
_RARE = frozenset(
    [
        *("token_stdin", "api_url", "replace", "ssh_server", "tunnel_command", "tunnel_url_pattern", "host"),
        *("secret_file", "no_sse", "lost_after", "since_seq", "forward_path", "forward_anywhere", "forward_retries"),
        "forward_header",
        *("keep_days", "keep_rows", "job_id_field", "job_status_field", "job_progress_field", "job_image_field"),
        "images",
    ]
)
_WIDEST_NAME = 24
_REST = "Options"
_HEADINGS = {
    "Account": "token token_file token_stdin use_sandbox api_url profile no_register replace no_clean",
    "Tunnel": "hook_url tunnel ssh_server tunnel_command tunnel_url_pattern",
    "Receiver": "host port answer",
    "Forward": "url forward_to forward_path forward_anywhere forward_retries forward_header",
    "Signatures": "secret secret_file secret_out signature delivery re_sign no_sse lost_after keep_links",
    "Deliveries": "seq marked filter limit file edit until none count within since_seq",
    "History": "db ephemeral keep_days keep_rows",
    "Jobs": "job_id_field job_status_field job_progress_field job_image_field",
    "Output": "output form command theme ascii images notify",
}
"""Heading to the names of its parameters."""
_HEADING_OF = {name: heading for heading, names in _HEADINGS.items() for name in names.split()}
_SHOWS_ALL = "webhook_tui.help_all"
FILTER_TERMS = (
    ("verdict:invalid", "valid, older, invalid, missing, malformed or pending"),
    ("event:image_*", "event name; * stands for anything"),
    ("job:ec53", "start of a job id"),
    ("status:failed", "status of the job; answered:503 or status:5xx, the answer"),
    ("is:marked", "marked, commented, differs, retried, replayed or imported"),
    ("age:<10m", "compared; so are size:>10k, attempt:>1 and run:3"),
    ("body.data.n>5", "value in the payload; header:NAME=VALUE, a header's"),
    ("has:data.n", "path that is present; departs:data.n, not as usual"),
    ("id:123", "event id; comment:WORD, source:sse, @NAME of config.toml"),
    ("word", "text anywhere in the delivery"),
    ("a b   a or b   !a", "both, one of them, not a; brackets group"),
)
"""Terms of the filter language, and what each finds."""


def command(name: str | None = None, *, examples: Sequence[str], **extra: Any) -> Callable[[Any], Command]:
    """Return click's decorator of a command whose help ends with these command lines."""
    return click.command(name, cls=extra.pop("cls", Command), examples=examples, **extra)


class Command(click.Command):
    """A command whose help groups its options, and leaves out rarely used ones where there are many."""

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **extra: Any) -> None:
        super().__init__(*arguments, **extra)
        self.examples = examples
        """Command lines."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; ctrl+c exits as a signal does, where click's own exit code is that of a failure."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(128 + signal.SIGINT)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the parameters, with --help-all where --help leaves some out."""
        return [*super().get_params(ctx), *([_HELP_ALL] if self._has_many() else [])]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options heading by heading."""
        write_sections(formatter, self.option_sections(ctx, is_whole=bool(ctx.meta.get(_SHOWS_ALL))))

    def option_sections(self, ctx: click.Context, *, is_whole: bool) -> dict[str, list[tuple[str, str]]]:
        """Return heading to the options under it, each with its text; `is_whole`: with rarely used ones."""
        left_out = _RARE if self._has_many() and not is_whole else frozenset()
        shown = [one for one in self.get_params(ctx) if isinstance(one, click.Option) and one.name not in left_out]
        rows = [(one.name, record[0], _text(one, ctx)) for one in shown if (record := one.get_help_record(ctx))]
        sections: dict[str, list[tuple[str, str]]] = {heading: [] for heading in (*_HEADINGS, _REST)}
        for name, names, text in rows:
            heading = _HEADING_OF.get(name or "", _REST) if len(rows) >= _FEWEST_GROUPED else _REST
            sections[heading].append((names, text))
        return {heading: found for heading, found in sections.items() if found}

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the terms of a filter if the command takes one, then the examples."""
        if any(one.type.name == "filter" for one in self.params):
            write_sections(formatter, {"Filters": FILTER_TERMS})
        with formatter.section("Examples"):
            formatter.write("".join(f"{'':>{formatter.current_indent}}{line}\n" for line in self.examples))

    def _has_many(self) -> bool:
        return sum(isinstance(one, click.Option) and not one.hidden for one in self.params) > _MOST_OPTIONS


class Group(Command, click.Group):
    """A group whose help lists its commands under headings."""

    command_class = Command

    def __init__(
        self,
        *arguments: Any,
        sections: Callable[[], Mapping[str, Sequence[click.Command]]] | None = None,
        **extra: Any,
    ) -> None:
        """`sections` imports the commands of this group, and returns heading to commands in the order of the help."""
        super().__init__(*arguments, **extra)
        self._import_sections = sections

    @cached_property
    def sections(self) -> Mapping[str, Sequence[click.Command]]:
        """Heading to commands; they are imported for the first caller, because the screen needs none of them."""
        if self._import_sections is None:
            return {"Commands": tuple(self.commands.values())}
        sections = self._import_sections()
        for one in chain.from_iterable(sections.values()):
            self.add_command(one)
        return sections

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name."""
        return super().get_command(ctx, cmd_name) if cmd_name in self.list_commands(ctx) else None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's
        """Return the names of all commands, in alphabetical order."""
        return sorted(one.name or "" for one in chain.from_iterable(self.sections.values()))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options."""
        rows = {
            heading: [(one.name or "", one.get_short_help_str(200)) for one in commands]
            for heading, commands in self.sections.items()
        }
        write_sections(formatter, rows)
        super().format_options(ctx, formatter)


def hide_options(command: click.Command, *, but: Container[str]) -> None:
    """Leave all options out of the help but these; the command takes them, too."""
    for one in command.params:
        if isinstance(one, click.Option) and one.name not in but:
            one.hidden = True


def write_sections(formatter: click.HelpFormatter, sections: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    """Write rows of a name and a text under headings, their texts in one column; names too long for it stand alone."""
    names = [name for rows in sections.values() for name, _ in rows]
    width = max((len(name) for name in names if len(name) <= _WIDEST_NAME), default=0)
    for heading, rows in sections.items():
        with formatter.section(heading):
            formatter.write_dl([(name.ljust(width), text) for name, text in rows], col_max=width)


def _text(option: click.Option, ctx: click.Context) -> str:
    """Return what an option does and its default, without the range of a number."""
    extra = option.get_help_extra(ctx)
    default = extra.get("default", "").removeprefix("(").removesuffix(")")
    remark = "required" if option.required else f"default: {default}" if default else ""
    return f"{option.help or ''}{f' [{remark}]' if remark else ''}".strip()


def _show_all(ctx: click.Context, _option: click.Parameter, is_asked: bool) -> None:
    if is_asked and not ctx.resilient_parsing:
        ctx.meta[_SHOWS_ALL] = True
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


_HELP_ALL = click.Option(
    ["--help-all"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_all,
    help="Show all options and exit.",
)
