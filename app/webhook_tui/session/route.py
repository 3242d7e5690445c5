"""Which tunnel a run opens, and under whose supervision."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

from webhook_tui.config import Settings
from webhook_tui.domain.status import TunnelStatus
from webhook_tui.tunnels.base import TunnelSettings
from webhook_tui.tunnels.choice import choose
from webhook_tui.tunnels.supervisor import TunnelSupervisor


def supervisor_for(
    settings: Settings, *, changed: Callable[[TunnelStatus], None], now: Callable[[], datetime]
) -> TunnelSupervisor:
    """The supervised tunnel of `settings`; raises ProblemError when its options cannot work."""
    tunnel = choose(
        TunnelSettings(
            kind=settings.tunnel,
            state_dir=settings.places.state,
            ssh_server=settings.ssh_server,
            command=settings.tunnel_command,
            url_pattern=settings.tunnel_url_pattern,
            ngrok_path=settings.ngrok_path,
            authtoken=settings.ngrok_authtoken,
        )
    )
    return TunnelSupervisor(tunnel, changed=changed, now=now, random=random.random)
