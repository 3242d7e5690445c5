"""Every message of the program: the list, and the rules that a program can hold.

`pytest -s tests/test_messages.py -k list` prints the list.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.sources import PACKAGE, nodes_of_modules
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.piktid import errors
from webhook_tui.piktid.errors import Asked, Operation, problem_of_answer, problem_of_failure

SCREEN_ONLY = "ui"
"""The layer whose messages are shown by the screen alone, so that they may name keys."""
KEY = re.compile(
    r"(?:^|(?<=[.;,:] )|(?<=then )|(?<=press ))[A-Za-z] (?:again|asks|edits|enters|leaves|registers|sends|shows|takes|"
    r"tries|watches|works)\b|(?:then|press|, or|: ) ?\b[b-hj-zA-Z]\b(?! [a-z]+s? (?:of|is)\b)"
)
"""A single letter that does something, or is to be pressed."""


def _texts(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """Each text of a module with its line, what is filled in as `0`; not docstrings, and not what is `screen_hint`."""
    hidden: set[ast.AST] = set()
    for node in nodes:
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
    """Texts outside the screen's package: where they are printed or logged, there are no keys."""
    found = []
    for path, nodes in nodes_of_modules():
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(SCREEN_ONLY):
            found += [f"{name}:{line}: {text}" for line, text in _texts(nodes) if KEY.search(text)]
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
def test_an_answer_of_the_api(operation: Operation) -> None:
    """Whatever was asked and answered, with and without a reason and the seconds until the next try."""
    asked = Asked(operation, "https://api.example.com", 10.0)
    statuses = (200, 302, 400, 401, 402, 403, 404, 405, 409, 410, 418, 422, 429, 500, 503)
    bodies = (b"", b'{"detail": "no"}')
    for status, body, headers in product(statuses, bodies, ({}, {"retry-after": "7"})):
        problem = problem_of_answer(asked, status, headers, body)
        for sentence in problem.sentence(), problem.sentence(4):
            assert not KEY.search(sentence), (status, body, headers)
            assert "{again}" not in sentence, (status, body, headers)


@pytest.mark.parametrize("operation", Operation)
def test_no_answer_of_the_api(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was asked and whatever stood between; two lines of the screen are enough."""
    for failure in Failure:
        monkeypatch.setattr(errors, "failure_of", lambda _error, failure=failure: failure)
        problem = problem_of_failure(Asked(operation, "https://v2.api.piktid.com", 10.0), OSError())
        for sentence in problem.sentence(), problem.sentence(4):
            assert not KEY.search(sentence), failure
        assert max(len(problem.message), len(problem.advice(30))) <= 78, failure


BANNED = re.compile(
    r"\b(?:judg\w*|proven|unproven|strays?|tidy\w*|wish\w*|signed anew|out of order|nothing fits|putting back)\b",
    re.IGNORECASE,
)
"""Words that this program once used for what has a common name."""
_ASKED = Asked(Operation.REGISTER, "https://v2.api.piktid.com", 10.0)
_SAMPLES: dict[str, Any] = {
    "asked": _ASKED,
    "at": datetime(2026, 1, 1, 12, 0, tzinfo=UTC),
    "body": b"",
    "code": 7,
    "error": ValueError("no closing quotation"),
    "headers": httpx.Headers(),
    "lines": ("ERR_NGROK_4018",),
    "path": Path("State/file"),
    "errors": Path("State/file"),
    "problem": Problem("PiktID did not answer.", ""),
    "secret": Secret("s3cret"),
    "status": 503,
    "hint": "Start your app.",
    "advice": "Start your app.",
    "what": "The history",
    "host": "127.0.0.1",
    "program": "ssh",
    "event": "ping",
    "called": "history",
    "way_out": "Use --db F.",
    "name": "The file",
}
"""Arguments by the name of the parameter; all others by its type."""
_BY_TYPE: dict[str, Any] = {"int": 3, "float": 2.5, "bool": False, "str": "Text", "Sequence[str]": ("a1b2", "c3d4")}
_CLAUSES = {"deleting_webhook", "detail_of", "exit_reason", "shortened", "FORWARDING_LOOP", "INVALID_STATUS"}
"""Parts of a sentence, and the bodies of answers to other programs."""
_NAMES = ("ngrok", "webhook-tui", "config.toml")
"""Programs and files whose names begin a sentence in lower case."""
_SENTENCES = {"domain.errors.ended": 3, "ui.notice_texts.session_ended": 4}
"""How many those have that may have more than two: what ended, what is stored, and what is to be done."""
_SHOWS_A_SECRET = "restored"
"""Ends with a secret to copy, so without a period."""


def _modules() -> Iterator[ModuleType]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).with_suffix("").as_posix()
        if path.stem in ("messages", "errors", "notice_texts") and name != "ui/messages":
            yield importlib.import_module(f"webhook_tui.{name.replace('/', '.')}")


def _called(function: Callable[..., object]) -> object:
    given = {
        name: _SAMPLES.get(name, _BY_TYPE.get(str(parameter.annotation).split(" | ", 1)[0], "Text"))
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty
    }
    return function(**given)


def _messages() -> Iterator[tuple[str, Problem | str]]:
    """Every problem and sentence of the modules of messages, with its name."""
    for module in _modules():
        layer = module.__name__.removeprefix("webhook_tui.")
        for name, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_"):
                is_message = any(kind in str(value.__annotations__.get("return")) for kind in ("Problem", "str"))
                made = _called(value) if is_message and name not in _CLAUSES else None
            else:
                made = value if isinstance(value, Problem) or name.isupper() else None
            for one in made.values() if isinstance(made, dict) else (made,):
                if isinstance(one, Problem) or (isinstance(one, str) and " " in one and name not in _CLAUSES):
                    yield f"{layer}.{name}", one


def test_the_list_of_messages() -> None:
    """All of them follow the rules: no key, at most two sentences, sentence case, a period except in toasts."""
    faults = []
    names = set()
    for name, message in _messages():
        text = message.sentence(4) if isinstance(message, Problem) else message
        names.add(name.split(".")[0])
        sys.stdout.write(f"{name:<50} {text}\n")
        is_step = isinstance(message, str) and text[:1].islower()
        is_upper = not text[:1].islower() or text.startswith(_NAMES)
        sentences = re.split(r"(?<=[.?!]) (?=[A-Z`])", text)
        is_of_screen = name.startswith(SCREEN_ONLY)
        is_long = len(sentences) > _SENTENCES.get(name, 2)
        if (KEY.search(text) and not is_of_screen) or is_long or BANNED.search(text):
            faults.append((name, text))
        is_whole = is_upper and (text.endswith((".", "?")) or (is_of_screen and isinstance(message, str)))
        if not is_step and not is_whole and _SHOWS_A_SECRET not in name:
            faults.append((name, text))
    assert not faults
    assert names >= {"domain", "errors", "headless", "http", "images", "piktid", "session", "storage", "tunnels", "ui"}


def test_no_text_uses_a_word_of_its_own() -> None:
    """In literals that users can see: all but docstrings, except those of commands, which are their help."""
    found = []
    for path, nodes in nodes_of_modules():
        name = path.relative_to(PACKAGE).as_posix()
        hidden = set() if name.startswith("cli/") else {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        found += [
            f"{name}:{node.lineno}: {node.value}"
            for node in nodes
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in hidden
            and BANNED.search(node.value)
        ]
    assert not found
