"""The command line: a front end is imported only when it is to run, and every exit code is decided here."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import click
import click.shell_completion
from msgspec.structs import replace

from webhook_tui import __version__
from webhook_tui.cli.contract import check_deliveries, contract
from webhook_tui.cli.history_import import import_deliveries
from webhook_tui.cli.list import list_deliveries
from webhook_tui.cli.mcp import serve_mcp
from webhook_tui.cli.options import (
    EXPORT_FORMATS,
    FILE,
    FILTER,
    LOCAL_URL,
    PLAY,
    SECONDS,
    SECRET,
    TOKEN,
    URL,
    criteria_from,
    expectation_options,
    option,
    output_format,
    settings_from,
    shared_options,
)
from webhook_tui.cli.replay import replay
from webhook_tui.cli.setup.config_file import (
    config_warnings,
    default_map,
    option_names,
    places_and_config,
    profile_option,
)
from webhook_tui.cli.setup.config_show import config_commands
from webhook_tui.cli.setup.doctor import doctor
from webhook_tui.cli.setup.status import status
from webhook_tui.cli.show import show
from webhook_tui.cli.wait import wait
from webhook_tui.cli.why import why
from webhook_tui.config import API_URL, Settings, read_config, read_secret_file
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.jobs.job import JOB_FIELDS
from webhook_tui.domain.signature.secret import Secret, token_in
from webhook_tui.domain.url import UrlError, normalized_url
from webhook_tui.encoding import configure_streams
from webhook_tui.log import log_to, tell_of_crashes
from webhook_tui.places import Places
from webhook_tui.streams import OutputError, prepare_streams

if TYPE_CHECKING:
    from webhook_tui.domain.scenario.scenario import Scenario
    from webhook_tui.headless.listen import ListenOptions

RUN_SECONDS = 30.0
"""Seconds that `run` waits for deliveries after its command, unless --within is given."""
_NO_TOKEN = Problem(
    "No token: set PIKTID_TOKEN, or use --token-stdin or --token-file.",
    "Without an account: --sandbox.",
    ExitCode.USAGE,
)

_EXAMPLES = """\b
Examples:
  webhook-tui --sandbox                   no account, no internet
  PIKTID_TOKEN=... webhook-tui            the screen, a tunnel, registered
  webhook-tui listen --format json        the same as lines for a program
  webhook-tui sandbox --port 8080         an embedded PiktID for any client
"""

_NOT_READ = 141
"""Exit code of a program whose output is not read to its end: 128 and the number of SIGPIPE."""

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


def main() -> NoReturn:
    """Run the command line and leave with its exit code; a problem is one plain line on standard error."""
    prepare_streams()
    configure_streams()
    places = Places.of_user()
    log_to(places.log)
    tell_of_crashes()
    try:
        config = read_config(places.config_file)
        warnings = list(config_warnings(config, option_names(root)))
        for warning in warnings:
            click.echo(f"webhook-tui: {warning.sentence()}", err=True)
        try:
            root.main(prog_name="webhook-tui", obj=(places, config), default_map=default_map(config))
        except SystemExit:
            sys.stdout.flush()
            raise
    except ProblemError as error:
        leave(error.problem)
    except OutputError as error:
        if error.is_unread:
            sys.exit(_NOT_READ)
        leave(Problem(f"Standard output cannot be written: {error.reason}.", ""))
    raise AssertionError("click has left by now")


def leave(problem: Problem) -> NoReturn:
    """Say the problem on standard error and end with its exit code."""
    click.echo(f"webhook-tui: {problem.sentence()}", err=True)
    sys.exit(problem.exit_code)


@click.group(invoke_without_command=True, context_settings=_CONTEXT, epilog=_EXAMPLES)
@shared_options
@option("--theme", help="Colours of the screen: webhook-dark, webhook-light, or one of Textual's.")
@option("--ascii", "ascii", is_flag=True, help="Draw with ASCII only.")
@click.version_option(__version__, "--version", prog_name="webhook-tui", message="%(prog)s %(version)s")
@click.pass_context
def root(ctx: click.Context, /, **given: Any) -> None:
    """See PiktID's webhooks arrive on this machine: which are really from PiktID, and what is wrong with the others."""
    if ctx.invoked_subcommand is not None:
        return
    settings = _settings(ctx, given)
    if given["token_stdin"]:
        _take_terminal_back()
    if not _has_screen():
        click.echo("webhook-tui: no terminal here for the screen: behaving as `webhook-tui listen`.", err=True)
        _listen(settings)
    _screen(replace(settings, warnings=_config_warnings(ctx)))


