"""Every sentence about a tunnel. Message and hint are at most 78 cells each; what a program printed is sanitised.

`{again}` stands for the seconds until the next try, which the supervisor knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import ExitCode, Problem

_LONGEST_SERVER = 29
_LONGEST_LINE = 36
_RETRIES = "PiktID retries what it cannot deliver."
_CHECK_COMMAND = "Check --tunnel-command, then start again."
_SEE_LOG = "Retrying in {again}; tunnel.log has its output (webhook-tui paths)."


def shortened(text: str, longest: int) -> str:
    """Return text of another program for a sentence: sanitised, on one line, at most `longest` characters."""
    line = " ".join(visible(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def exit_reason(code: int | None) -> str:
    """Return how a process ended, as a clause; `code` is negative for a signal, None when it is not known."""
    if code is None:
        return ""
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _transient(message: str, hint: str, *, screen_hint: str | None = None) -> Problem:
    return Problem(message, hint, ExitCode.TUNNEL, is_transient=True, screen_hint=screen_hint)


def _lasting(message: str, hint: str, *, screen_hint: str | None = None) -> Problem:
    return Problem(message, hint, ExitCode.TUNNEL, screen_hint=screen_hint)


def _retrying(message: str, hint: str = "Retrying in {again}") -> Problem:
    """On the screen, a key need not wait for the next try."""
    return _transient(message, f"{hint}.", screen_hint=f"{hint}; u tries now.")


# Options that cannot work


def unknown_kind(kind: str, kinds: Iterable[str]) -> Problem:
    """--tunnel names no driver."""
    return Problem(
        f"There is no tunnel called {shortened(kind, 30)}.", f"Choose one of {', '.join(kinds)}.", ExitCode.USAGE
    )


def not_a_server(text: str) -> Problem:
    """--ssh-server cannot be parsed."""
    return Problem(
        f"--ssh-server {shortened(text, 40)} is not a server address.",
        "Write it as [user@]host[:port]: nokey@localhost.run.",
        ExitCode.USAGE,
    )


def invalid_command(command: str | None) -> Problem:
    """--tunnel-command is missing, or cannot be split into words."""
    return Problem(
        "--tunnel-command has a quote without its other half." if command else "--tunnel-command is missing.",
        'For example: --tunnel-command "cloudflared tunnel --url http://{host}:{port}".',
        ExitCode.USAGE,
    )


def invalid_pattern(error: Exception) -> Problem:
    """--tunnel-url-pattern cannot be compiled."""
    return Problem(
        f"--tunnel-url-pattern is not a regular expression: {shortened(str(error), 25)}.",
        r"Name the URL with a group: (?P<url>https://\S+).",
        ExitCode.USAGE,
    )


# Every tunnel


def not_started(reason: str) -> Problem:
    """The operating system did not start the program."""
    return _retrying(f"The tunnel could not be started: {shortened(reason, 40)}.")


def closed(program: str, reason: str) -> Problem:
    """A tunnel that was open is closed; `reason` is shortened to fit."""
    start = f"The tunnel closed: {shortened(program, 20)} ended"
    message = f"{start}, {shortened(reason, 75 - len(start)).rstrip('.')}." if reason else f"{start}."
    return _transient(
        message,
        f"Retrying in {{again}}; {_RETRIES}",
        screen_hint=f"Retrying in {{again}} (u tries now); {_RETRIES}",
    )


# ssh


def ssh_missing() -> Problem:
    """There is no ssh client."""
    return _lasting("There is no ssh on this machine.", "Install OpenSSH, or use --tunnel ngrok or --sandbox.")


def ssh_forward_refused(server: str) -> Problem:
    """The server accepts the connection, but opens no tunnel."""
    return _transient(
        f"{shortened(server, _LONGEST_SERVER)} did not open the tunnel (forwarding refused).",
        "Retrying in {again}; or use --tunnel ngrok.",
    )


def ssh_no_url(seconds: float) -> Problem:
    """The server printed nothing that is a public URL."""
    return _transient(
        f"The tunnel opened but named no public URL within {seconds:g} s.",
        "Retrying in {again}; or use --tunnel ngrok.",
        screen_hint="u tries again; or use --tunnel ngrok.",
    )


def ssh_host_key_changed(server: str) -> Problem:
    """The server's key differs from the one in known_hosts."""
    hint = "If that is expected, remove known_hosts (webhook-tui paths)"
    return _lasting(
        f"{shortened(server, _LONGEST_SERVER)} has another host key than before: not trusted.",
        f"{hint}, then start again.",
        screen_hint=f"{hint}, then u.",
    )


def ssh_denied(server: str) -> Problem:
    """The server accepts no connection without a key."""
    hint = "Use nokey@localhost.run, or add your key there"
    return _lasting(
        f"{shortened(server, _LONGEST_SERVER)} requires a key (permission denied).",
        f"{hint}.",
        screen_hint=f"{hint}; then u.",
    )


def ssh_name_not_found(server: str) -> Problem:
    """The server's name has no address."""
    return _transient(
        f"{shortened(server, _LONGEST_SERVER)} was not found: no network or no DNS.",
        "Check the connection; retrying in {again}.",
    )


