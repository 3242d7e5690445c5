"""`webhook-tui mcp` as the README adds it to agents, in a pipe."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.cli.test_readme_examples import README, run_in_shell
from tests.headless.mcp.test_server import INITIALIZE, Peer
from tests.patience import PATIENCE_SECONDS


def _commands() -> list[list[str]]:
    """What each agent is configured to start, as words."""
    block = re.search(r"<!-- agents: .*?-->\n```sh\n(.*?)```", README, re.DOTALL)
    assert block is not None
    lines = block[1].splitlines()
    by_arguments = [line.partition(" -- ")[2].partition("#")[0].split() for line in lines if " -- " in line]
    servers = [json.loads(found[0]) for line in lines if (found := re.search(r"\{.*\}", line))]
    plain = [server.get("mcpServers", {}).get("webhook-tui", server) for server in servers]
    return [*by_arguments, *([server["command"], *server["args"]] for server in plain)]


def test_every_agent_starts_the_same_command_and_it_serves(tmp_path: Path) -> None:
    """Four agents, in five lines; the first message of a client is answered, and nothing else is printed."""
    commands = _commands()
    assert commands == [["webhook-tui", "mcp"]] * 4
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE})
    (tmp_path / "in").write_text(f"{message}\n")

    done = run_in_shell(f"{' '.join(commands[0])} < in", tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["result"]["serverInfo"]["name"] == "webhook-tui"


async def test_ctrl_c_ends_it_at_once() -> None:
    """Also while it waits for a message."""
    command = (sys.executable, "-m", "webhook_tui", "mcp")
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    try:
        await Peer(process).ask("initialize", INITIALIZE)
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await process.wait() == -signal.SIGINT
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate(b"")
