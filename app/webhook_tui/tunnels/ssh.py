"""The tunnel of the system's ssh client, to localhost.run or any server that forwards and prints the public URL.

The user's ssh configuration is not read, so that no agent is forwarded and no shared connection is used. The server's
key is kept in a known_hosts file of this program.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

from msgspec import Struct

from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.environment import child_environment, secret_values
from webhook_tui.tunnels import errors
from webhook_tui.tunnels.base import LOG_NAME, Opened, TunnelSettings, local_target
from webhook_tui.tunnels.process.child import follow
from webhook_tui.tunnels.process.log import TunnelLog
from webhook_tui.tunnels.ssh_output import SshOutput
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
        "-R", f"80:{local_target(host, port)}",
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
