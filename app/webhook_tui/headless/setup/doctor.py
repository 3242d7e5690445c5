"""Checks this machine for what webhook-tui needs with the options in use: what `doctor` does. Nothing is registered."""

from __future__ import annotations

import asyncio
import os
import platform
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from webhook_tui import __version__
from webhook_tui.config import Settings
from webhook_tui.domain import units
from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.running_session import RunningSession
from webhook_tui.encoding import is_utf8
from webhook_tui.headless.messages import NO_TOKEN
from webhook_tui.headless.setup.status import Ownership, StatusRequest, WebhookReport, read_webhook
from webhook_tui.http.sockets import bind
from webhook_tui.session import messages
from webhook_tui.session.status import opens_tunnel
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.database.schema import ACCOUNTS
from webhook_tui.storage.history_summary import summarize_history
from webhook_tui.storage.running_sessions import running_sessions
from webhook_tui.storage.secret_storage import KeyringSecretStorage

_NAME, _STATE = 12, 10


class CheckState(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    """It works without it, or not as well."""
    MISSING = "missing"
    """webhook-tui does not work here with these options."""


class Check(Struct, frozen=True):
    """One check and its result."""

    name: str
    state: CheckState
    found: str
    """What there is, or what is missing."""
    hint: str = ""
    """What to do; empty: nothing."""


def is_ok(checks: Sequence[Check]) -> bool:
    """Return whether nothing is missing that is needed."""
    return all(check.state is not CheckState.MISSING for check in checks)


def checks_page(checks: Sequence[Check], *, in_ascii: bool) -> str:
    """Return the checks as lines for people, without a newline at the end."""
    lines = []
    for check in checks:
        state = f"{_glyph(check.state, in_ascii=in_ascii)} {check.state.value}"
        lines.append(f"{state:<{_STATE}}{check.name:<{_NAME}}{visible(check.found)}")
        if check.hint:
            lines.append(f"{'':<{_STATE + _NAME}}{visible(check.hint)}")
    missing = sum(check.state is CheckState.MISSING for check in checks)
    summary = {0: "Nothing is missing.", 1: "One thing is missing."}.get(missing, f"{missing} things are missing.")
    return "\n".join([*lines, summary])


def checks_record(checks: Sequence[Check]) -> Mapping[str, object]:
    """Return the same as an object for JSON."""
    return {
        "type": "doctor",
        "version": __version__,
        "is_ok": is_ok(checks),
        "checks": [
            {"name": check.name, "state": check.state.value, "found": check.found, "hint": check.hint or None}
            for check in checks
        ],
    }


def _glyph(state: CheckState, *, in_ascii: bool) -> str:
    glyphs = {CheckState.OK: "✓+", CheckState.WARNING: "!!", CheckState.MISSING: "✗x"}
    return glyphs[state][in_ascii]


_LARGEST_OFFSET_SECONDS = 30.0
_LEAST_FREE = 100_000_000
"""Bytes."""
_SMALLEST = (40, 10)
"""Columns and rows in which the screen can be used."""
_SSH_SECONDS = 5.0
_OK, _WARNING, _MISSING = CheckState.OK, CheckState.WARNING, CheckState.MISSING


async def run_checks(
    settings: Settings, request: StatusRequest, secrets: Check, warnings: Sequence[Problem]
) -> Sequence[Check]:
    """Return every check. `secrets`: that of `secrets_check`; `warnings`: what is wrong with config.toml."""
    webhook = None if settings.sandbox or not settings.register else await read_webhook(request)
    sessions = running_sessions(request.history)
    return [
        program_check(),
        config_check(settings, warnings),
        await tunnel_check(settings),
        port_check(settings, sessions),
        *account_checks(settings, webhook),
        secrets,
        history_check(settings),
        terminal_check(os.environ, settings),
    ]


def program_check() -> Check:
    """Return the versions."""
    system = f"{platform.system()} {platform.release()}"
    return Check("program", _OK, f"webhook-tui {__version__}, Python {platform.python_version()}, {system}")


def config_check(settings: Settings, warnings: Sequence[Problem]) -> Check:
    """Return whether config.toml is understood."""
    path = settings.places.config_file
    if warnings:
        more = f" ({len(warnings) - 1} more)" if len(warnings) > 1 else ""
        return Check("config", _WARNING, f"{warnings[0].message}{more}", warnings[0].hint)
    return Check("config", _OK, str(path) if path.exists() else f"{path} (not there, not needed)")


async def tunnel_check(settings: Settings) -> Check:
    """Return whether the program that opens the tunnel is there."""
    if not opens_tunnel(settings):
        return Check("tunnel", _OK, "not needed with these options")
    match settings.tunnel:
        case "ngrok":
            return _ngrok_check(settings)
        case "command":
            program = (shlex.split(settings.tunnel_command or "") or [""])[0]
            if shutil.which(program) is None:
                return Check("tunnel", _MISSING, f"`{program}` is not on the PATH.", "Install it, or write its path.")
            return Check("tunnel", _OK, f"{shutil.which(program)}")
        case _:
            return await _ssh_check()


async def _ssh_check() -> Check:
    program = shutil.which("ssh")
    if program is None:
        hint = "Install the OpenSSH client, or use --tunnel ngrok, --tunnel command or --hook-url."
        return Check("ssh client", _MISSING, "There is no ssh on the PATH.", hint)
    version = "version unknown"
    try:
        async with asyncio.timeout(_SSH_SECONDS):
            process = await asyncio.create_subprocess_exec(
                program, "-V", stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
            )
            _, said = await process.communicate()
            version = said.decode("utf-8", "replace").strip() or version
    except (OSError, TimeoutError):
        return Check("ssh client", _MISSING, f"{program} does not run.", "Install the OpenSSH client again.")
    return Check("ssh client", _OK, f"{version} ({program})")


def _ngrok_check(settings: Settings) -> Check:
    program = shutil.which(settings.ngrok_path or "ngrok")
    if program is None:
        hint = "Install it from ngrok.com/download, or set PYNGROK_NGROK_PATH."
        return Check("tunnel", _MISSING, "There is no ngrok agent.", hint)
    if settings.ngrok_authtoken is None:
        return Check("tunnel", _WARNING, f"{program}, and no NGROK_AUTHTOKEN.", "Set it, unless the agent has it.")
    return Check("tunnel", _OK, program)


def port_check(settings: Settings, sessions: Sequence[RunningSession]) -> Check:
    """Return whether the receiver can listen."""
    host, port = settings.host, settings.port
    owner = next((session for session in sessions if session.port == port and port), None)
    if owner is not None:
        return Check("port", _OK, f"{port} is used by the session that runs (process {owner.pid})")
    try:
        bind(host, port, exact=True).close()
    except ProblemError as error:
        if error.problem.exit_code is ExitCode.PORT and port and not settings.port_was_given:
            return Check("port", _WARNING, error.problem.message, "The next free one is used.")
        return Check("port", _MISSING, error.problem.message, error.problem.hint)
    return Check("port", _OK, f"{host}:{port} is free" if port else f"any free one on {host}")


def account_checks(settings: Settings, webhook: WebhookReport | None) -> Sequence[Check]:
    """Return the checks of the token, the API and the clock. `webhook`: None: PiktID is not used."""
    if webhook is None:
        why = "not needed with --sandbox" if settings.sandbox else "not needed with --no-register"
        return [Check("token", _OK, why)]
    if settings.token is None:
        return [Check("token", _MISSING, NO_TOKEN.message, NO_TOKEN.hint)]
    known = f"{settings.token.fingerprint()[:4]} (the first digits of its fingerprint)"
    if webhook.exit_code is not ExitCode.OK:
        message, _, hint = (webhook.problem or "").partition(". ")
        problem = Check("API", _MISSING, f"{message.rstrip('.')}.", hint)
        return [Check("token", _OK, known), problem, clock_check(webhook.clock_offset_seconds)]
    found = f"{settings.api_url} answers, webhook: {webhook.ownership.value}"
    is_other = webhook.ownership is Ownership.OTHER
    api = Check(
        "API",
        _WARNING if is_other else _OK,
        found,
        "Another program has this account's webhook; registering here replaces it (asks first)." if is_other else "",
    )
    return [Check("token", _OK, known), api, clock_check(webhook.clock_offset_seconds)]


def clock_check(offset_seconds: float | None) -> Check:
    """Return whether this machine's clock agrees with PiktID's."""
    if offset_seconds is None:
        return Check("clock", _WARNING, "PiktID's time is not known.", "")
    away = abs(offset_seconds)
    if away > _LARGEST_OFFSET_SECONDS:
        side = "ahead of" if offset_seconds > 0 else "behind"
        hint = "Set this machine's clock: ages and delays are wrong by as much."
        return Check("clock", _WARNING, f"{units.age(away)} {side} PiktID's", hint)
    return Check("clock", _OK, f"within {max(2, round(away) + 1)} s of PiktID's")


def secrets_check(settings: Settings) -> Check:
    """Return where secrets are kept, and whether their file can be read; a damaged one is moved, as by any command."""
    path = settings.accounts_path
    if path is None:
        return Check("keyring", _OK, "not used with --sandbox")
    try:
        set_aside = _set_aside(path)
    except ProblemError as error:
        return Check("secrets", _MISSING, error.problem.message, error.problem.hint)
    if set_aside is not None:
        problem = messages.set_aside(f"The {ACCOUNTS.called}", set_aside)
        return Check("secrets", _WARNING, problem.message, problem.hint)
    if KeyringSecretStorage.find() is not None:
        return Check("keyring", _OK, "secrets lie in the system keyring")
    return Check("keyring", _OK, f"not used: secrets lie in {path}, which only you can read")


def _set_aside(path: Path) -> Path | None:
    """Open the file if there is one, and return where it was moved if it is damaged. Raises ProblemError."""
    if not path.exists():
        return None
    with closing(AccountStore.open(path)) as accounts:
        return accounts.set_aside


def history_check(settings: Settings) -> Check:
    """Return whether the history can be read and written, and whether others can read it."""
    path = settings.deliveries_path
    if path is None:
        return Check("history", _OK, "temporary with these options")
    try:
        summary = summarize_history(path)
    except ProblemError as error:
        return Check("history", _MISSING, error.problem.message, error.problem.hint)
    place = path if path.exists() else next(parent for parent in path.parents if parent.exists())
    if not os.access(place, os.W_OK) or not (path.exists() or place.is_dir()):
        return Check("history", _MISSING, f"{place} is not writable.", "Make it writable, or name another with --db F.")
    free = shutil.disk_usage(place if place.is_dir() else place.parent).free
    if free < _LEAST_FREE:
        return Check(
            "history", _WARNING, f"{units.size(free)} are free at {place}.", "Make room, or use --keep-rows N."
        )
    if summary is None:
        return Check("history", _OK, f"{path} (not there yet, can be made)")
    if sys.platform != "win32" and path.stat().st_mode & 0o077:
        return Check("history", _WARNING, f"{path} can be read by others.", f"chmod 600 {shlex.quote(str(path))}")
    return Check("history", _OK, f"{path}: {units.counted(summary.deliveries, 'delivery')}, {units.size(summary.size)}")


def terminal_check(environ: Mapping[str, str], settings: Settings) -> Check:
    """Return whether the screen can be shown here."""
    name = environ.get("TERM", "")
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()) or name in ("", "dumb"):
        return Check("terminal", _OK, "none here: the screen needs one, webhook-tui listen does not")
    size = os.get_terminal_size(1)
    color = "no color" if environ.get("NO_COLOR") else environ.get("COLORTERM") or "colors by TERM"
    found = f"{name}, {size.columns} × {size.lines}, {color}"
    if size.columns < _SMALLEST[0] or size.lines < _SMALLEST[1]:
        return Check("terminal", _WARNING, found, f"The screen needs {_SMALLEST[0]} × {_SMALLEST[1]} cells.")
    if not is_utf8() and not settings.ascii:
        return Check(
            "terminal", _WARNING, f"{found}, the locale is not UTF-8", "Set LANG to a UTF-8 locale for glyphs."
        )
    return Check("terminal", _OK, found)


def log_files(settings: Settings) -> Sequence[Path]:
    """Return where the program logs."""
    places = settings.places
    return (places.log, places.session_log, places.session_errors, places.tunnel_log)