def ssh_connection_refused(server: str, port: int) -> Problem:
    """Nothing accepts connections at the server's port."""
    message = f"{shortened(server, _LONGEST_SERVER)} refused the connection on port {port}."
    return _retrying(message, "A firewall may block it: try --tunnel ngrok; retrying in {again}")


def ssh_timed_out(server: str, port: int, seconds: float) -> Problem:
    """The server did not accept the connection in time."""
    return _transient(
        f"{shortened(server, _LONGEST_SERVER)} did not answer within {seconds:g} s.",
        f"Port {port} may be blocked: try --tunnel ngrok; retrying in {{again}}.",
    )


def ssh_unreachable(server: str, reason: str) -> Problem:
    """The connection failed for another reason."""
    return _transient(
        f"{shortened(server, _LONGEST_SERVER)} cannot be reached: {shortened(reason, 29).rstrip('.')}.",
        "Check the connection; retrying in {again}.",
    )


# --tunnel-command


def command_not_found(program: str) -> Problem:
    """The program is not on PATH."""
    return _lasting(f"There is no {shortened(program, 30)} on this machine (exit code 127).", _CHECK_COMMAND)


def command_ended(code: int | None, last_line: str, *, is_transient: bool) -> Problem:
    """The program ended before it printed a URL. `last_line`: what it printed last."""
    reason = exit_reason(code)
    message = f"The tunnel command ended at once ({reason})."
    if last_line:
        message = f"The tunnel command ended ({reason}): {shortened(last_line, _LONGEST_LINE).rstrip('.')}."
    return _transient(message, _SEE_LOG) if is_transient else _lasting(message, _CHECK_COMMAND)


def command_no_url(seconds: float) -> Problem:
    """The program printed nothing that is a public URL."""
    return _transient(
        f"The tunnel command ran {seconds:g} s and printed no public URL.",
        "Check --tunnel-url-pattern; tunnel.log has its output (webhook-tui paths).",
    )


# ngrok

_NGROK_CODE = re.compile(r"ERR_NGROK_(\d{1,6})")
_NO_NETWORK = re.compile(r"no such host|network is unreachable|server misbehaving|name resolution", re.IGNORECASE)
_COPY_AUTHTOKEN = "Copy it again: dashboard.ngrok.com/get-started/your-authtoken."

_NGROK_ERRORS = {
    "4018": _lasting(
        "ngrok needs an account's authtoken (ERR_NGROK_4018).",
        "Set NGROK_AUTHTOKEN: dashboard.ngrok.com/get-started/your-authtoken.",
    ),
    "105": _lasting("ngrok does not know this authtoken (ERR_NGROK_105).", _COPY_AUTHTOKEN),
    "107": _lasting("ngrok does not know this authtoken (ERR_NGROK_107).", _COPY_AUTHTOKEN),
    "108": _transient(
        "ngrok allows no further agent on this account (ERR_NGROK_108).",
        "Stop the other: dashboard.ngrok.com/agents; or leave out --tunnel ngrok.",
    ),
    "334": _transient(
        "This ngrok address is in use already (ERR_NGROK_334).",
        "Stop the other tunnel with that name; retrying in {again}.",
        screen_hint="Stop the other tunnel with that name, then u.",
    ),
    "3200": _retrying("This ngrok address is offline (ERR_NGROK_3200)."),
    "8012": _retrying("ngrok does not reach the receiver on this machine (ERR_NGROK_8012)."),
}
"""By ngrok's error code (ngrok.com/docs/errors). 108 and 334 pass when ngrok gives up an earlier agent of ours."""


def ngrok_error(lines: Iterable[str]) -> Problem | None:
    """Return the problem of the first line that has an error code or says that there is no network."""
    for line in lines:
        code = _NGROK_CODE.search(line)
        if code is not None:
            return _NGROK_ERRORS.get(code[1]) or _transient(f"ngrok refused the tunnel ({code[0]}).", _SEE_LOG)
        if _NO_NETWORK.search(line):
            return _transient(
                "ngrok's servers were not found: no network or no DNS.", "Check the connection; retrying in {again}."
            )
    return None


def ngrok_missing() -> Problem:
    """There is no agent, and none is downloaded."""
    return _lasting(
        "There is no ngrok on this machine.", "Install it from ngrok.com/download, or leave out --tunnel ngrok."
    )


def ngrok_timed_out(seconds: float, *, is_silent: bool) -> Problem:
    """The agent opened no tunnel in time; `is_silent`: it printed nothing either."""
    message = (
        f"ngrok printed nothing for {seconds:g} s." if is_silent else f"ngrok opened no tunnel within {seconds:g} s."
    )
    return _transient(message, _SEE_LOG, screen_hint="u tries again; tunnel.log has its output (webhook-tui paths).")


def ngrok_not_started(reason: str) -> Problem:
    """The agent ended, or answered with something else than a URL."""
    message = f"ngrok did not start: {shortened(reason, 54).rstrip('.')}." if reason else "ngrok ended at once."
    return _transient(message, _SEE_LOG)


def ngrok_reconnecting(reason: str) -> Problem:
    """The agent lost its session and looks for another."""
    return _transient(
        f"ngrok lost its session: {shortened(reason, 51).rstrip('.')}." if reason else "ngrok lost its session.",
        f"It reconnects by itself; {_RETRIES}",
    )
