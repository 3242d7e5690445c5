"""`webhook-tui mcp` as the README adds it to agents, in a pipe."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

from tests.cli.test_readme_examples import README, start_in_shell
from tests.headless.mcp.test_server import INITIALIZE


def _commands() -> list[list[str]]:
    """What each agent is configured to start, as words."""
    block = re.search(r"<!-- agents: .*?-->\n```sh\n(.*?)```", README, re.DOTALL)
    assert block is not None
    lines = block[1].splitlines()
    by_arguments = [line.partition(" -- ")[2].partition("#")[0].split() for line in lines if " -- " in line]
    servers = [json.loads(found[0]) for line in lines if (found := re.search(r"\{.*\}", line))]
    plain = [server.get("mcpServers", {}).get("webhook-tui", server) for server in servers]
    return [*by_arguments, *([server["command"], *server["args"]] for server in plain)]


def test_every_agent_starts_the_same_command_and_it_serves_until_ctrl_c(tmp_path: Path) -> None:
    """Four agents, in five lines; a client's first message is answered, nothing else is printed, and ctrl+c ends it."""
    commands = _commands()
    assert commands == [["webhook-tui", "mcp"]] * 4

    with start_in_shell(f"exec {' '.join(commands[0])}", tmp_path, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}
        process.stdin.write(f"{json.dumps(message)}\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate()

    assert answer["result"]["serverInfo"]["name"] == "webhook-tui"
    assert (process.returncode, output, errors) == (-signal.SIGINT, "", "")
