"""Chooses the tunnel driver that the settings name; ngrok's is imported only when it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.tunnels.base import Tunnel, TunnelSettings, short
from webhook_tui.tunnels.command import CommandTunnel
from webhook_tui.tunnels.ssh import SshTunnel


def _ngrok(settings: TunnelSettings) -> Tunnel:
    from webhook_tui.tunnels.ngrok import NgrokTunnel  # noqa: PLC0415 -- only who uses ngrok pays for pyngrok

    return NgrokTunnel(settings)


TUNNELS: Mapping[str, Callable[[TunnelSettings], Tunnel]] = {
    "ssh": SshTunnel,
    "ngrok": _ngrok,
    "command": CommandTunnel,
}


def choose(settings: TunnelSettings) -> Tunnel:
    """The driver that `settings.kind` names. Raises ProblemError (ExitCode.USAGE) when the settings do not fit."""
    make = TUNNELS.get(settings.kind)
    if make is None:
        raise ProblemError(
            Problem(
                f"There is no tunnel called {short(settings.kind, 30)}.",
                f"Choose one of {', '.join(TUNNELS)}.",
                ExitCode.USAGE,
            )
        )
    return make(settings)
