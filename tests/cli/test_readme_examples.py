"""The README's examples of commands on a history, run as they stand in a shell."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import SECRET
from tests.factories import signature
from tests.handler_check import handlers

BODY = b'{"id": 1}'
SIGNATURE = signature(SECRET, BODY)
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
_SECTION = re.compile(r"<!-- run: .*?-->\n```sh\n(.*?)```", re.DOTALL)
LINES = [line for block in _SECTION.findall(README) for line in block.splitlines() if line.startswith("webhook-tui")]
LASTING = [line for line in LINES if line.split()[1] in ("listen", "sandbox")]
"""Go on until they are stopped."""
WITH_APP = [line for line in LINES if "127.0.0.1:3000" in line]
EXAMPLES = [line for line in LINES if line not in LASTING and line not in WITH_APP]
PORTS = re.compile(r"--port \d+")


def start_in_shell(
    command: str, directory: Path, stdin: int = subprocess.DEVNULL, **environment: str
) -> subprocess.Popen[str]:
    """Start a command line in sh, where `webhook-tui` is this program."""
    (directory / "webhook-tui").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m webhook_tui "$@"\n')
    (directory / "webhook-tui").chmod(0o755)
    return subprocess.Popen(
        ["sh", "-c", f'PATH="{directory}:$PATH"; {command}'],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=directory,
        env={**os.environ, **environment},
    )


def run_in_shell(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line to its end."""
    with start_in_shell(command, directory) as started:
        output, errors = started.communicate()
    return subprocess.CompletedProcess(command, started.returncode, output, errors)


@pytest.mark.parametrize("command", EXAMPLES)
@pytest.mark.usefixtures("history")
def test_an_example_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    """It ends with 0 and prints something."""
    (tmp_path / "body.json").write_bytes(BODY)
    given = command.replace("--secret S ", f"--secret {SECRET} ").replace("--signature H ", f"--signature {SIGNATURE} ")
    done = run_in_shell(given, tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("command", WITH_APP)
@pytest.mark.usefixtures("history")
async def test_an_example_with_an_app_runs(command: str, tmp_path: Path) -> None:
    """The app verifies with the secret in the file; it ends with 0."""
    (tmp_path / "secret.txt").write_text(handlers.SECRET)
    (tmp_path / "secret.txt").chmod(0o600)
    handler = handlers.credulous if " replay " in command else handlers.good
    async with handlers.serving(handler) as url:
        given = command.replace("http://127.0.0.1:3000/hook", url)
        done = await asyncio.to_thread(run_in_shell, given, tmp_path)

    assert given != command
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", LASTING)
def test_an_example_goes_on_until_ctrl_c(command: str, tmp_path: Path) -> None:
    """Without an account and a tunnel here; it says where it is, and ends as interrupted."""
    given = PORTS.sub("--port 0", f"exec {command}")
    with start_in_shell(given, tmp_path, WEBHOOK_TUI_SANDBOX="1") as started:
        assert started.stdout is not None
        assert "127.0.0.1" in started.stdout.readline()
        started.send_signal(signal.SIGINT)
        started.communicate()

    assert started.returncode == 128 + signal.SIGINT


def test_there_is_an_example_of_each() -> None:
    """So many commands, so many lines."""
    words = {word for line in LINES for word in line.split()}
    assert words >= {"list", "show", "why", "wait", "import", "contract", "replay", "check", "listen"}
    assert len(WITH_APP) == 3
    assert len(LASTING) == 2


def test_the_recipe_for_continuous_integration_runs(tmp_path: Path) -> None:
    """As it stands, without a token; its report says that both deliveries arrived."""
    found = re.search(r"<!-- action: .*?-->\n```yaml\n.*?run: \|\n(.*?)```", README, re.DOTALL)
    assert found is not None

    done = run_in_shell(textwrap.dedent(found[1]), tmp_path)

    assert done.returncode == 0, done.stderr
    assert "listens at http://127.0.0.1:" in done.stderr
    assert ET.parse(tmp_path / "report.xml").getroot().attrib["failures"] == "0"
