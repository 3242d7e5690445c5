"""What every tunnel driver is: something that runs until it ends and tells each public URL it has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias

from msgspec import Struct

from webhook_tui.domain.delivery.text import visible
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.signature.secret import Secret

DEADLINE_SECONDS = 20.0
LOG_NAME = "tunnel.log"

Opened: TypeAlias = Callable[[str | Problem], None]
"""Told of each public URL that is open now; or of a Problem, when it is closed and the tunnel mends it itself."""


class Tunnel(Protocol):
    """One driver. It knows nothing of back-off or status; the supervisor does."""

    @property
    def kind(self) -> str:
        """ssh, ngrok or command."""
        ...

    @property
    def server(self) -> str:
        """Who gives the tunnel, in words: localhost.run."""
        ...

    @property
    def deadline_seconds(self) -> float:
        """How long the first public URL may take."""
        ...

    async def run(self, host: str, port: int, opened: Opened) -> Problem:
        """Lead the internet to `host`:`port` until the tunnel ends, and say why it ended.

        `opened` is called for the first public URL and for each new one. When cancelled, its children are gone in 1 s.
        """
        ...


class TunnelSettings(Struct, frozen=True):
    """What the drivers need to know; the secrets in it are never written into an argv or a log."""

    kind: str
    state_dir: Path
    """Where known_hosts and tunnel.log live."""
    ssh_server: str = "nokey@localhost.run"
    command: str | None = None
    url_pattern: str | None = None
    ngrok_path: str | None = None
    authtoken: Secret | None = None
    """ngrok's; reaches the agent by its environment."""
    secrets_env: tuple[str, ...] = ()
    """Further names of environment variables that no child may see; a star at the end stands for any rest."""
    deadline_seconds: float = DEADLINE_SECONDS


def short(text: str, most: int) -> str:
    """Foreign words for a sentence: harmless, on one line, at most `most` characters."""
    words = " ".join(visible(text).split())
    return words if len(words) <= most else f"{words[: most - 1]}…"


def local_target(host: str, port: int) -> str:
    """Where the tunnel's own end connects to: an address that listens on everything is reached by loopback."""
    reached = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared, not bound
    return f"[{reached}]:{port}" if ":" in reached else f"{reached}:{port}"
