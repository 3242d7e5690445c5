"""Standard streams that are closed, full, or have lost their reader."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its shell has no such redirections")

_PROGRAM = """
import os, sys
from webhook_tui.domain.errors import ProblemError
from webhook_tui.streams import OutputError, prepare_streams
prepare_streams()
said = []
try:
    print("x" * 100_000, flush=True)
except OutputError as error:
    said.append(f"{error.reason} {error.is_unread}")
print("dropped", flush=True)
try:
    sys.stdin.read()
except ProblemError as error:
    said.append(error.problem.sentence())
print("lost", file=sys.stderr, flush=True)
os.write(int(sys.argv[1]), "|".join(said).encode())
"""


def said(redirections: str, tmp_path: Path) -> list[str]:
    """What a program notices whose streams a shell has redirected so."""
    report = tmp_path / "report"
    subprocess.run(
        ["sh", "-c", f'"$0" -c "$1" 9 {redirections} 9>"$2"', sys.executable, _PROGRAM, str(report)],
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return report.read_text().split("|")


def test_closed_streams(tmp_path: Path) -> None:
    """Output fails once and then drops the rest, input is a problem in words, errors are dropped."""
    written, read = said("<&- >&- 2>&-", tmp_path)

    assert written == "it is closed False"
    assert read.startswith("Standard input cannot be read: it is closed")


def test_a_full_device(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no full device")
    assert said("</dev/null >/dev/full 2>/dev/full", tmp_path) == ["No space left on device False"]


def test_streams_that_work_are_left_alone(tmp_path: Path) -> None:
    assert said("</dev/null >/dev/null", tmp_path) == [""]
