"""The sources of the program as syntax trees, for the tests that read them: parsed once in each process of tests."""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

import webhook_tui

PACKAGE = Path(webhook_tui.__file__).parent


@cache
def nodes_of_modules(folder: Path = PACKAGE) -> tuple[tuple[Path, tuple[ast.AST, ...]], ...]:
    """The path of each module below a folder and all nodes of its tree, the module first.

    They are up to 400,000 objects that stay. To search them for garbage, now or later, would take longer than to parse
    them.
    """
    gc.collect()
    gc.disable()
    found = tuple((path, _nodes(path)) for path in sorted(folder.rglob("*.py")))
    gc.freeze()
    gc.enable()
    return found


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))