@root.command(context_settings=_CONTEXT)
@shared_options
@expectation_options
@option("--format", "output", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True)
@option("--filter", type=FILTER, help="Print only those that pass: the filter of the screen.")
@option("--exec", "command", metavar='"PROG ARGS"', help="Run for each valid one: its JSON on standard input.")
@click.pass_context
def listen(ctx: click.Context, /, output: str, since_seq: int | None, **given: Any) -> None:
    """Receive, verify and show deliveries as lines: for people, or NDJSON on standard output.

    With --until or --none it ends by itself; junit then prints the outcome alone.
    """
    from webhook_tui.headless.listen import ListenOptions

    criteria = criteria_from(given, job_fields=given["job_id_field"] or JOB_FIELDS)
    if output == "junit" and criteria is None:
        raise click.UsageError("--format junit needs --until FILTER or --none FILTER.")
    chosen, command = given.pop("filter"), given.pop("command")
    options = ListenOptions(output, criteria, since_seq, chosen, command)
    _listen(_settings(ctx, given), options)


@root.command(context_settings=_CONTEXT)
@shared_options
@expectation_options
@click.option("--secret-out", type=FILE, help="Write the signing secret to a file (0600) each time that it changes.")
@output_format("text", "junit")
@click.argument("command", metavar="-- CMD [ARGS]...", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def run(ctx: click.Context, /, command: tuple[str, ...], since_seq: int | None, output: str, **given: Any) -> None:
    """Register a webhook, run CMD beside it, delete the webhook; CMD's exit code is ours.

    CMD finds WEBHOOK_TUI_URL, WEBHOOK_TUI_PORT and WEBHOOK_TUI_SECRET in its environment. With --until, once CMD ended
    with 0, what is missing is waited for, 30 s unless --within says otherwise.
    """
    from webhook_tui.headless.command_run import CommandLine
    from webhook_tui.headless.listen import run_command

    criteria = criteria_from(given, job_fields=given["job_id_field"] or JOB_FIELDS, within=RUN_SECONDS)
    line = CommandLine(command, dict(os.environ), given.pop("secret_out"))
    settings = _with_token(_settings(ctx, given))
    sys.exit(run_command(settings, line, criteria, since_seq=since_seq, output=output))


@root.command(context_settings=_CONTEXT)
@option("--host", default="127.0.0.1", show_default=True, help="Where it listens.")
@option("--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="On which port.")
@option("--token", type=TOKEN, help="The only API token that it accepts; without it, it accepts any.")
@option(
    "--play",
    type=PLAY,
    is_flag=False,
    flag_value="",
    metavar="[FILE]",
    help="Play sample jobs, or the scenario in FILE, to the webhook that is registered.",
)
@option(
    "--speed",
    type=click.FloatRange(0.01, 1000),
    default=1.0,
    show_default=True,
    metavar="X",
    help="With --play FILE: play X times as fast as recorded.",
)
@option("--misbehave", is_flag=True, help="With --play: sign some deliveries badly, on purpose.")
@click.pass_context
def sandbox(
    ctx: click.Context,
    /,
    host: str,
    port: int,
    token: Secret | None,
    play: Scenario | bool | None,
    speed: float,
    misbehave: bool,
) -> None:
    """Serve the embedded PiktID alone, to any client: curl, your own app, another webhook-tui."""
    from webhook_tui.cli.sandbox import serve_sandbox

    ctx.exit(serve_sandbox(host=host, port=port, token=token, play=play, speed=speed, misbehave=misbehave))


@root.command(context_settings=_CONTEXT)
@option("--secret", type=SECRET, multiple=True, help="The signing secret; repeatable.")
@option("--secret-file", type=FILE, multiple=True, help="The same from a file; repeatable.")
@option("--signature", help="The value of X-Webhook-Signature; left out: there was none.")
@option("--delivery", type=FILE, help="A delivery as `listen --format json` writes it, headers and all.")
@option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@option(
    "--timeout",
    type=click.FloatRange(0, 3600),
    default=3.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to search for the cause.",
)
@click.argument("file", type=click.File("rb"), default="-")
@click.pass_context
def verify(ctx: click.Context, /, file: BinaryIO, **given: Any) -> None:
    """Verify a payload's signature offline and, if it is not valid, find out why.

    FILE holds the raw body; - is standard input. Exit code 0: valid, 1: not.
    """
    from webhook_tui.cli.verify import run

    secrets = _secrets(given)
    if not secrets:
        raise click.UsageError("Which secret? Give --secret or --secret-file.")
    ctx.exit(
        run(
            secrets,
            given["signature"],
            given["delivery"],
            file,
            output=given["output"],
            seconds=given["timeout"],
        )
    )


@root.command(context_settings=_CONTEXT)
@shared_options
@click.option("--list", "is_list", is_flag=True, help="List the account's secrets by id; none is revealed.")
@click.option("--remove", metavar="ID", help="Remove the secret with this id; a run under way keeps it until it ends.")
@click.pass_context
def secret(ctx: click.Context, /, *, is_list: bool, remove: str | None, **given: Any) -> None:
    """Print the current signing secret of the account, and nothing else; exit code 1 when there is none."""
    from webhook_tui.cli.secret import current_secret, listed, remove_secret

    settings = _settings(ctx, given)
    if remove is not None:
        click.echo(f"Secret {remove_secret(settings, remove)} removed.")
        return
    if is_list:
        click.echo(listed(settings, datetime.now().astimezone()) or "No secret yet.")
        return
    current = current_secret(settings)
    if current is None:
        leave(Problem("No signing secret of this account is current.", "Registering gives one: webhook-tui."))
    click.echo(current.reveal())


@root.command(context_settings=_CONTEXT)
@option("--api-url", type=URL, default=API_URL, show_default=True, help="API base URL.")
@click.pass_obj
def forget(obj: tuple[Places, dict[str, Any]], api_url: str) -> None:
    """Forget the API token that was kept for the next run."""
    from webhook_tui.cli.token import forget_token

    places, _ = obj
    was_kept = forget_token(places.accounts, api_url)
    click.echo("The token is forgotten." if was_kept else "No token was kept.")


@root.command(context_settings=_CONTEXT)
@click.pass_obj
def paths(obj: tuple[Places, dict[str, Any]]) -> None:
    """Say where the files lie."""
    places, _ = obj
    for name, path in (
        ("config", places.config_file),
        ("deliveries", places.deliveries),
        ("accounts", places.accounts),
        ("log", places.log),
        ("session log", places.session_log),
        ("tunnel log", places.tunnel_log),
        ("known hosts", places.known_hosts),
    ):
        click.echo(f"{name:<12} {path}{'' if path.exists() else '  (not there yet)'}")


@root.command(context_settings=_CONTEXT)
@click.option("--format", "form", type=click.Choice(EXPORT_FORMATS), default="jsonl", show_default=True)
@click.option("--output", type=click.Path(), help="A file, a directory (then a file for each), or - (the default).")
@option("--db", type=FILE, help="Where the history lies.")
@click.option("--seq", type=click.IntRange(1), multiple=True, help="Number of a delivery; repeatable. Default: all.")
@click.option("--marked", is_flag=True, help="Only marked deliveries.")
@option("--filter", type=FILTER, help="Only those that it shows: the filter of the screen.")
@click.option("--url", type=URL, default=LOCAL_URL, show_default=True, help="Where commands and scripts send it.")
@option("--job-id-field", multiple=True, metavar="FIELD", help="Where a job id stands, for job:X; repeatable.")
@option("--keep-links", is_flag=True, help="Leave signatures and tokens in links. Default: blanked.")
@option("--secret", type=SECRET, multiple=True, help="Take this out, too; repeatable.")
@option("--secret-file", type=FILE, multiple=True, help="The same from a file; repeatable.")
@option("--token", type=TOKEN, envvar="PIKTID_TOKEN", hidden=True)
@click.pass_context
def export(ctx: click.Context, /, **given: Any) -> None:
    """Write stored deliveries as commands, tests, archives or lines; credentials and known secrets are taken out."""
    from webhook_tui.cli.export import Choice, known_secrets, run
    from webhook_tui.domain.jobs.job import JobFields
    from webhook_tui.export.destination import Destination
    from webhook_tui.export.formats import FORMATS

    places, _ = ctx.obj
    authtoken = os.environ.get("NGROK_AUTHTOKEN")
    secrets = [
        *_secrets(given),
        *([given["token"]] if given["token"] else []),
        *([Secret(authtoken)] if authtoken else []),
    ]
    run(
        FORMATS[given["form"]],
        history=given["db"] or places.deliveries,
        choice=Choice(
            given["seq"],
            given["marked"],
            given["filter"] and given["filter"].expression,
            job_fields=given["job_id_field"] or JobFields().ids,
        ),
        now=datetime.now(UTC),
        secrets=known_secrets(places.accounts, secrets),
        destination=Destination(given["url"]),
        output=None if given["output"] in (None, "-") else Path(given["output"]),  # Path("./-") is Path("-")
        say=_say,
        accounts=places.accounts,
        keep_links=given["keep_links"],
    )


@root.command(context_settings=_CONTEXT)
@option("--secret", type=SECRET, help="The signing secret that the handler has.")
@option("--secret-file", type=FILE, help="The same from a file.")
@click.option("--format", "output", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True)
@click.option("--timeout", type=SECONDS, default=10.0, show_default=True, help="Seconds for one answer.")
@click.option("--anywhere", is_flag=True, help="The handler is yours and not on this machine.")
@click.argument("url", type=URL)
@click.pass_context
def check(ctx: click.Context, /, url: str, **given: Any) -> None:
    """Test your own handler: send it good, forged and odd deliveries, and say what each wrong answer means.

    Exit code 0: all passed, 1: not.
    """
    from webhook_tui.cli.check import run

    secret = _one_secret(given)
    if secret is None:
        raise click.UsageError("Which secret? Give the handler's own: --secret or --secret-file.")
    ctx.exit(run(url, secret, anywhere=given["anywhere"], timeout_seconds=given["timeout"], output=given["output"]))


@root.command(context_settings=_CONTEXT)
@option("--secret", type=SECRET, help="The signing secret; else the current one of the token's account.")
@option("--secret-file", type=FILE, help="The same from a file.")
@click.option("--file", "file", type=click.File("rb"), help="The body to send; - is standard input. Default: a sample.")
@click.option("--seq", type=click.IntRange(1), help="Send the body of this stored delivery, as the same event.")
@option("--db", type=FILE, help="Where the history lies that --seq means.")
@click.option("--edit", is_flag=True, help="Open the body in $EDITOR first; what is saved is signed and sent.")
@click.option("--timeout", type=SECONDS, default=10.0, show_default=True, help="Seconds for the answer.")
@option("--token", type=TOKEN, envvar="PIKTID_TOKEN", help="API token (better: PIKTID_TOKEN).")
@option("--api-url", type=URL, default=API_URL, show_default=True, help="API base URL.")
@click.argument("event", required=False)
@click.argument("url", type=URL, required=False)
@click.pass_context
def send(ctx: click.Context, /, event: str | None, url: str | None, **given: Any) -> None:
    """Send one event, signed as PiktID signs it: batch_edit, image_result, identity_preprocessing, ping, or any other.

    Without a URL it goes to the webhook that a running webhook-tui registered. With --seq the EVENT may be left out.
    Exit code 0: answered 2xx, 1: not.
    """
    from webhook_tui.cli.send import kept_secret, run, running_url
    from webhook_tui.domain.account import Account

    places, _ = ctx.obj
    if given["seq"] is not None and url is None and event is not None:
        with contextlib.suppress(UrlError):  # then it is an event's name
            url, event = normalized_url(event), None
    account = Account.of(given["api_url"], given["token"] or _kept_token(places, given["api_url"]))
    secret = _one_secret(given) or kept_secret(places.accounts, account)
    url = url or running_url(places.accounts, account)
    if secret is None:
        raise click.UsageError("Which secret? Give --secret or --secret-file, or a token whose webhook has one.")
    if url is None:
        raise click.UsageError("Which URL? No webhook-tui runs that registered one for this token: give it.")
    event, body = _event_to_send(event, given, places)
    ctx.exit(run(event, url, secret, body, timeout_seconds=given["timeout"]))


def _event_to_send(event: str | None, given: dict[str, Any], places: Places) -> tuple[str, bytes]:
    from webhook_tui.cli.send import edited, stored_event
    from webhook_tui.sandbox.samples import sample_body

    seq = given["seq"]
    if seq is not None and given["file"] is not None:
        raise click.UsageError("Which body? Give --file or --seq, not both.")
    if seq is not None:
        own, body = stored_event(given["db"] or places.deliveries, seq)
        event = event or own
    elif event:
        body = given["file"].read() if given["file"] is not None else sample_body(event)
    if not event:
        raise click.UsageError("Which event? Give its name, such as ping, or a stored delivery that has one: --seq.")
    return event, edited(body, seq) if given["edit"] else body


def _one_secret(given: dict[str, Any]) -> Secret | None:
    secret: Secret | None = given["secret"]
    return read_secret_file(given["secret_file"]) if given["secret_file"] is not None else secret


def _secrets(given: dict[str, Any]) -> tuple[Secret, ...]:
    return (*given["secret"], *(read_secret_file(path) for path in given["secret_file"]))


def _say(note: str) -> None:
    click.echo(f"webhook-tui: {note}", err=True)


@root.command(context_settings=_CONTEXT)
@click.option("--markdown", is_flag=True, help="As a table for a README.")
def keys(*, markdown: bool) -> None:
    """List every key of the screen with its id, which config.toml's [keymap] takes."""
    from webhook_tui.ui.keymap import as_markdown, as_text

    click.echo(as_markdown() if markdown else as_text())


@root.command(context_settings=_CONTEXT)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes options and commands: eval "$(webhook-tui completion bash)"."""
    kind = click.shell_completion.get_completion_class(shell)
    assert kind is not None
    click.echo(kind(root, {}, "webhook-tui", "_WEBHOOK_TUI_COMPLETE").source())


_COMMANDS: tuple[click.Command, ...] = (
    *(
        list_deliveries,
        show,
        why,
        wait,
        import_deliveries,
        replay,
        status,
        config_commands,
        doctor,
        contract,
        serve_mcp,
    ),
)
for _command in _COMMANDS:
    root.add_command(_command)
for _command in (root, *root.commands.values(), *config_commands.commands.values(), check_deliveries):
    profile_option(_command)


def _settings(ctx: click.Context, given: dict[str, Any]) -> Settings:
    """Those of this run; where no token is given, the one that was kept."""
    from webhook_tui.cli.token import with_kept_token

    places, config = ctx.obj
    return with_kept_token(settings_from(ctx, given, config=config, places=places))


def _config_warnings(ctx: click.Context) -> tuple[Problem, ...]:
    """What the screen says again, since it hides standard error."""
    _, _, config = places_and_config(ctx)
    return tuple(config_warnings(config, option_names(root)))


def _kept_token(places: Places, api_url: str) -> Secret | None:
    from webhook_tui.cli.token import kept_token

    return kept_token(places.accounts, api_url)


def _has_screen() -> bool:
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)) and os.environ.get("TERM") not in (
        None,
        "",
        "dumb",
    )


def _take_terminal_back() -> None:
    """Standard input gave the token and is at its end: the keyboard is read from the terminal itself."""
    if not sys.stdin.isatty() and sys.platform != "win32":
        try:
            terminal = os.open("/dev/tty", os.O_RDWR)
        except OSError:
            return
        os.dup2(terminal, 0)
        os.close(terminal)


def _listen(settings: Settings, options: ListenOptions | None = None) -> NoReturn:
    from webhook_tui.headless.listen import ListenOptions
    from webhook_tui.headless.listen import listen as run

    sys.exit(run(_with_token(settings), options or ListenOptions()))


def _with_token(settings: Settings) -> Settings:
    """The settings with a token, where one is needed; it is asked for when there is a terminal."""
    if settings.token is None and not settings.sandbox and settings.register:
        return replace(settings, token=_asked_token())
    return settings


def _asked_token() -> Secret:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        leave(_NO_TOKEN)
    click.echo("Without an account: webhook-tui --sandbox. Tokens: app.on-model.com/profile?tab=tokens", err=True)
    try:
        return token_in(str(click.prompt("API token", hide_input=True, err=True)))
    except click.Abort as abort:
        click.echo(err=True)
        if isinstance(abort.__context__, KeyboardInterrupt):
            sys.exit(128 + signal.SIGINT)
        leave(_NO_TOKEN)


def _screen(settings: Settings) -> NoReturn:
    from webhook_tui.ui.launch import run

    sys.exit(run(settings))
