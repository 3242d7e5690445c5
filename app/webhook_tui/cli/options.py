"""Options and their types. A flag overrides the environment, which overrides config.toml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from webhook_tui.cli.configured_option import ConfiguredOption
from webhook_tui.config import (
    API_URL,
    HOST,
    IMAGES,
    KEEP_DAYS,
    KEEP_ROWS,
    PORT,
    SSH_SERVER,
    TUNNELS,
    named_filters,
)
from webhook_tui.domain.alerts import Subject
from webhook_tui.domain.answer_rules.rules import parse as parse_rule
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.forwarding.forward_rule import ForwardHeader, ForwardRule
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.domain.signature.secret import Secret, token_in
from webhook_tui.domain.url import normalized_url
from webhook_tui.environment import hide_argument
from webhook_tui.headless import messages

if TYPE_CHECKING:
    from webhook_tui.domain.expectation.expectation import Criteria
    from webhook_tui.domain.filtering.filter import Filter
    from webhook_tui.domain.scenario import Scenario

F = TypeVar("F", bound=Callable[..., Any])

EXPORT_FORMATS = ("payload", "curl", "httpie", "python", "pytest", "har", "jsonl", "raw", "csv", "html", "scenario")
"""The names in webhook_tui.export.formats.FORMATS, which --help does not import."""

LOCAL_URL = f"http://{HOST}:{PORT}"

FILE = click.Path(path_type=Path, dir_okay=False)


class SecretType(click.ParamType[Secret]):
    """A secret: click's messages do not repeat it, and it is removed from the process list."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Secret:
        """Return a Secret; an empty value is a usage error."""
        if isinstance(value, Secret):
            return value
        if not str(value):
            self.fail("it is empty", param, ctx)
        hide_argument(str(value))
        return Secret(str(value))


class TokenType(SecretType):
    """An API token, with or without `Bearer ` before it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Secret:
        """Return the token; an empty value is a usage error."""
        token = token_in(super().convert(value, param, ctx).reveal())
        if not token:
            self.fail("it is empty", param, ctx)
        return token


class Parsed(click.ParamType[Any]):
    """A text that a function reads; the ValueError that it raises is a usage error in its words."""

    def __init__(self, name: str, parse: Callable[[str, click.Context | None], Any]) -> None:
        """`name`: of the value in the help."""
        self.name = name
        self._parse = parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the parsed text; what is parsed already stays."""
        if not isinstance(value, str):
            return value
        try:
            return self._parse(value, ctx)
        except ValueError as error:
            self.fail(visible(str(error)), param, ctx)


class ParsedLine(Parsed):
    """A text that holds blanks; where it is repeatable, the environment gives one a line."""

    envvar_list_splitter = "\n"


def _subjects(text: str, _ctx: click.Context | None) -> frozenset[Subject]:
    try:
        return frozenset(Subject(name.strip()) for name in text.split(",") if name.strip())
    except ValueError:
        raise ValueError(f"it takes {', '.join(Subject)}, separated by commas") from None


def _named_filters(ctx: click.Context | None) -> Mapping[str, str]:
    """Return what `@name` stands for: the filters of config.toml and of the profile in use."""
    return {} if ctx is None or ctx.obj is None else named_filters(ctx.obj[1])


def _filter(text: str, ctx: click.Context | None) -> Filter:
    """Parse the filter. Raises ProblemError (usage), which quotes the part that is invalid."""
    from webhook_tui.domain.filtering.filter import Filter, FilterError

    try:
        return Filter.parse(text, _named_filters(ctx))
    except FilterError as error:
        raise ProblemError(messages.invalid_filter(visible(error.part), visible(str(error)))) from error


