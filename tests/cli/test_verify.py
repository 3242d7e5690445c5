"""`webhook-tui verify`: one signature, offline."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.factories import signature
from tests.fork_server import run

BODY = b'{"id": 1, "name": "ping", "data": {}, "timestamp": 1795443602.5}'


def test_verify_says_valid_with_0() -> None:
    """The body comes by standard input."""
    done = run("verify", "--secret", "s", "--signature", signature("s", BODY), given=BODY)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("✓ valid".encode())


def test_verify_says_why_not_with_1(tmp_path: Path) -> None:
    """The body comes from a file, whose last newline an editor added."""
    file = tmp_path / "body.json"
    file.write_bytes(BODY + b"\n")

    done = run("verify", "--secret", "s", "--signature", signature("s", BODY), "--format", "json", str(file))

    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert (said["verdict"], said["cause"]) == ("invalid", "trailing-newline")


def test_verify_takes_a_delivery_line(tmp_path: Path) -> None:
    """The line of `listen --format json` is enough."""
    line = {
        "type": "delivery",
        "received_at": "2026-11-23T14:20:02.418Z",
        "method": "POST",
        "path": "/h/1",
        "headers": [["X-Webhook-Signature", signature("s", BODY)], ["X-Webhook-Event", "ping"]],
        "body_b64": base64.b64encode(BODY).decode(),
    }
    file = tmp_path / "delivery.json"
    file.write_text(json.dumps({"type": "ready"}) + "\n" + json.dumps(line))

    assert run("verify", "--secret", "s", "--delivery", str(file)).returncode == 0
    assert run("verify", "--secret", "other", "--delivery", str(file)).returncode == 1


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"type": "delivery"}', "\x00"])
def test_a_file_without_a_delivery_is_a_usage_error(tmp_path: Path, content: str) -> None:
    """One sentence, no traceback."""
    file = tmp_path / "none.json"
    file.write_text(content)

    done = run("verify", "--secret", "s", "--delivery", str(file))

    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_verify_without_a_secret_is_a_usage_error() -> None:
    """An empty one is none."""
    assert run("verify", "--signature", "x").returncode == 2
    assert run("verify", "--signature", "x", "--secret", "").returncode == 2
