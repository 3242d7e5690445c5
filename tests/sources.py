"""The sources of the program as syntax trees, for the tests that read them: parsed once in each process of tests."""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

import webhook_tui

PACKAGE = Path(webhook_tui.__file__).parent


@cache
def nodes_of_modules() -> tuple[tuple[Path, tuple[ast.AST, ...]], ...]:
    """Each module's path and all nodes of its tree, the module first.

    They are 400,000 objects that stay. To search them for garbage, now or later, would take longer than to parse them.
    """
    gc.collect()
    gc.disable()
    found = tuple((path, tuple(ast.walk(ast.parse(path.read_text("utf-8"))))) for path in sorted(PACKAGE.rglob("*.py")))
    gc.freeze()
    gc.enable()
    return found
