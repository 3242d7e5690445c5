"""An option whose value may come from the environment or config.toml, and where a value comes from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import click
from click.core import ParameterSource
from msgspec import Struct

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ProblemError

CONFIG_KEY = "webhook_tui.config"
"""The key in `meta` of a context: the places, and config.toml as it is, without the options of a profile over it."""
_NAMES = {"sandbox": "use_sandbox", "format": "output"}
"""Where click's name of an option is not its own: `sandbox` is a subcommand, too."""


class ValueOrigin(Struct, frozen=True):
    """Where the value of an option comes from."""

    source: str
    """default, config.toml, profile, environment or option."""
    place: str = ""
    """Where exactly: the variable, the profile."""
    words: str = ""
    """What to change when the value is wrong, for people; empty: neither a variable nor a file gives it."""


class ConfiguredOption(click.Option):
    """An option that the environment or config.toml may set; the error of a wrong value says where it stands."""

    keeps_error: bool = False
    """Whether the error takes the place of a wrong value, instead of ending the command; not where it was typed."""

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Set the value in the context; leave to a subcommand what was not typed before its name.

        Raises click.BadParameter, and what the type raises for a typed value.
        """
        is_typed = self.name in opts
        if args and isinstance(ctx.command, click.Group) and not (is_typed or self.is_eager):
            return None, args
        try:
            return super().handle_parse_result(ctx, opts, args)
        except (click.BadParameter, ProblemError) as error:
            words = value_origin(ctx, self).words
            if not words:
                raise
            message = error.message if isinstance(error, click.BadParameter) else error.problem.sentence()
            located = click.BadParameter(message, ctx, self, words)
            if not self.keeps_error:
                raise located from error
            assert self.name is not None
            ctx.params[self.name] = located
            return located, args

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the value as the option's type converts it, one of config.toml as if it were typed."""
        assert self.name is not None
        is_of_file = ctx.get_parameter_source(self.name) is ParameterSource.DEFAULT_MAP
        return super().type_cast_value(ctx, self._as_typed(value) if is_of_file else value)

    def _as_typed(self, value: Any) -> Any:
        """Return text for a value of TOML, and a list of texts where the option is repeatable."""
        if self.is_flag:
            if isinstance(value, bool | str):
                return value
            raise click.BadParameter("it takes true or false")
        values = value if self.multiple and isinstance(value, list) else [value]
        if any(isinstance(one, bool) or not isinstance(one, str | int | float) for one in values):
            raise click.BadParameter(f"it takes text or a number{', or a list of them' if self.multiple else ''}")
        texts = [str(one) for one in values]
        if any("\0" in text for text in texts):
            raise click.BadParameter("it holds a NUL character")
        return texts if self.multiple else texts[0]


def value_origin(ctx: click.Context, option: click.Option) -> ValueOrigin:
    """Return where the value of the option in this context comes from."""
    assert option.name is not None
    match ctx.get_parameter_source(option.name):
        case ParameterSource.COMMANDLINE:
            return ValueOrigin("option")
        case ParameterSource.ENVIRONMENT:
            variable = _variable(option)
            return ValueOrigin("environment", variable, f"the environment variable {variable}")
        case ParameterSource.DEFAULT_MAP:
            return _origin_in_file(ctx, option.name)
        case _:
            return ValueOrigin("default")


def option_name(key: str) -> str:
    """Return click's name of the option that a key of config.toml sets."""
    return _NAMES.get(key, key.replace("-", "_"))


def profile_table(whole: Mapping[str, Any], profile: str | None) -> Mapping[str, Any]:
    """Return the table of a profile in the whole file, empty without one."""
    return {} if profile is None else table_in(table_in(whole, "profiles"), profile)


def table_in(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the table of that name, empty where there is none."""
    found = config.get(name, {})
    return found if isinstance(found, dict) else {}


def _origin_in_file(ctx: click.Context, name: str) -> ValueOrigin:
    places, whole = ctx.obj[0], ctx.meta[CONFIG_KEY][1]
    keys = {option_name(key): key for key in whole}
    own = {option_name(key): key for key in profile_table(whole, places.profile)}
    path = visible(str(places.config_file))
    if name in own:
        where = f'"{visible(own[name])}" in [profiles.{visible(places.profile)}] of {path}'
        return ValueOrigin("profile", places.profile, where)
    return ValueOrigin("config.toml", words=f'"{visible(keys.get(name, name))}" in {path}')


def _variable(option: click.Option) -> str:
    names = [option.envvar] if isinstance(option.envvar, str) else option.envvar or []
    return next((name for name in names if os.environ.get(name)), "")
