"""The route from a public URL to the receiver: opens the tunnel, and publishes the URL that leads to the hook."""

from __future__ import annotations

import asyncio
import secrets
import socket
from random import Random

from webhook_tui.config import Settings
from webhook_tui.domain.events import ProblemOccurred, SessionReady, TunnelChanged, WebhookRegistered
from webhook_tui.domain.status import TunnelState, TunnelStatus
from webhook_tui.session.bus import AddressChanged, EventBus, PublicUrlUnreachable
from webhook_tui.session.clock import Clock
from webhook_tui.session.forwarding.forwarder import OwnAddress
from webhook_tui.session.status import StatusPublisher, opens_tunnel
from webhook_tui.tunnels.base import TunnelSettings, choose
from webhook_tui.tunnels.supervisor import TunnelSupervisor


def own_address(settings: Settings, bound: socket.socket) -> OwnAddress:
    """Return where the receiver on `bound` is reached, before any tunnel is open."""
    return OwnAddress(settings.host, bound.getsockname()[1], None, settings.hook_url)


class Route:
    """Belongs to the session's loop."""

    def __init__(
        self, settings: Settings, port: int, status: StatusPublisher, bus: EventBus, *, clock: Clock, random: Random
    ) -> None:
        """`port`: where the receiver listens. Raises ProblemError when the options of the tunnel cannot work."""
        self._settings = settings
        self._port = port
        self._status = status
        self._bus = bus
        self._clock = clock
        self.hook_path = f"/h/{secrets.token_hex(16)}" if settings.hook_url is None else None
        """The one path that is the hook's; None: every path is."""
        self._tunnel = self._new_tunnel(random) if opens_tunnel(settings) else None
        self._url: str | None = None
        self._is_ready = False

    @property
    def has_tunnel(self) -> bool:
        """Whether a tunnel is opened."""
        return self._tunnel is not None

    def on_public_url_unreachable(self, _event: PublicUrlUnreachable) -> None:
        """Close the tunnel and open it again."""
        if self._tunnel is not None:
            self._tunnel.reopen()

    def on_webhook_registered(self, _event: WebhookRegistered) -> None:
        """The route is complete."""
        self._publish_ready()

    def retry_tunnel(self) -> None:
        """Open a tunnel that is down at once."""
        if self._tunnel is not None and self._status.status.tunnel.state in (TunnelState.DOWN, TunnelState.FAILED):
            self._tunnel.try_now()

    async def run(self) -> None:
        """Publish the URL, and keep the tunnel open, until cancelled."""
        settings = self._settings
        if self._tunnel is not None:
            await self._tunnel.run(settings.host, self._port)
            return
        host = settings.host if ":" not in settings.host else f"[{settings.host}]"
        url = settings.hook_url or f"http://{host}:{self._port}{self.hook_path}"
        self._bus.publish(AddressChanged(url, is_watched=False))
        self._complete(url)
        await asyncio.get_running_loop().create_future()

    def _new_tunnel(self, random: Random) -> TunnelSupervisor:
        settings = self._settings
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
        return TunnelSupervisor(tunnel, changed=self._on_tunnel_changed, now=self._clock.utc_now, random=random.random)

    def _on_tunnel_changed(self, tunnel: TunnelStatus) -> None:
        before = self._status.status.tunnel
        is_open = tunnel.state in (TunnelState.LIVE, TunnelState.UNVERIFIED)
        url = f"{tunnel.public_url.rstrip('/')}{self.hook_path or ''}" if is_open and tunnel.public_url else None
        # Before the status: no status may say that the new address is registered.
        self._bus.publish(AddressChanged(url))
        self._status.change(tunnel=tunnel)
        if tunnel.problem is not None and tunnel.problem is not before.problem:
            next_try_at = tunnel.next_try_at
            again = (next_try_at - self._clock.utc_now()).total_seconds() if next_try_at else None
            fatal = tunnel.state is TunnelState.FAILED
            self._bus.publish(ProblemOccurred(tunnel.problem, again, fatal=fatal))
        if (tunnel.state, tunnel.public_url) != (before.state, before.public_url):
            self._bus.publish(TunnelChanged(tunnel.state.value, tunnel.public_url if is_open else None))
        if url is not None:
            self._complete(url)

    def _complete(self, url: str) -> None:
        self._url = url
        if not self._settings.register:
            self._status.change_webhook(url=url)  # no registration does
            self._publish_ready()

    def _publish_ready(self) -> None:
        if not self._is_ready:
            self._is_ready = True
            public_url = self._url if self._tunnel is None else self._status.status.tunnel.public_url
            self._bus.publish(SessionReady(public_url, self._port))
