"""Why ssh ended, in the words of the screen; recognised by the form of OpenSSH's own messages; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from webhook_tui.domain.errors import ExitCode, Problem
from webhook_tui.tunnels.base import short

_MOST_SERVER = 29
_CONNECT = re.compile(r"^(?:ssh: )?connect to (?:host|address) .*?port \d+: (?P<why>.+)$")
_TIMED_OUT = re.compile(r"timed out$|^Connection timed out during banner exchange")
_HOST_KEY = re.compile(
    r"REMOTE HOST IDENTIFICATION HAS CHANGED|^Host key verification failed|^Port forwarding is disabled to avoid"
)
_DENIED = re.compile(r"Permission denied \(|^Received disconnect from .*Too many authentication failures")
_NO_NAME = re.compile(r"^ssh: Could not resolve hostname ")
_NO_FORWARD = re.compile(r"remote port forwarding failed for listen port|^Warning: remote port forwarding failed")
_NOISE = re.compile(r"^(?:Warning: Permanently added|debug\d: |\{|Connection to .* closed\.$)")


class SshProblems:
    """Sentences about one server."""

    def __init__(self, server: str, port: int, connect_seconds: float) -> None:
        self._server = short(server, _MOST_SERVER)
        self._port = port
        self._connect_seconds = connect_seconds

    def of(self, lines: Iterable[str], *, code: int | None, was_open: bool) -> Problem:
        """Why it ended with `code` after saying `lines`; `was_open`: it had named a public URL."""
        said = [line for line in lines if not _NOISE.search(line)]
        if not was_open:
            for line in reversed(said):
                problem = self._connecting(line)
                if problem is not None:
                    return problem
        return closed("ssh", _reason(said, code))

    def forward_refused(self) -> Problem:
        """The server lets us in and opens no tunnel."""
        return _mending(
            f"{self._server} did not open the tunnel (forwarding refused).",
            "Retrying in {again}; or --tunnel ngrok.",
        )

    def no_url(self, seconds: float) -> Problem:
        """The server says nothing that names a URL."""
        return _mending(
            f"The tunnel opened but named no public URL within {seconds:g} s.",
            "Retrying in {again}; or --tunnel ngrok.",
            screen_hint="u tries again; or --tunnel ngrok.",
        )

    def _connecting(self, line: str) -> Problem | None:
        if _HOST_KEY.search(line):
            return _lasting(
                f"{self._server} shows another host key than before: not trusted.",
                "If you expect that: webhook-tui paths, remove known_hosts, then start again.",
                screen_hint="If you expect that: webhook-tui paths, remove known_hosts, then u.",
            )
        if _DENIED.search(line):
            return _lasting(
                f"{self._server} wants a key (permission denied).",
                "Use nokey@localhost.run, or add your key there.",
                screen_hint="Use nokey@localhost.run, or add your key there; then u.",
            )
        if _NO_FORWARD.search(line):
            return self.forward_refused()
        if _NO_NAME.search(line):
            return _mending(
                f"{self._server} was not found: no network or no DNS.", "Check the connection; retrying in {again}."
            )
        return self._no_connection(line)

    def _no_connection(self, line: str) -> Problem | None:
        failed = _CONNECT.search(line)
        why = failed["why"].strip() if failed else line
        if failed and "refused" in why:
            return _mending(
                f"{self._server} refused the connection on port {self._port}.",
                "A firewall? Try --tunnel ngrok. Retrying in {again}.",
                screen_hint="A firewall? Try --tunnel ngrok. Retrying in {again}; u tries now.",
            )
        if _TIMED_OUT.search(why):
            return _mending(
                f"{self._server} did not answer within {self._connect_seconds:g} s.",
                f"Port {self._port} may be blocked: --tunnel ngrok. Retrying in {{again}}.",
            )
        if failed:
            return _mending(
                f"{self._server} is out of reach: {short(why, 40).rstrip('.')}.",
                "Check the connection; retrying in {again}.",
            )
        return None


def missing() -> Problem:
    """There is no ssh client."""
    return _lasting(
        "There is no ssh on this machine, so no tunnel.", "Install OpenSSH, or --tunnel ngrok, or --sandbox."
    )


def closed(program: str, reason: str) -> Problem:
    """A tunnel that was open is not any more; `reason` is cut to fit."""
    start = f"The tunnel closed: {short(program, 20)} ended"
    what = f"{start}, {short(reason, 75 - len(start)).rstrip('.')}." if reason else f"{start}."
    retries = "PiktID retries what it cannot deliver."
    return _mending(
        what, f"Next try in {{again}}. {retries}", screen_hint=f"Next try in {{again}}; u tries now. {retries}"
    )


def exit_words(code: int | None) -> str:
    """An exit code as a reason."""
    if code is None:
        return ""
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _reason(said: list[str], code: int | None) -> str:
    if code is not None and code < 0:
        return exit_words(code)
    if not said:
        return exit_words(code)
    words = said[-1]
    if "closed by remote host" in words:
        return "the server closed the connection"
    if re.search(r"^Timeout, server .* not responding", words):
        return "the server no longer answers"
    return words.rpartition(": ")[2].strip()


def _mending(what: str, next_: str, *, screen_hint: str | None = None) -> Problem:
    return Problem(what, next_, ExitCode.TUNNEL, is_transient=True, screen_hint=screen_hint)


def _lasting(what: str, next_: str, *, screen_hint: str | None = None) -> Problem:
    return Problem(what, next_, ExitCode.TUNNEL, screen_hint=screen_hint)
