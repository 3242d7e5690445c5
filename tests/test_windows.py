"""What can be told of Windows without one: what it does not have is not imported, called or expected.

Not told: its consoles, its OpenSSH, and what its signals do to child processes.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.timeouts import TIMEOUT_SECONDS

STAND_IN = Path(__file__).with_name("windows_stand_in.py")
TOP = STAND_IN.parents[1]
SECRET = "whsec_of_windows"

pytestmark = [
    *(pytest.mark.integration, pytest.mark.portable),
    pytest.mark.skipif(sys.platform == "win32", reason="there it is no stand-in"),
]


def started(home: Path, *arguments: str) -> subprocess.Popen[str]:
    """`webhook-tui` with these arguments; without any the imports."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": f"{TOP / 'app'}{os.pathsep}{TOP}"}
    command = [sys.executable, str(STAND_IN), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ, cwd=home)


def run(home: Path, *arguments: str) -> tuple[int, str, str]:
    """Its exit code and what it prints."""
    process = started(home, *arguments)
    output, errors = process.communicate(timeout=TIMEOUT_SECONDS)
    return process.returncode, output, errors


def test_every_module_is_imported(tmp_path: Path) -> None:
    """Without fcntl, termios, pwd and resource, and with the signals of Windows alone."""
    assert run(tmp_path) == (0, "\n", "")


def test_help_and_a_verification(tmp_path: Path) -> None:
    code, output, _ = run(tmp_path, "--help")
    assert (code, output.startswith("Usage: webhook-tui")) == (0, True)

    body, secret = tmp_path / "body.json", tmp_path / "secret.txt"
    body.write_bytes(b"{}")
    secret.write_text(SECRET)
    digest = hmac.new(SECRET.encode(), b"{}", hashlib.sha256).hexdigest()
    code, output, _ = run(
        tmp_path, "verify", "--secret-file", str(secret), "--signature", f"sha256={digest}", str(body)
    )
    assert code == 0
    assert "valid" in output


def test_a_session_and_its_history(tmp_path: Path) -> None:
    """It binds a port, locks the history, registers with the sandbox, stores the ping, and leaves."""
    history = str(tmp_path / "h.db")
    arguments = ("listen", "--sandbox", "--db", history, "--until", "event:ping", "--within", "60")
    code, output, errors = run(tmp_path, *arguments)
    assert code == 0, errors
    assert "valid ping" in output + errors
    code, output, _ = run(tmp_path, "list", "--db", history)
    assert code == 0
    assert "ping" in output


def test_ctrl_c_ends_the_sandbox(tmp_path: Path) -> None:
    """Its loop has no add_signal_handler."""
    process = started(tmp_path, "sandbox", "--port", "0")
    assert process.stdout is not None
    assert "listens on" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 128 + signal.SIGINT
