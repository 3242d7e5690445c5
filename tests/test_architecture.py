"""Laws that no import contract can see: what is loaded when, what is never called, what stands at the top."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import webhook_tui

PACKAGE = Path(webhook_tui.__file__).parent
TOP = PACKAGE.parent.parent


def _loaded_by(statement: str) -> set[str]:
    """Names of the modules in sys.modules after `statement` in a fresh interpreter."""
    program = f"import sys\ntry:\n    {statement}\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_no_front_end(option: str) -> None:
    """They answer at once: neither Textual nor a server nor an HTTP client is imported."""
    loaded = _loaded_by(f"sys.argv = ['webhook-tui', '{option}']; from webhook_tui.cli.main import main; main()")

    assert loaded.isdisjoint({"textual", "rich", "uvicorn", "httpx", "starlette", "pyngrok", "sqlite3", "asyncio"})


def test_listening_without_a_screen_loads_no_textual() -> None:
    """The headless front end is for servers and pipes."""
    assert _loaded_by("import webhook_tui.headless").isdisjoint({"textual", "pyngrok"})


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def test_every_module_and_public_name_says_what_it_is_for() -> None:
    """Docstrings on modules, public classes and public functions (overridden framework hooks in the screen aside)."""
    missing = []
    for path, tree in _modules():
        if ast.get_docstring(tree) is None:
            missing.append(str(path))
        missing += [
            f"{path}:{node.lineno} {node.name}"
            for node in tree.body
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and not node.name.startswith("_")
            and ast.get_docstring(node) is None
        ]

    assert missing == []


def test_no_worker_calls_into_the_screen() -> None:
    """Threads post facts; `call_from_thread` blocks and can hang the way out."""
    calls = [
        f"{path}:{node.lineno}"
        for path, tree in _modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "call_from_thread"
    ]

    assert calls == []


def test_no_module_is_a_drawer_for_everything() -> None:
    """Names say what a thing is."""
    names = {path.stem for path, _ in _modules()} | {path.parent.name for path, _ in _modules()}

    assert names.isdisjoint({"utils", "util", "helpers", "helper", "manager", "common", "misc"})


def test_the_top_level_holds_what_it_should() -> None:
    """pyproject.toml, README.md, app, tests, screenshots, and dotfiles."""
    there = {path.name for path in TOP.iterdir() if not path.name.startswith(".")}

    assert there - {"dist", "build"} <= {"pyproject.toml", "README.md", "app", "tests", "screenshots"}
