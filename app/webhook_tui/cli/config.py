"""config.toml as the default of options: its keys, profiles, and `webhook-tui config show`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from msgspec import Struct

from webhook_tui.cli.configured_option import (
    CONFIG_KEY,
    ConfiguredOption,
    ValueOrigin,
    option_name,
    profile_table,
    table_in,
    value_origin,
)
from webhook_tui.cli.help import Group, hide_options
from webhook_tui.cli.options import ANSWER, FORWARD, URL, SecretType, output_format, screen_options, shared_options
from webhook_tui.domain.answer_rules.rules import text_of
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.forwarding.forward_rule import ForwardHeader, ForwardRule
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.headless import messages
from webhook_tui.log import log_to
from webhook_tui.places import Places

TABLES = ("filters", "keymap", "profiles")
"""Keys that are no options."""
_OF_EXPORT = ("job_id_field",)
"""What is for `export`, too."""


def default_map(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what click takes for the defaults of the options of every command."""
    defaults = {option_name(key): value for key, value in config.items() if key not in TABLES}
    plain = {name: value for name, value in defaults.items() if name != "output"}
    return {
        **defaults,
        "listen": defaults,
        "run": plain,
        "status": plain,
        "doctor": plain,
        "mcp": plain,
        "config": {"show": defaults},
        "export": {name: defaults[name] for name in _OF_EXPORT if name in defaults},
    }


def profile_option(command: click.Command) -> None:
    """Give a command --profile, which is parsed before every other option."""
    command.params.append(
        ConfiguredOption(
            ["--profile"],
            envvar="WEBHOOK_TUI_PROFILE",
            metavar="NAME",
            is_eager=True,
            expose_value=False,
            callback=_use_profile,
            help="Use [profiles.NAME] of config.toml, with a history and secrets of its own.",
        )
    )


def _use_profile(ctx: click.Context, param: click.Parameter, name: str | None) -> None:
    """Let options, history and secrets of this context be those of the profile. Raises ProblemError."""
    if not isinstance(ctx.default_map, dict):
        ctx.default_map = None  # `secret` is an option and a command: its key gives the command no defaults
    is_root = ctx.parent is None
    if is_root:
        ctx.meta[CONFIG_KEY] = ctx.obj
    assert param.name is not None
    if name is None or (not is_root and ctx.get_parameter_source(param.name) is ParameterSource.ENVIRONMENT):
        return  # the root context has used the variable already
    places, config = ctx.meta[CONFIG_KEY]
    own = places.of_profile(name)
    merged = with_profile(config, name, places.config_file)
    ctx.obj = (own, merged)
    found: Any = default_map(merged)
    for part in _path(ctx):
        found = table_in(found, part)
    ctx.default_map = found
    log_to(own.log)


def _path(ctx: click.Context) -> list[str]:
    """The names of the subcommands down to this context."""
    if ctx.parent is None:
        return []
    return [*_path(ctx.parent), ctx.info_name or ""]


