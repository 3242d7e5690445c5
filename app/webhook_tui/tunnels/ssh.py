"""The tunnel of the system's ssh client, to localhost.run or any server that forwards and prints the public URL.

The user's ssh configuration is not read, so that no agent is forwarded and no shared connection is used. The server's
key is kept in a known_hosts file of this program.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.url import connect_address
from webhook_tui.environment import child_environment, secret_values
from webhook_tui.tunnels import errors
from webhook_tui.tunnels.base import LOG_NAME, Opened, TunnelSettings
from webhook_tui.tunnels.process.child import follow
from webhook_tui.tunnels.process.output import TunnelLog
from webhook_tui.tunnels.url_parser import ForwardRefusedError, LocalhostRunParser

CONNECT_SECONDS = 10
_KEYLESS_USER = "nokey"
_SERVER = re.compile(
    r"(?:(?P<user>[A-Za-z0-9_][A-Za-z0-9_.+-]*)@)?"
    r"(?P<host>[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>\d{1,5}))?"
)


class SshServer(Struct, frozen=True):
    """The address of an ssh server."""

    user: str | None
    host: str
    port: int = 22

    @classmethod
    def parse(cls, text: str) -> SshServer:
        """Parse `[user@]host[:port]`, an IPv6 host in brackets. Raises ProblemError (ExitCode.USAGE)."""
        found = _SERVER.fullmatch(text.strip())
        port = int(found["port"] or 22) if found else 0
        if found is None or not 0 < port < 65_536:
            raise ProblemError(errors.not_a_server(text))
        return cls(found["user"], found["host"].strip("[]"), port)

    @property
    def destination(self) -> str:
        """The argument for ssh; never begins with a dash."""
        return f"{self.user}@{self.host}" if self.user else self.host


class SshTunnel:
    """Runs `ssh -R 80:receiver server` and finds the public URL in the server's output."""

    kind = "ssh"

    def __init__(self, settings: TunnelSettings) -> None:
        """Raises ProblemError (ExitCode.USAGE) when `ssh_server` is invalid."""
        self._target = SshServer.parse(settings.ssh_server)
        self.server = self._target.host
        self.deadline_seconds = settings.deadline_seconds
        self._known_hosts = settings.state_dir / "known_hosts"
        self._secrets_env = settings.secrets_env
        self._log = TunnelLog(
            settings.state_dir / LOG_NAME, hidden=secret_values(os.environ, more=settings.secrets_env)
        )

    async def run(self, host: str, port: int, opened: Opened) -> Problem:
        """Connect once."""
        program = shutil.which("ssh")
        if program is None:
            return errors.ssh_missing()
        output = SshOutput(self.server, self._target.port, CONNECT_SECONDS)
        parser = LocalhostRunParser()

        def on_line(line: str) -> str | Problem | None:
            self._log.write("ssh", line)
            try:
                return parser.url_in(line)
            except ForwardRefusedError:
                return errors.ssh_forward_refused(self.server)

        prepare_known_hosts(self._known_hosts)
        run = await follow(
            ssh_argv(program, self._target, self._known_hosts, host, port),
            environment=child_environment(os.environ, more=self._secrets_env),
            deadline_seconds=self.deadline_seconds,
            on_line=on_line,
            opened=opened,
        )
        if run.problem is not None:
            return run.problem
        if run.timed_out:
            return errors.ssh_no_url(self.deadline_seconds)
        return output.problem(run.lines, code=run.code, was_open=bool(run.urls))


def ssh_argv(program: str, server: SshServer, known_hosts: Path, host: str, port: int) -> list[str]:
    """Return the command: it never prompts, forwards one port only, and detects a dead connection within 60 s."""
    options = [
        "BatchMode=yes",
        "ExitOnForwardFailure=yes",
        f"ConnectTimeout={CONNECT_SECONDS}",
        "ServerAliveInterval=13",
        "ServerAliveCountMax=3",
        "StrictHostKeyChecking=accept-new",
        f"UserKnownHostsFile={_quoted(known_hosts)}",
        f"GlobalKnownHostsFile={os.devnull}",
        "ControlMaster=no",
        "ControlPath=none",
        "PermitLocalCommand=no",
    ]
    if server.user == _KEYLESS_USER:
        options += ["PubkeyAuthentication=no", "IdentityFile=none"]
    return [
        program, "-T", "-n", "-F", "none", "-a", "-x",
        *(word for option in options for word in ("-o", option)),
        "-R", f"80:{connect_address(host, port)}",
        "-p", str(server.port),
        server.destination, "--", "--output", "json",
    ]  # fmt: skip


def prepare_known_hosts(path: Path) -> None:
    """Create an empty file with mode 0600, so that ssh does not choose the mode.

    Errors are ignored: ssh works without it, but then does not recognise the server's key again.
    """
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def _quoted(path: Path) -> str:
    """Return a path as an option of ssh: quoted, percent signs doubled (ssh_config(5))."""
    text = str(path).replace("\\", "\\\\") if os.name == "posix" else path.as_posix()
    text = text.replace("%", "%%").replace('"', '\\"')
    return f'"{text}"'


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
