"""config.toml as the default of options: which keys it may have, profiles, and warnings about unknown keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.headless import messages
from webhook_tui.log import log_to
from webhook_tui.places import Places

TABLES = ("filters", "keymap", "profiles")
"""Keys that are no options."""
_NAMES = {"sandbox": "use_sandbox", "format": "output"}
"""Where click's name of an option is not its own: `sandbox` is a subcommand, too."""
_OF_EXPORT = ("job_id_field",)
"""What is for `export`, too."""
_WHOLE = "webhook_tui.config"
"""Where a context keeps the whole file, without a profile's options in it."""


def default_map(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what click takes for the defaults of the options of every command."""
    defaults = {_NAMES.get(key, key.replace("-", "_")): value for key, value in config.items() if key not in TABLES}
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
        click.Option(
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
    is_root = ctx.parent is None
    if is_root:
        ctx.meta[_WHOLE] = ctx.obj
    assert param.name is not None
    if name is None or (not is_root and ctx.get_parameter_source(param.name) is ParameterSource.ENVIRONMENT):
        return  # the root context has used the variable already
    places, config = ctx.meta[_WHOLE]
    own = places.of_profile(name)
    merged = with_profile(config, name, places.config_file)
    ctx.obj = (own, merged)
    found: Any = default_map(merged)
    for part in _path(ctx):
        found = found.get(part, {})
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
    return places, config, ctx.meta[_WHOLE][1]
