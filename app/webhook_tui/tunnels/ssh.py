"""The tunnel through the system's own ssh, to localhost.run or any server that forwards and says where from.

Nothing of the user's ssh configuration is read, so that no agent is forwarded and no shared connection is used. The
server's key is remembered in a known_hosts of our own.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

from msgspec import Struct

from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.environment import child_environment, secret_values
from webhook_tui.tunnels.base import LOG_NAME, Opened, TunnelSettings, local_target, short
from webhook_tui.tunnels.child import follow
from webhook_tui.tunnels.log import TunnelLog
from webhook_tui.tunnels.ssh_errors import SshProblems, missing
from webhook_tui.tunnels.url_parser import ForwardRefusedError, UrlParser

CONNECT_SECONDS = 10
_KEYLESS_USER = "nokey"
_SERVER = re.compile(
    r"(?:(?P<user>[A-Za-z0-9_][A-Za-z0-9_.+-]*)@)?"
    r"(?P<host>[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>\d{1,5}))?"
)


class SshServer(Struct, frozen=True):
    """Where ssh connects to."""

    user: str | None
    host: str
    port: int = 22

    @classmethod
    def parse(cls, text: str) -> SshServer:
        """`[user@]host[:port]`, an IPv6 host in brackets. Raises ProblemError with ExitCode.USAGE."""
        found = _SERVER.fullmatch(text.strip())
        port = int(found["port"] or 22) if found else 0
        if found is None or not 0 < port < 65_536:
            raise ProblemError(
                Problem(
                    f"--ssh-server {short(text, 40)} is no server.",
                    "Write it as [user@]host[:port]: nokey@localhost.run.",
                    ExitCode.USAGE,
                )
            )
        return cls(found["user"], found["host"].strip("[]"), port)

    @property
    def destination(self) -> str:
        """As ssh takes it; never begins with a dash."""
        return f"{self.user}@{self.host}" if self.user else self.host


class SshTunnel:
    """`ssh -R 80:receiver server`, kept to one connection; the server's words say under which URL it is reached."""

    kind = "ssh"

    def __init__(self, settings: TunnelSettings) -> None:
        """Raises ProblemError with ExitCode.USAGE when `ssh_server` is none."""
        self._target = SshServer.parse(settings.ssh_server)
        self.server = self._target.host
        self.deadline_seconds = settings.deadline_seconds
        self._known_hosts = settings.state_dir / "known_hosts"
        self._secrets_env = settings.secrets_env
        self._log = TunnelLog(
            settings.state_dir / LOG_NAME, hidden=secret_values(os.environ, more=settings.secrets_env)
        )

    async def run(self, host: str, port: int, opened: Opened) -> Problem:
        """One connection, from start to end."""
        program = shutil.which("ssh")
        if program is None:
            return missing()
        problems = SshProblems(self.server, self._target.port, CONNECT_SECONDS)
        announcements = UrlParser()

        def heard(line: str) -> str | Problem | None:
            self._log.write("ssh", line)
            try:
                return announcements.url_in(line)
            except ForwardRefusedError:
                return problems.forward_refused()

        prepare_known_hosts(self._known_hosts)
        course = await follow(
            ssh_argv(program, self._target, self._known_hosts, host, port),
            environment=child_environment(os.environ, more=self._secrets_env),
            deadline_seconds=self.deadline_seconds,
            heard=heard,
            opened=opened,
        )
        if course.problem is not None:
            return course.problem
        if course.timed_out:
            return problems.no_url(self.deadline_seconds)
        return problems.of(course.lines, code=course.code, was_open=bool(course.urls))


def ssh_argv(program: str, server: SshServer, known_hosts: Path, host: str, port: int) -> list[str]:
    """The command: asks nothing, forwards nothing but the one port, notices a dead link within 60 s."""
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
    """An empty private file where there is none, so that ssh does not choose the mode.

    Where that cannot be, ssh goes on without remembering: that is worth a tunnel.
    """
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def _quoted(path: Path) -> str:
    """As ssh reads a path in an option: quoted for its blanks, percent signs doubled."""
    text = str(path).replace("\\", "\\\\") if os.name == "posix" else path.as_posix()
    text = text.replace("%", "%%").replace('"', '\\"')
    return f'"{text}"'
