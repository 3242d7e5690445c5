"""The interface of the tunnel drivers, their settings, and the choice of one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias

from msgspec import Struct

from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.tunnels import errors

DEADLINE_SECONDS = 20.0
LOG_NAME = "tunnel.log"
KINDS = ("ssh", "ngrok", "command")

Opened: TypeAlias = Callable[[str | Problem], None]
"""Called with each new public URL, or with a Problem when the tunnel lost it and reopens it by itself."""


class Tunnel(Protocol):
    """A driver. Retrying and the status are the supervisor's."""

    @property
    def kind(self) -> str:
        """ssh, ngrok or command."""

    @property
    def server(self) -> str:
        """Who provides the tunnel: `localhost.run`."""

    @property
    def deadline_seconds(self) -> float:
        """How long the first public URL may take."""

    async def run(self, host: str, port: int, opened: Opened) -> Problem:
        """Forward a public URL to `host`:`port` until the tunnel ends, and return why it ended.

        When cancelled, it ends its child processes within 1 s.
        """


class TunnelSettings(Struct, frozen=True):
    """Settings of all drivers; the secrets are never in the arguments of a process, or in a log."""

    kind: str
    state_dir: Path
    """The directory of known_hosts and tunnel.log."""
    ssh_server: str = "nokey@localhost.run"
    command: str | None = None
    url_pattern: str | None = None
    ngrok_path: str | None = None
    authtoken: Secret | None = None
    """ngrok's; passed to the agent in its environment."""
    secrets_env: tuple[str, ...] = ()
    """More environment variables that no child process gets; a star at the end matches any rest."""
    deadline_seconds: float = DEADLINE_SECONDS


def choose(settings: TunnelSettings) -> Tunnel:
    """Return the driver that `settings.kind` names. Raises ProblemError (ExitCode.USAGE) for settings of no use."""
    match settings.kind:
        case "ssh":
            from webhook_tui.tunnels.ssh import SshTunnel  # noqa: PLC0415 -- each driver imports this module

            return SshTunnel(settings)
        case "ngrok":
            from webhook_tui.tunnels.ngrok import NgrokTunnel  # noqa: PLC0415 -- pyngrok is slow to import

            return NgrokTunnel(settings)
        case "command":
            from webhook_tui.tunnels.command import CommandTunnel  # noqa: PLC0415 -- each driver imports this module

            return CommandTunnel(settings)
        case _:
            raise ProblemError(errors.unknown_kind(settings.kind, KINDS))