def with_profile(config: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    """Return the options of the file with those of the profile over them; tables are joined key by key.

    Raises ProblemError (usage) that names the nearest profile when there is none of that name.
    """
    profiles = config.get("profiles", {})
    profile = profiles.get(name) if isinstance(profiles, dict) else None
    if not isinstance(profile, dict) or not name.strip(".") or any(sign in name for sign in "/\\\0"):
        names = [key for key in profiles if isinstance(profiles[key], dict)] if isinstance(profiles, dict) else []
        near = nearest(name, names)
        raise ProblemError(messages.no_profile(name, path, names, near))
    merged = {key: value for key, value in config.items() if key != "profiles"}
    for key, value in profile.items():
        before = _own_key(merged, key)
        old = merged.pop(before, None)
        merged[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _own_key(config: Mapping[str, Any], key: str) -> str:
    """The key as the file spells it: `job-id-field` and `job_id_field` are one."""
    return next((other for other in config if _normal(other) == _normal(key)), key)


def _normal(key: str) -> str:
    return key.replace("_", "-")


def config_warnings(config: Mapping[str, Any], root: click.Group) -> Iterator[Problem]:
    """Yield a warning for each key that is no option of `root`, `listen` or `run`, with the nearest that is one."""
    if not config:
        return  # without importing a command
    names = _option_names(root)
    profiles = config.get("profiles", {})
    places = [("", config)]
    if isinstance(profiles, dict):
        places += [(f"profiles.{name}.", table) for name, table in profiles.items() if isinstance(table, dict)]
    for before, table in places:
        for key in table:
            if _normal(key) in names or key in TABLES[: None if not before else 2]:
                continue
            near = nearest(_normal(key), [*names, *TABLES])
            yield messages.unknown_key(before + key, near)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is most like this one, or None when none is like it."""
    import difflib

    return next(iter(difflib.get_close_matches(name, list(names), n=1)), None)


def _option_names(root: click.Group) -> frozenset[str]:
    """The names that config.toml may use for options of the screen, `listen` and `run`, without dashes."""
    context = click.Context(root)
    return frozenset(
        name.removeprefix("--")
        for command in (root, root.get_command(context, "listen"), root.get_command(context, "run"))
        for parameter in (command.params if command is not None else ())
        if isinstance(parameter, click.Option) and parameter.expose_value and not parameter.is_eager
        for name in parameter.opts
        if name.startswith("--")
    )


def places_and_config(ctx: click.Context) -> tuple[Places, dict[str, Any], dict[str, Any]]:
    """Return where files lie, the options in use, and the whole file without a profile's options over it."""
    places, config = ctx.obj
    return places, config, ctx.meta[CONFIG_KEY][1]


_EXAMPLES = ("webhook-tui config show", "webhook-tui config show --profile staging --format json")
MASK = "********"
_ENVIRONMENT_ONLY = {"NGROK_AUTHTOKEN": True, "PYNGROK_NGROK_PATH": False}
"""What no option sets, and whether it is a secret."""
_NO_OPTIONS = (None, "output", "bundle_path")
"""Of a command itself: config.toml does not set them."""
_IN_COMMAND = re.compile(r"(?i)((?:token|secret|password|key)[= ]\s*)[^\s'\"]+")
_QUOTED = re.compile(r"(['\"]).*\1")


class OptionValue(Struct, frozen=True):
    """One option as it counts for this call."""

    name: str
    value: object
    """As JSON has it; a secret is masked."""
    source: str
    place: str = ""
    """As in ValueOrigin."""
    problem: str = ""
    """Why the value is wrong; then it is None."""

    @property
    def origin(self) -> str:
        """Source and place, and the problem."""
        origin = f"{self.source} {self.place}".strip()
        return f"{origin}: {self.problem}" if self.problem else origin

    @property
    def text(self) -> str:
        """The value as people read it."""
        return "invalid" if self.problem else option_text(self.value)

    def as_json(self) -> dict[str, object]:
        """Return the fields, the problem only where there is one."""
        record = {"name": self.name, "value": self.value, "source": self.source, "place": self.place or None}
        return {**record, "problem": self.problem} if self.problem else record


@click.group("config", cls=Group, short_help="Show the options in use.", examples=_EXAMPLES)
def config_commands() -> None:
    """Show the options in use."""


@config_commands.command("show", examples=_EXAMPLES)
@shared_options
@screen_options
@output_format("text", "json")
@click.pass_context
def config_show(ctx: click.Context, /, output: str, **_given: Any) -> None:
    """Show the value of each option and where it comes from.

    That is the default, config.toml, a profile, the environment or an option of this call, which takes those of the
    screen. Secrets are masked. A wrong value of the file or the environment is shown as invalid, with the reason.
    """
    from webhook_tui.export.json_lines import as_line

    values = list(option_values(ctx))
    places, _, _ = places_and_config(ctx)
    if output == "json":
        record = {
            "type": "config",
            "file": str(places.config_file),
            "profile": places.profile,
            "options": [one.as_json() for one in values],
        }
        sys.stdout.write(as_line(record))
        return
    width = max(len(one.name) for one in values) + 2
    column = min(40, max(len(one.text) for one in values)) + 2
    missing = "" if places.config_file.exists() else "  (not there yet)"
    sys.stdout.write(f"{visible(str(places.config_file))}{missing}\n")
    for one in values:
        sys.stdout.write(f"{one.name:<{width}}{one.text:<{column}} {one.origin}\n")


hide_options(config_show, but=("output",))
for _option in config_show.params:
    if isinstance(_option, ConfiguredOption):
        _option.keeps_error = True


def option_values(ctx: click.Context) -> Iterator[OptionValue]:
    """Yield every option of this context that config.toml may set, then the keys of [keymap] and the environment."""
    _, config, whole = places_and_config(ctx)
    profile = places_and_config(ctx)[0].profile
    for parameter in ctx.command.params:
        if isinstance(parameter, click.Option) and parameter.expose_value and parameter.name not in _NO_OPTIONS:
            yield _value(ctx, parameter)
    for table in TABLES[:2]:
        entries = config.get(table, {})
        for key, value in entries.items() if isinstance(entries, dict) else ():
            is_own = profile is not None and key in table_in(profile_table(whole, profile), table)
            source = ("profile", profile or "") if is_own else ("config.toml", "")
            yield OptionValue(f"{table}.{key}", str(value), *source)
    for name, is_secret in _ENVIRONMENT_ONLY.items():
        if value := os.environ.get(name):
            yield OptionValue(name, MASK if is_secret else value, "environment", name)


def _value(ctx: click.Context, parameter: click.Option) -> OptionValue:
    assert parameter.name is not None
    value, origin = ctx.params[parameter.name], value_origin(ctx, parameter)
    name = next(opt for opt in parameter.opts if opt.startswith("--")).removeprefix("--")
    parent = ctx.find_root()
    if origin.source != "option" and parent.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE:
        value, origin = parent.params[parameter.name], ValueOrigin("option")
    if isinstance(value, click.BadParameter):
        may_hold_secret = parameter.type in (URL, FORWARD)
        reason = _QUOTED.sub(rf"\1{MASK}\1", value.message) if may_hold_secret else value.message
        problem = visible(str(_plain(reason, is_secret=False)))
        return OptionValue(name, None, origin.source, origin.place, problem)
    if parameter.type is ANSWER:
        value = text_of(value) or parameter.default
    return OptionValue(
        name, _plain(value, is_secret=isinstance(parameter.type, SecretType)), origin.source, origin.place
    )


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
    if isinstance(value, ForwardHeader):
        return f"{value.name}: {MASK}"
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
