"""The README's examples of commands on a history, run as they stand in a shell."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
_SECTION = re.compile(r"<!-- run: .*?-->\n```sh\n(.*?)```", re.DOTALL)
EXAMPLES = [line for block in _SECTION.findall(README) for line in block.splitlines() if line.startswith("webhook-tui")]


def run_in_shell(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line in sh, where `webhook-tui` is this program."""
    (directory / "webhook-tui").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m webhook_tui "$@"\n')
    (directory / "webhook-tui").chmod(0o755)
    return subprocess.run(
        ["sh", "-c", f'PATH="{directory}:$PATH"; {command}'],
        capture_output=True,
        text=True,
        check=False,
        cwd=directory,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("command", EXAMPLES)
@pytest.mark.usefixtures("history")
def test_an_example_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    """It ends with 0 and prints something."""
    done = run_in_shell(command, tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_there_is_an_example_of_each() -> None:
    """So many commands, so many lines."""
    words = {word for line in EXAMPLES for word in line.split()}
    assert words >= {"list", "show", "why", "wait", "import", "contract"}


def test_the_recipe_for_continuous_integration_runs(tmp_path: Path) -> None:
    """As it stands, without a token; its report says that both deliveries arrived."""
    found = re.search(r"<!-- action: .*?-->\n```yaml\n.*?run: \|\n(.*?)```", README, re.DOTALL)
    assert found is not None

    done = run_in_shell(textwrap.dedent(found[1]), tmp_path)

    assert done.returncode == 0, done.stderr
    assert "listens at http://127.0.0.1:" in done.stderr
    assert ET.parse(tmp_path / "report.xml").getroot().attrib["failures"] == "0"
