"""`webhook-tui why`, run as a shell runs it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import SECRET
from tests.fork_server import run
from webhook_tui.domain.signature.secret import Secret


def test_the_cause_and_what_to_change(history: Path) -> None:
    """By the ring of the delivery's own account, without a token; the exit code is no verdict."""
    done = run("why", "2")

    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert text.startswith("✗ invalid: ")
    assert "What to change: " in text
    assert f"secret {Secret(SECRET).short_id}  current (" in text
    assert "fits only without the last newline" in text
    assert SECRET not in text


def test_json(history: Path) -> None:
    """The fields of `verify --format json`, and the secrets that were tried."""
    said = json.loads(run("why", "2", "--format", "json").stdout)

    assert (said["seq"], said["verdict"], said["cause"]) == (2, "invalid", "trailing-newline")
    assert [secret["matches"] for secret in said["secrets"]] == [False]
    assert said["received"] != [said["expected"]]


def test_an_exported_page_explains(history: Path) -> None:
    """The page of a delivery says the same; of an account without secrets it has the reason that was stored."""
    explained = run("export", "--format", "html", "--seq", "2").stdout.decode()
    stored = run("export", "--format", "html", "--seq", "4").stdout.decode()

    assert "What to change: " in explained
    assert "What to change: " not in stored
    assert "#4 " in stored


def test_the_other_verdicts(history: Path) -> None:
    """Valid, missing, and a delivery of an account whose secrets are not known."""
    assert run("why", "1").stdout.decode().startswith("✓ valid: ")
    assert "header is missing" in run("why", "3").stdout.decode()
    assert "No secret of this account is known" in run("why", "4").stdout.decode()


def test_a_number_that_is_not_there(history: Path) -> None:
    """One line, exit code 1."""
    done = run("why", "9")

    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)
