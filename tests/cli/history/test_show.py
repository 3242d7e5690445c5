"""`webhook-tui show`, run as a shell runs it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import TOKEN
from tests.fork_server import run


def test_text_shows_verdict_headers_and_the_whole_body(history: Path) -> None:
    """The body is indented; the path that lets anyone send is not shown in full."""
    done = run("show", "1")

    lines = done.stdout.decode().splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[0] == "#1  ✓ valid  image_result  attempt 1  answered 200"
    assert lines[3].startswith("received   2026-11-23 14:20:02.418 +00:00")
    assert lines[3].endswith("POST /h/0123…cdef")
    assert '    "job_id": "job_ec536688",' in lines


def test_hostile_text_is_harmless(history: Path) -> None:
    """No received byte reaches the terminal as a control character."""
    done = run("show", "4")

    assert done.returncode == 0, done.stderr
    assert b"\x1b" not in done.stdout
    assert b"\x07" not in done.stdout


def test_json_is_the_object_of_list(history: Path) -> None:
    """One line."""
    assert run("show", "2", "--format", "json").stdout == run("list", "--format", "json").stdout.splitlines(True)[1]


def test_raw_is_the_request_byte_for_byte(history: Path) -> None:
    """For a pipe; a terminal does not get it."""
    master, terminal = pty.openpty()
    try:
        command = [sys.executable, "-m", "webhook_tui", "show", "4", "--format", "raw"]
        refused = subprocess.run(command, stdout=terminal, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(terminal)
        os.close(master)

    raw = run("show", "4", "--format", "raw").stdout
    assert raw.startswith(b"POST /h/0123456789abcdef0123456789abcdef HTTP/1.1\r\n")
    assert raw.endswith(b"\r\n\r\n\x1b[31m\xff")
    assert refused.returncode == 2


def test_what_is_not_there_is_one_line(history: Path) -> None:
    """Also what is another account's."""
    missing, foreign, wrong = run("show", "9"), run("show", "4", "--token", TOKEN), run("show", "x")

    assert missing.stderr == b"webhook-tui: There is no delivery 9 in the history. Run webhook-tui list.\n"
    assert (missing.returncode, foreign.returncode, wrong.returncode) == (1, 1, 2)
    assert json.loads(run("show", "4", "--format", "json").stdout)["seq"] == 4
