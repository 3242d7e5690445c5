"""The user's own editor: what it gets, what comes back, and the problem when it fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from webhook_tui.domain.errors import ProblemError
from webhook_tui.editor import edit, editor_of


@pytest.fixture
def editor(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Makes an editor out of Python source; `path` is the file."""

    def make(source: str) -> dict[str, str]:
        script = tmp_path / "editor.py"
        script.write_text(f"import os, sys, pathlib\npath = pathlib.Path(sys.argv[1])\n{source}\n")
        return {**os.environ, "EDITOR": f"{sys.executable} {script}", "PIKTID_TOKEN": "canary"}

    return make


def test_the_editor_gets_the_bytes_and_gives_bytes_back(editor: Any) -> None:
    """A private file with a name of ours; the token is not in the editor's environment; the file is gone after."""
    environ = editor(
        "assert 'canary' not in str(os.environ)\n"
        "assert path.parent.stat().st_mode & 0o077 == 0\n"
        "path.write_bytes(path.read_bytes()[::-1] + path.name.encode())"
    )
    assert edit(b"\x00\xff{}", 8, environ) == b"}{\xff\x00delivery-8.txt"
    assert edit(b"{}", 9, environ) == b"}{delivery-9.json"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("sys.exit(3)", "The editor failed with exit code 3. Nothing was sent."),
        ("os.kill(os.getpid(), 9)", "The editor was ended by SIGKILL. Nothing was sent."),
        ("path.unlink()", "The editor left no file. Nothing was sent."),
        ("path.unlink(); path.mkdir()", "The editor left no file. Nothing was sent."),
        ("path.write_bytes(b'')", "The editor left the file empty. Nothing was sent."),
        ("pass", "The editor saved nothing: nothing was sent."),
    ],
)
def test_an_editor_that_goes_wrong(editor: Any, source: str, words: str) -> None:
    """Nothing comes back that the user has not saved."""
    with pytest.raises(ProblemError, match=words):
        edit(b"{}", 1, editor(source))


def test_what_was_saved_unchanged_comes_back(editor: Any) -> None:
    """Saving is enough; an empty body may stay empty."""
    assert edit(b"{}", 1, editor("path.write_bytes(path.read_bytes())")) == b"{}"
    assert edit(b"", 1, editor("path.write_bytes(b'')")) == b""


@pytest.mark.parametrize("command", ["/nowhere/editor", "'open", "/nowhere/\x1b[31m"])
def test_an_editor_that_cannot_start(command: str) -> None:
    """The sentence is harmless whatever the name is."""
    with pytest.raises(ProblemError, match="could not be started") as caught:
        edit(b"{}", 1, {"EDITOR": command})
    assert caught.value.problem.sentence().isprintable()


def test_no_place_for_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full or missing directory for temporary files is a problem in words, too."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(ProblemError, match="A temporary file cannot be written: No such"):
        edit(b"{}", 1, {"EDITOR": "true"})


def test_which_editor() -> None:
    """VISUAL before EDITOR, with its arguments."""
    assert editor_of({"VISUAL": "code --wait", "EDITOR": "ed"}) == ["code", "--wait"]
    assert editor_of({"EDITOR": "ed"}) == ["ed"]
    assert editor_of({})[0] in ("nano", "vi", "notepad")
