"""LocalhostRun in a process of its own, so that it can be stopped: prints its --ssh-server, then runs until killed."""

from __future__ import annotations

import asyncio
import sys

from tests.tunnels.localhost_run import LocalhostRun


async def main() -> None:
    """Serve."""
    async with LocalhostRun(loopback=True) as server:
        sys.stdout.write(f"{server.ssh_server}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
