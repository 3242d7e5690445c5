"""`webhook-tui config show`: the value of each option, and where it comes from."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import click
from click.core import ParameterSource
from msgspec import Struct

from webhook_tui.cli.help import Group, hide_options
from webhook_tui.cli.options import AnswerType, NotifyType, SecretType, option, output_format, shared_options
from webhook_tui.cli.setup.config_file import TABLES, places_and_config
from webhook_tui.domain.answer_rules.rules import text_of
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.forwarding.forward_rule import ForwardRule
from webhook_tui.domain.signature.secret import Secret

_EXAMPLES = ("webhook-tui config show", "webhook-tui config show --profile staging --format json")
MASK = "********"
_ENVIRONMENT_ONLY = {"NGROK_AUTHTOKEN": True, "PYNGROK_NGROK_PATH": False}
"""What no option sets, and whether it is a secret."""
_NO_OPTIONS = (None, "output", "bundle_path")
"""Of a command itself: config.toml does not set them."""
_IN_COMMAND = re.compile(r"(?i)((?:token|secret|password|key)[= ]\s*)[^\s'\"]+")


class OptionValue(Struct, frozen=True):
    """One option as it counts for this call."""

    name: str
    value: object
    """As JSON has it; a secret is masked."""
    source: str
    """default, config.toml, profile, environment or option."""
    place: str = ""
    """Where exactly: the variable, the profile."""

    @property
    def origin(self) -> str:
        """The source in words."""
        return f"{self.source} {self.place}".strip()


@click.group("config", cls=Group, short_help="Show the options in use.", examples=_EXAMPLES)
def config_commands() -> None:
    """Show the options in use."""


@config_commands.command("show", examples=_EXAMPLES)
@shared_options
@option("--theme", help="Colours of the screen.")
@option("--notify", type=NotifyType(), metavar="WHAT,...", help="Ring and notify for these.")
@option("--ascii", "ascii", is_flag=True, help="Draw with ASCII only.")
@output_format("text", "json")
@click.pass_context
def config_show(ctx: click.Context, /, output: str, **_given: Any) -> None:
    """Show the value of each option and where it comes from.

    That is the default, config.toml, a profile, the environment or an option of this call, which takes those of the
    screen. Secrets are masked.
    """
    from webhook_tui.export.json_lines import as_line

    values = list(option_values(ctx))
    places, _, _ = places_and_config(ctx)
    if output == "json":
        record = {
            "type": "config",
            "file": str(places.config_file),
            "profile": places.profile,
            "options": [
                {"name": one.name, "value": one.value, "source": one.source, "place": one.place or None}
                for one in values
            ],
        }
        sys.stdout.write(as_line(record))
        return
    width = max(len(one.name) for one in values) + 2
    texts = [option_text(one.value) for one in values]
    column = min(40, max(map(len, texts))) + 2
    missing = "" if places.config_file.exists() else "  (not there yet)"
    sys.stdout.write(f"{visible(str(places.config_file))}{missing}\n")
    for one, text in zip(values, texts, strict=True):
        sys.stdout.write(f"{one.name:<{width}}{text:<{column}} {one.origin}\n")


hide_options(config_show, but=("output",))


def option_values(ctx: click.Context) -> Iterator[OptionValue]:
    """Yield every option of this context that config.toml may set, then the keys of [keymap] and the environment."""
    _, config, whole = places_and_config(ctx)
    profile = _profile_of(ctx)
    for parameter in ctx.command.params:
        if isinstance(parameter, click.Option) and parameter.expose_value and parameter.name not in _NO_OPTIONS:
            yield _value(ctx, parameter, whole, profile)
    for table in TABLES[:2]:
        entries = config.get(table, {})
        for key, value in entries.items() if isinstance(entries, dict) else ():
            is_own = profile is not None and key in _table(_profile_table(whole, profile), table)
            source = ("profile", profile or "") if is_own else ("config.toml", "")
            yield OptionValue(f"{table}.{key}", str(value), *source)
    for name, is_secret in _ENVIRONMENT_ONLY.items():
        if value := os.environ.get(name):
            yield OptionValue(name, MASK if is_secret else value, "environment", name)


def _value(ctx: click.Context, parameter: click.Option, whole: Mapping[str, Any], profile: str | None) -> OptionValue:
    assert parameter.name is not None
    value, source = ctx.params[parameter.name], ctx.get_parameter_source(parameter.name)
    name = next(opt for opt in parameter.opts if opt.startswith("--")).removeprefix("--")
    parent = ctx.find_root()
    if (
        source is not ParameterSource.COMMANDLINE
        and parent.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    ):
        value, source = parent.params[parameter.name], ParameterSource.COMMANDLINE
    if isinstance(parameter.type, AnswerType):
        value = text_of(value) or parameter.default
    shown = _plain(value, is_secret=isinstance(parameter.type, SecretType))
    match source:
        case ParameterSource.COMMANDLINE:
            return OptionValue(name, shown, "option")
        case ParameterSource.ENVIRONMENT:
            return OptionValue(name, shown, "environment", _variable(parameter))
        case ParameterSource.DEFAULT_MAP:
            own = {key.replace("_", "-") for key in _profile_table(whole, profile)}
            return OptionValue(name, shown, *(("profile", profile or "") if name in own else ("config.toml",)))
        case _:
            return OptionValue(name, shown, "default")


def _profile_of(ctx: click.Context) -> str | None:
    return places_and_config(ctx)[0].profile


def _profile_table(whole: Mapping[str, Any], profile: str | None) -> Mapping[str, Any]:
    return {} if profile is None else _table(_table(whole, "profiles"), profile)


def _table(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = config.get(name, {})
    return found if isinstance(found, dict) else {}


def _variable(parameter: click.Option) -> str:
    names = [parameter.envvar] if isinstance(parameter.envvar, str) else parameter.envvar or []
    return next((name for name in names if os.environ.get(name)), "")


def _plain(value: object, *, is_secret: bool) -> object:
    """The value as JSON has it, without a secret in it."""
    from webhook_tui.export.redaction import text_redaction

    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(each, is_secret=is_secret) for each in value]
    if is_secret or isinstance(value, Secret):
        return MASK
    if isinstance(value, ForwardRule):
        value = f"{value.filter_text}={value.url}" if value.filter_text else value.url
    return _IN_COMMAND.sub(rf"\g<1>{MASK}", text_redaction(())(str(value)))


def option_text(value: object) -> str:
    """Return a value as people read it."""
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(option_text, value)) if isinstance(value, list) else visible(str(value))
