"""What the shared options become: from flags, the environment, config.toml, files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from webhook_tui.cli.main import root
from webhook_tui.cli.options import FILTER, shared_options
from webhook_tui.cli.settings import settings_from
from webhook_tui.config import Settings
from webhook_tui.domain.answer_rules.rules import Default, FailThenRecover
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.forwarding.forward_rule import ForwardHeader, ForwardRule
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.places import Places


def settings(*arguments: str, config: dict[str, Any] | None = None, given: str = "", **environment: str) -> Settings:
    """What a command makes of them."""
    made: list[Settings] = []

    @click.command()
    @shared_options
    @click.pass_context
    def command(ctx: click.Context, /, **given: Any) -> None:
        made.append(settings_from(ctx, given, config={}, places=Places.of_user()))

    names = {key.replace("-", "_"): value for key, value in (config or {}).items()}
    result = CliRunner().invoke(
        command, arguments, input=given, default_map=names, env=environment, catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return made[0]


def test_by_default_the_names_of_the_job_api() -> None:
    """PiktID documents none for events."""
    assert settings().job_fields == JobFields()


@pytest.mark.parametrize(
    ("kind", "attribute"), [("id", "ids"), ("status", "status"), ("progress", "progress"), ("image", "images")]
)
def test_each_kind_is_a_setting(kind: str, attribute: str) -> None:
    """What is given takes the place of the default of its kind, and a flag that of the others."""
    name, variable = f"job-{kind}-field", f"WEBHOOK_TUI_JOB_{kind.upper()}_FIELD"
    by_flag = settings(f"--{name}", "a.b", f"--{name}", "c", config={name: ["x"]}, **{variable: "y"})
    by_environment = settings(config={name: ["x"]}, **{variable: "y z"})
    by_config = settings(config={name: ["x", "w"]})
    for made, expected in ((by_flag, ("a.b", "c")), (by_environment, ("y", "z")), (by_config, ("x", "w"))):
        assert tuple(getattr(made.job_fields, attribute)) == expected
    assert (
        sum(getattr(by_config.job_fields, one) != getattr(JobFields(), one) for one in JobFields.__struct_fields__) == 1
    )


def test_a_token_is_understood_as_it_stands_in_a_header(tmp_path: Path) -> None:
    """However it is given."""
    file = tmp_path / "token"
    file.write_bytes("\ufeffBearer t\r\n".encode("utf-16"))
    file.chmod(0o600)
    made = [
        settings("--token", "Bearer t"),
        settings(WEBHOOK_TUI_TOKEN=" bearer t "),
        settings("--token-file", str(file)),
        settings("--token-stdin", given="\ufeffAuthorization: Bearer t\n"),
    ]

    assert [one.token for one in made] == [Secret("t")] * 4


def test_a_header_without_a_token_is_refused(tmp_path: Path) -> None:
    """As an empty one is."""
    file = tmp_path / "token"
    file.write_text("Bearer\n")
    file.chmod(0o600)
    for arguments, given in ((("--token-file", str(file)), ""), (("--token-stdin",), "Bearer \n")):
        with pytest.raises(ProblemError, match=r"(contains|has) no token"):
            settings(*arguments, given=given)
    with pytest.raises(AssertionError, match="it is empty"):
        settings("--token", "Bearer ")


def test_urls_are_what_is_meant() -> None:
    """In all three ways; a query and a path are left as they are."""
    assert settings("--forward-to", "localhost:3000/Hook?a=1").forward_to == "http://localhost:3000/Hook?a=1"
    assert settings(WEBHOOK_TUI_HOOK_URL="HTTPS://Me.example/x").hook_url == "https://Me.example/x"
    assert settings(config={"forward-to": "0.0.0.0:3000"}).forward_to == "http://0.0.0.0:3000"


def test_headers_to_forward_hold_blanks() -> None:
    """One by a flag or an item of a list, and one a line in the environment."""
    tenant, token = ForwardHeader("X-Tenant", Secret("a")), ForwardHeader("Authorization", Secret("Bearer t"))

    flags = ("--forward-header", "X-Tenant: a", "--forward-header", "Authorization: Bearer t")
    assert settings(*flags).forward_header == (tenant, token)
    assert settings(WEBHOOK_TUI_FORWARD_HEADER="X-Tenant: a\nAuthorization: Bearer t").forward_header == (tenant, token)
    assert settings(config={"forward-header": "Authorization: Bearer t"}).forward_header == (token,)
    with pytest.raises(AssertionError, match="NAME: VALUE"):
        settings("--forward-header", "X-Tenant")


def test_the_first_rule_that_matches_forwards() -> None:
    """What follows one without a filter is never reached; config.toml may give one as text, or a list."""
    made = settings("--forward-to", "event:a=http://a", "--forward-to", "http://b", "--forward-to", "event:c=http://c")

    assert made.forward_rules == (ForwardRule("http://a", "event:a"),)
    assert made.forward_to == "http://b"
    assert settings(config={"forward-to": ["event:a=http://a"]}).forward_to is None
    with pytest.raises(AssertionError, match="event needs a name"):
        settings("--forward-to", "event:=http://a")


def test_the_answer_rule_from_the_start() -> None:
    """In the grammar that the screen shows."""
    assert settings().answer == Default()
    assert settings("--answer", "503 x3, 200").answer == FailThenRecover(503, 3)
    with pytest.raises(AssertionError, match="Write a rule as"):
        settings("--answer", "x")


def test_forward_path_is_an_option() -> None:
    """Off unless it is asked for."""
    assert not settings().forward_path
    assert settings("--forward-path").forward_path


def test_named_filters_are_those_of_the_file() -> None:
    """A filter knows its text still; a rule for forwarding goes to a session that knows no names."""
    found: list[Any] = []

    @click.command()
    @click.option("--filter", type=FILTER)
    @shared_options
    @click.pass_context
    def command(ctx: click.Context, /, **given: Any) -> None:
        found.append(given.pop("filter"))
        found.append(settings_from(ctx, given, config=ctx.obj[1], places=Places.of_user()))

    config = {"filters": {"broken": "!verdict:valid or id:1", "number": 1}}
    arguments = ("--filter", "@broken event:ping", "--forward-to", "x @broken=http://127.0.0.1:1/a")
    result = CliRunner().invoke(command, arguments, obj=(Places.of_user(), config), catch_exceptions=False)

    assert result.exit_code == 0, result.output
    chosen, made = found
    assert chosen.text == "@broken event:ping"
    assert chosen.expression == parse("!verdict:valid event:ping or id:1 event:ping")
    assert made.forward_rules == (ForwardRule("http://127.0.0.1:1/a", "x !verdict:valid or x id:1"),)
    assert made.filters == {"broken": "!verdict:valid or id:1"}
    with pytest.raises(ProblemError, match=r'invalid at "@brokn": No filter @brokn. Nearest: @broken\. '):
        CliRunner().invoke(command, ("--filter", "@brokn"), obj=(Places.of_user(), config), catch_exceptions=False)


@pytest.mark.parametrize(
    ("arguments", "config", "images"),
    [((), {}, "auto"), ((), {"images": "kitty"}, "kitty"), (("--images", "blocks"), {"images": "kitty"}, "blocks")],
)
def test_how_images_are_drawn(arguments: tuple[str, ...], config: dict[str, str], images: str) -> None:
    """By a flag of the screen, else by config.toml."""
    with root.make_context("webhook-tui", list(arguments), default_map=config) as ctx:
        assert settings_from(ctx, ctx.params, config={}, places=Places.of_user()).images == images


def test_every_command_that_reads_the_history_takes_it_from_the_environment() -> None:
    """WEBHOOK_TUI_DB is the same history for all of them."""
    commands = {one.name: one for ones in root.sections.values() for one in ones}
    variables = {
        name: option.envvar for name, command in commands.items() for option in command.params if option.name == "db"
    }
    assert {"listen", "list", "export"} <= variables.keys()
    assert [name for name, variable in variables.items() if variable != ["WEBHOOK_TUI_DB"]] == []
