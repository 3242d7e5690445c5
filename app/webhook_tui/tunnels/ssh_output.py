"""Why ssh ended, by the messages that it printed (OpenSSH's own, in English)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from webhook_tui.domain.errors import Problem
from webhook_tui.tunnels import errors

_CONNECT = re.compile(r"^(?:ssh: )?connect to (?:host|address) .*?port \d+: (?P<reason>.+)$")
_TIMED_OUT = re.compile(r"timed out$|^Connection timed out during banner exchange")
_HOST_KEY = re.compile(
    r"REMOTE HOST IDENTIFICATION HAS CHANGED|^Host key verification failed|^Port forwarding is disabled to avoid"
)
_DENIED = re.compile(r"Permission denied \(|^Received disconnect from .*Too many authentication failures")
_NO_NAME = re.compile(r"^ssh: Could not resolve hostname ")
_NO_FORWARD = re.compile(r"remote port forwarding failed for listen port|^Warning: remote port forwarding failed")
_IGNORED = re.compile(r"^(?:Warning: Permanently added|debug\d: |\{|Connection to .* closed\.$)")


class SshOutput:
    """Interprets the output of connections to one server."""

    def __init__(self, server: str, port: int, connect_seconds: float) -> None:
        """`connect_seconds`: ssh's time limit for connecting."""
        self._server = server
        self._port = port
        self._connect_seconds = connect_seconds

    def problem(self, lines: Iterable[str], *, code: int | None, was_open: bool) -> Problem:
        """Return why ssh ended with exit code `code` after it printed `lines`; `was_open`: with a public URL."""
        relevant = [line for line in lines if not _IGNORED.search(line)]
        if not was_open:
            for line in reversed(relevant):
                problem = self._connecting(line)
                if problem is not None:
                    return problem
        return errors.closed("ssh", _reason(relevant, code))

    def _connecting(self, line: str) -> Problem | None:
        if _HOST_KEY.search(line):
            return errors.ssh_host_key_changed(self._server)
        if _DENIED.search(line):
            return errors.ssh_denied(self._server)
        if _NO_FORWARD.search(line):
            return errors.ssh_forward_refused(self._server)
        if _NO_NAME.search(line):
            return errors.ssh_name_not_found(self._server)
        failed = _CONNECT.search(line)
        reason = failed["reason"].strip() if failed else line
        if failed and "refused" in reason:
            return errors.ssh_connection_refused(self._server, self._port)
        if _TIMED_OUT.search(reason):
            return errors.ssh_timed_out(self._server, self._port, self._connect_seconds)
        return errors.ssh_unreachable(self._server, reason) if failed else None


def _reason(lines: list[str], code: int | None) -> str:
    if not lines or (code is not None and code < 0):
        return errors.exit_reason(code)
    last = lines[-1]
    if "closed by remote host" in last:
        return "the server closed the connection"
    if re.search(r"^Timeout, server .* not responding", last):
        return "the server no longer answers"
    return last.rpartition(": ")[2].strip()
