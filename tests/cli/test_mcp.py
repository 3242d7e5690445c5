"""`webhook-tui mcp` as the README adds it to agents, in a pipe."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.cli.test_readme_examples import README, run_in_shell
from tests.headless.mcp.test_server import INITIALIZE


def _commands() -> list[list[str]]:
    """What each agent is told to start, as words."""
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
