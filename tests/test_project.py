"""The files around the code: workflows are valid, pinned and least-privileged; the licence is in the metadata."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))


def loaded(path: Path) -> dict[Any, Any]:
    """A YAML file that is a mapping."""
    document = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.dependabot", [GITHUB / "dependabot.yml"]),
        ("vendor.github-issue-forms", [GITHUB / "ISSUE_TEMPLATE" / name for name in ("bug.yml", "feature.yml")]),
    ],
    ids=["workflows", "dependabot", "forms"],
)
def test_the_files_fit_their_schemas(schema: str, paths: list[Path]) -> None:
    """The schemas come with check-jsonschema: no network."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_are_pinned_and_least_privileged(path: Path) -> None:
    """Each action by its commit; no permission at the top; each job names its own."""
    workflow = loaded(path)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert set(job["permissions"].items()) <= {("contents", "read"), ("id-token", "write")}
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), step["uses"]


def test_the_licence_is_in_the_metadata() -> None:
    """As an SPDX expression, with its file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "MIT"
    assert [(ROOT / name).read_text("utf-8").splitlines()[0] for name in project["license-files"]] == ["MIT License"]


def test_the_container_runs_the_sandbox_as_an_ordinary_user() -> None:
    """Its default command needs no account; nothing runs as root."""
    lines = (GITHUB / "Dockerfile").read_text("utf-8").splitlines()
    assert lines[-2:] == ['ENTRYPOINT ["webhook-tui"]', 'CMD ["--sandbox"]']
    assert any(re.fullmatch(r"USER (?!root)\w+", line) for line in lines)


def test_the_top_level_is_what_it_should_be() -> None:
    """Nothing but these and dotfiles is tracked."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    top = {name.split("/")[0] for name in tracked.splitlines()}
    assert {name for name in top if not name.startswith(".")} <= {
        "pyproject.toml", "README.md", "app", "tests", "screenshots",
    }  # fmt: skip


def test_the_manual_page_is_current() -> None:
    """It is made from the help of every command, and the wheel installs it where `man` finds it."""
    page = ROOT / ".ci" / "webhook-tui.1"
    done = subprocess.run([sys.executable, ROOT / ".ci" / "man_page.py"], capture_output=True, text=True, check=True)
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert page.read_text("utf-8") == done.stdout, "python .ci/man_page.py > .ci/webhook-tui.1"
    assert wheel["shared-data"] == {".ci/webhook-tui.1": "share/man/man1/webhook-tui.1"}
    assert {"webhook\\-tui listen [OPTIONS]", "webhook\\-tui contract check [OPTIONS] FILE"} <= {
        line.removeprefix(".SS ") for line in done.stdout.splitlines()
    }