def _scenario(text: str, _ctx: click.Context | None) -> Scenario | bool:
    """Read the file; an empty text, and words for yes and no, mean sample jobs or none."""
    from webhook_tui.domain.scenario import ScenarioError, read_scenario

    if text.lower() in ("", "1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    try:
        return read_scenario(Path(text).read_bytes())
    except OSError as error:
        raise ValueError(f"{text}: {error.strerror}") from error
    except ScenarioError as error:
        raise ValueError(f"{text} is not a scenario: {error}") from error


ANSWER = Parsed("rule", lambda text, _: parse_rule(text))
FILTER = Parsed("filter", _filter)
FORWARD_HEADER = ParsedLine("header", lambda text, _: ForwardHeader.parse(text))
FORWARD = Parsed("[filter=]url", lambda text, ctx: ForwardRule.parse(text, _named_filters(ctx)))
NOTIFY = Parsed("what", _subjects)
PLAY = Parsed("file", _scenario)
SECRET = SecretType()
TOKEN = TokenType()
URL = Parsed("url", lambda text, _: normalized_url(text))


def option(*names: str, envvar: str | list[str] | None = None, **extra: Any) -> Callable[[F], F]:
    """Return a click option that the variable WEBHOOK_TUI_<NAME> sets, too."""
    long = next(name for name in names if name.startswith("--")).split("/")[0]
    own = "WEBHOOK_TUI_" + long.removeprefix("--").replace("-", "_").upper()
    others = [envvar] if isinstance(envvar, str) else envvar or []
    return plain_option(*names, envvar=[*others, own], **extra)


def plain_option(*names: str, **extra: Any) -> Callable[[F], F]:
    """Return a click option that no variable sets."""
    return click.option(*names, cls=ConfiguredOption, **extra)


def output_format(*names: str, **extra: Any) -> Callable[[F], F]:
    """Return the option --format; the first name is the default."""
    return plain_option(
        "--format",
        "output",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="How to print it.",
        **extra,
    )


def together(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Return a decorator that adds these options, in the order of the help."""

    def add(command: F) -> F:
        for decorate in reversed(options):
            command = decorate(command)
        return command

    return add


def secret_options(does: str) -> Callable[[F], F]:
    """Return the repeatable options --secret and --secret-file. `does`: what is done with a secret."""
    return together(
        option("--secret", type=SECRET, multiple=True, help=f"{does}; repeatable."),
        option("--secret-file", type=FILE, multiple=True, help="The same from a file; repeatable."),
    )


def secret_option(does: str) -> Callable[[F], F]:
    """Return the options --secret and --secret-file for one secret. `does`: what is done with it."""
    return together(
        option("--secret", type=SECRET, help=does), option("--secret-file", type=FILE, help="The same from a file.")
    )


def timeout_option(of: str) -> Callable[[F], F]:
    """Return the option --timeout of a command that waits for answers. `of`: which ones."""
    return plain_option(
        "--timeout",
        type=click.FloatRange(0.1, 60),
        default=10.0,
        metavar="SECONDS",
        show_default=True,
        help=f"Time to wait for {of}.",
    )


_TOKEN_OPTIONS = (
    option("--token", type=TOKEN, envvar="PIKTID_TOKEN", help="API token (better: PIKTID_TOKEN or --token-file)."),
    option("--token-file", type=FILE, help="Read the API token from a file that only you can read."),
)
_TOKEN_STDIN = option("--token-stdin", is_flag=True, help="Read the API token from the first line of standard input.")
api_url_option = option("--api-url", type=URL, default=API_URL, show_default=True, help="API base URL.")
db_option = option("--db", type=FILE, help="The history file.")

token_options = together(*_TOKEN_OPTIONS, _TOKEN_STDIN, api_url_option)
"""The options of a command about the token of one account and what is stored for it."""

account_options = together(*_TOKEN_OPTIONS, api_url_option, db_option)
"""The options of a command about one account and one history."""

history_options = together(
    db_option,
    plain_option("--token", type=TOKEN, help="Only deliveries of this token's account."),
    plain_option("--api-url", type=URL, help="Only deliveries of accounts at this API."),
)
"""The options of a command that reads the history: its file and the accounts, by default all.

PIKTID_TOKEN and a stored token select no account here, because the history needs none.
"""

filter_option = option("--filter", type=FILTER, help="Only matching deliveries.")
job_id_option = option(
    "--job-id-field", multiple=True, metavar="FIELD", help="Field of a job id, for the filter job:X; repeatable."
)

wait_options = together(
    plain_option(
        "--count", type=click.IntRange(1), metavar="N", default=1, show_default=True, help="Wait for N deliveries."
    ),
    plain_option(
        "--within", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Time limit. Default: none."
    ),
    plain_option("--none", type=FILTER, help="Exit with 7 when a delivery matches this filter."),
    plain_option(
        "--since-seq", type=click.IntRange(0), metavar="N", help="Count deliveries after number N. Default: new ones."
    ),
)
"""What is waited for, beside the filter itself."""

expectation_options = together(
    plain_option("--until", type=FILTER, help="Exit with 0 when deliveries match this filter; 6: not in time."),
    wait_options,
)
"""The options of a command that waits for deliveries of its own session."""


shared_options = together(
    *_TOKEN_OPTIONS,
    _TOKEN_STDIN,
    option("--sandbox", "use_sandbox", is_flag=True, help="Use the embedded PiktID: no token, no tunnel, no internet."),
    api_url_option,
    option("--hook-url", type=URL, help="Register exactly this URL, open no tunnel, accept any path."),
    option("--tunnel", type=click.Choice(TUNNELS), default="ssh", show_default=True, help="How to get a public URL."),
    option("--ssh-server", default=SSH_SERVER, show_default=True, metavar="HOST", help="For --tunnel ssh."),
    option("--tunnel-command", metavar='"PROG {port}"', help="For --tunnel command: cloudflared, pinggy and others."),
    option("--tunnel-url-pattern", metavar="REGEX", help="For --tunnel command: matches the public URL in its output."),
    option("--host", default=HOST, show_default=True, help="Address that the receiver listens on."),
    option(
        "--port",
        type=click.IntRange(0, 65_535),
        default=PORT,
        metavar="N",
        show_default="9876, or the next free one",
        help="Port that the receiver listens on.",
    ),
    option("--no-clean", is_flag=True, help="Keep the webhook registered on exit."),
    option("--replace", is_flag=True, help="Replace a webhook that is not ours without asking."),
    secret_options("Verify with this signing secret, too, in this run"),
    option("--no-register", is_flag=True, help="Verify and show only; change nothing at PiktID."),
    option("--no-sse", is_flag=True, help="Do not compare with the event stream (SSE)."),
    option(
        "--lost-after",
        type=click.FloatRange(0.1, 3600),
        metavar="SECONDS",
        show_default="30; 3 in the sandbox",
        help="When an event that came by SSE alone counts as lost.",
    ),
    option(
        "--forward-to",
        type=FORWARD,
        multiple=True,
        metavar="[FILTER=]URL",
        help="Forward (matching) deliveries to your app and return its answer; repeatable, the first match wins.",
    ),
    option("--answer", type=ANSWER, default="200", show_default=True, help='Answer by a rule: "503 x3, 200".'),
    option("--forward-path", is_flag=True, help="Append the delivery's path and query to --forward-to."),
    option("--forward-anywhere", is_flag=True, help="Allow --forward-to and replay to leave this machine."),
    option(
        "--forward-retries",
        type=click.IntRange(0, 10),
        metavar="N",
        default=0,
        show_default=True,
        help="Retries when your app does not answer, or answers 5xx.",
    ),
    option(
        "--forward-header",
        type=FORWARD_HEADER,
        multiple=True,
        metavar='"NAME: VALUE"',
        help="Add this header to what is forwarded; repeatable.",
    ),
    db_option,
    option("--ephemeral", is_flag=True, help="Delete the history on exit."),
    option(
        "--keep-days",
        type=click.IntRange(0, 36_500),
        metavar="N",
        default=KEEP_DAYS,
        show_default=True,
        help="Delete deliveries older than N days (0 = never).",
    ),
    *(
        option(f"--job-{what}-field", multiple=True, metavar="FIELD", help=f"{does}; repeatable.")
        for what, does in (
            ("id", "Field of a job id in `data`, as `a.b`"),
            ("status", "Field of its status"),
            ("progress", "Field of its progress: a percentage, or `done/total`"),
            ("image", "Field of links to its images"),
        )
    ),
    option(
        "--keep-rows",
        type=click.IntRange(0, 2**53),
        metavar="N",
        default=KEEP_ROWS,
        show_default=True,
        help="Keep at most N deliveries (0 = unlimited).",
    ),
)
"""The options of every command with a session."""

screen_options = together(
    option("--theme", help="Colours of the screen: webhook-dark, webhook-light, or one of Textual's."),
    option("--ascii", "ascii", is_flag=True, help="Draw with ASCII only."),
    option(
        "--images",
        type=click.Choice(IMAGES),
        default="auto",
        show_default=True,
        help="Draw images as the terminal can, with kitty graphics, or with half blocks.",
    ),
    option(
        "--notify", type=NOTIFY, metavar="WHAT,...", help="Ring and notify for: invalid, lost, job (a job is done)."
    ),
)
"""The options of the screen."""


def job_fields_from(values: Mapping[str, Any]) -> JobFields:
    """Return the given fields; the defaults of each kind without any, or where the command has no such option."""
    default = JobFields()
    return JobFields(
        ids=values.get("job_id_field") or default.ids,
        status=values.get("job_status_field") or default.status,
        progress=values.get("job_progress_field") or default.progress,
        images=values.get("job_image_field") or default.images,
    )


def criteria_from(given: dict[str, Any], *, job_fields: JobFields, within: float | None = None) -> Criteria | None:
    """Remove these options from `given` and return them; None: no delivery is awaited. `within`: its default.

    Raises click.UsageError when there is no filter.
    """
    from webhook_tui.domain.expectation.expectation import Criteria

    until, none, count, seconds = (given.pop(name) for name in ("until", "none", "count", "within"))
    if until is None and none is None:
        if seconds is not None or count != 1:
            raise click.UsageError("No filter was given. Use --until FILTER or --none FILTER.")
        return None
    return Criteria(until, count, none, within if seconds is None else seconds, job_fields)
