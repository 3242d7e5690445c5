"""A program that holds a tunnel open until it is killed, and prints its URL: `tunnel_parent.py KIND STATE_DIR WHAT`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from webhook_tui.tunnels.base import TunnelSettings, choose


def _reported(said: object) -> None:
    sys.stdout.write(f"{said}\n")
    sys.stdout.flush()


async def main(kind: str, state_dir: str, what: str) -> None:
    """Run the tunnel and say what it says."""
    settings = {
        "ssh": TunnelSettings("ssh", Path(state_dir), ssh_server=what),
        "command": TunnelSettings("command", Path(state_dir), command=what),
        "ngrok": TunnelSettings("ngrok", Path(state_dir), ngrok_path=what),
    }[kind]
    _reported(await choose(settings).run("127.0.0.1", 9, _reported))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
