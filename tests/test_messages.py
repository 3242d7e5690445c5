"""No message of a command that has no keys names one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import webhook_tui
from webhook_tui.domain.failure import Failure
from webhook_tui.piktid import errors
from webhook_tui.piktid.errors import Asked, Operation, problem_of_answer, problem_of_failure

PACKAGE = Path(webhook_tui.__file__).parent
SCREEN_ONLY = ("ui/", "editor.py")
"""Where messages are made that the screen alone shows."""
KEY = re.compile(
    r"(?:^|(?<=[.;,:] )|(?<=then )|(?<=press ))[A-Za-z] (?:again|asks|edits|enters|leaves|registers|sends|shows|takes|"
    r"tries|watches|works)\b|(?:then|press|, or|: ) ?\b[b-hj-zA-Z]\b(?! [a-z]+s? (?:of|is)\b)"
)
"""A single letter that does something, or is to be pressed."""


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each text of a module with its line, what is filled in as `0`; not docstrings, and not what is `screen_hint`."""
    hidden: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) or (isinstance(node, ast.keyword) and node.arg == "screen_hint"):
            hidden.update(ast.walk(node) if isinstance(node, ast.keyword) else (node.value,))
        if node in hidden:
            continue
        if isinstance(node, ast.JoinedStr):
            hidden.update(child for child in ast.walk(node) if child is not node)
            yield (
                node.lineno,
                "".join(str(part.value) if isinstance(part, ast.Constant) else "0" for part in node.values),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def test_only_the_hints_of_the_screen_name_keys() -> None:
    """Texts outside the screen's package: whoever prints or logs them has no keys."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(SCREEN_ONLY):
            texts = _texts(ast.parse(path.read_text("utf-8")))
            found += [f"{name}:{line}: {text}" for line, text in texts if KEY.search(text)]
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "Retrying in {again}; u tries now.",
        "Copy it again, then u.",
        "Use a token of the owner, then u to enter it.",
        "u asks again; or --secret with yours.",
        "Deliveries may come; t sends a ping.",
        "R edits it again.",
        "Delete it later: X",
    ],
)
def test_a_key_would_be_found(text: str) -> None:
    """Each of these names one."""
    assert KEY.search(text)


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("status", [200, 302, 400, 401, 402, 403, 404, 405, 409, 410, 418, 422, 429, 500, 503])
@pytest.mark.parametrize("body", [b"", b'{"detail": "no"}'], ids=["silent", "with a reason"])
def test_an_answer_of_the_api(operation: Operation, status: int, body: bytes) -> None:
    """Whatever was asked, and with or without the seconds until the next try."""
    asked = Asked(operation, "https://api.example.com", 10.0)
    for headers in ({}, {"retry-after": "7"}):
        problem = problem_of_answer(asked, status, headers, body)
        for sentence in problem.sentence(), problem.sentence(4):
            assert not KEY.search(sentence)
            assert "{again}" not in sentence


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("failure", Failure)
def test_no_answer_of_the_api(operation: Operation, failure: Failure, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was asked and whatever stood between; two lines of the screen are enough."""
    monkeypatch.setattr(errors, "failure_of", lambda _error: failure)
    problem = problem_of_failure(Asked(operation, "https://v2.api.piktid.com", 10.0), OSError())
    for sentence in problem.sentence(), problem.sentence(4):
        assert not KEY.search(sentence)
    assert max(len(problem.message), len(problem.advice(30))) <= 78
