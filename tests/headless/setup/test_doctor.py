"""Each check, where it is well and where something is missing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.storage.test_running_sessions import SESSION
from webhook_tui.config import Settings
from webhook_tui.domain.errors import ExitCode, Problem
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.headless.setup.doctor import (
    Check,
    CheckState,
    account_checks,
    checks_page,
    checks_record,
    clock_check,
    config_check,
    history_check,
    is_ok,
    port_check,
    secrets_check,
    tunnel_check,
)
from webhook_tui.headless.setup.status import Ownership, WebhookReport
from webhook_tui.http.sockets import bind
from webhook_tui.places import Places

OK, WARNING, MISSING = CheckState.OK, CheckState.WARNING, CheckState.MISSING


def _settings(tmp_path: Path, **changes: Any) -> Settings:
    return Settings(**{"token": Secret("t"), "places": Places(tmp_path / "config", tmp_path / "state"), **changes})


@pytest.mark.parametrize(
    ("offset", "state", "words"),
    [
        (0.4, OK, "within 2 s"),
        (-20.0, OK, "within 21 s"),
        (7200.0, WARNING, "2 h ahead of"),
        (-90.0, WARNING, "1 min behind"),
        (None, WARNING, "not known"),
    ],
)
def test_the_clock(offset: float | None, state: CheckState, words: str) -> None:
    """Beside PiktID's."""
    check = clock_check(offset)
    assert check.state is state
    assert words in check.found


def test_the_port(tmp_path: Path) -> None:
    """Free, our own, taken: which matters only where it was asked for."""
    with bind("127.0.0.1", 0, exact=True) as taken:
        port = taken.getsockname()[1]
        assert port_check(_settings(tmp_path, port=port), []).state is WARNING
        asked = port_check(_settings(tmp_path, port=port, port_was_given=True), [])
        assert (asked.state, asked.found) == (MISSING, f"Port {port} is in use by another program.")
    assert port_check(_settings(tmp_path, port=port, port_was_given=True), []).state is OK
    own = port_check(_settings(tmp_path, port=SESSION.port), [SESSION])
    assert (own.state, own.found) == (OK, "9876 is used by the session that runs (process 7)")


async def test_the_program_of_the_tunnel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where a tunnel is opened."""
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\necho OpenSSH_9.9p1 >&2\n")
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await tunnel_check(_settings(tmp_path)) == Check("ssh client", OK, f"OpenSSH_9.9p1 ({ssh})")
    ssh.unlink()
    missing = await tunnel_check(_settings(tmp_path))
    assert (missing.state, missing.hint.startswith("Install the OpenSSH client")) == (MISSING, True)
    for changes, state in (
        ({"tunnel": "none"}, OK),
        ({"sandbox": True}, OK),
        ({"tunnel": "ngrok"}, MISSING),
        ({"tunnel": "command", "tunnel_command": "prog {port}"}, MISSING),
    ):
        assert (await tunnel_check(_settings(tmp_path, **changes))).state is state


def test_the_account(tmp_path: Path) -> None:
    """Without a token, with a wrong one, with another program's webhook."""
    settings = _settings(tmp_path)
    (sandbox,) = account_checks(_settings(tmp_path, sandbox=True), None)
    none, *_ = account_checks(_settings(tmp_path, token=None), WebhookReport(Ownership.UNKNOWN))
    failed = WebhookReport(Ownership.UNKNOWN, problem="It failed. Do this.", exit_code=ExitCode.API)
    _, wrong, _ = account_checks(settings, failed)
    _, other, clock = account_checks(settings, WebhookReport(Ownership.OTHER, clock_offset_seconds=0.0))
    assert (sandbox.state, none.state, wrong.state, other.state, clock.state) == (OK, MISSING, MISSING, WARNING, OK)
    assert (wrong.found, wrong.hint) == ("It failed.", "Do this.")


def test_the_history(tmp_path: Path) -> None:
    """Not there, another program's file, readable by others."""
    assert history_check(_settings(tmp_path)).state is OK
    broken = tmp_path / "x.db"
    broken.write_bytes(b"no database" * 100)
    assert history_check(_settings(tmp_path, db=broken)).state is MISSING
    below = history_check(_settings(tmp_path, db=broken / "h.db"))
    assert (below.state, below.found) == (MISSING, f"{broken} is not writable.")
    assert history_check(_settings(tmp_path, ephemeral=True)).found == "temporary with these options"


def test_the_secrets_file(tmp_path: Path) -> None:
    """Damaged, it is moved; another program's is left alone, and what is not there is not made."""
    settings = _settings(tmp_path)
    path = settings.places.accounts
    none, was_made = secrets_check(settings), path.exists()
    path.parent.mkdir()
    path.write_bytes(bytes(range(1, 256)) * 32)
    damaged, next_time = secrets_check(settings), secrets_check(settings)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 7")
    foreign, sandbox = secrets_check(settings), secrets_check(_settings(tmp_path, sandbox=True))

    assert (none.state, was_made, damaged.state, next_time.state) == (OK, False, WARNING, OK)
    assert damaged.found == "The secrets file could not be read; it is kept as accounts.db.broken."
    assert (foreign.state, sandbox.state) == (MISSING, OK)
    assert foreign.found == "The file for the secrets file is another program's database."


def test_the_config_file_and_the_record(tmp_path: Path) -> None:
    """A warning is not missing."""
    settings = _settings(tmp_path)
    warned = config_check(settings, [Problem("a", "b"), Problem("c", "d")])
    assert warned == Check("config", WARNING, "a (1 more)", "b")
    assert is_ok([warned, config_check(settings, [])])
    record = checks_record([warned, Check("x", MISSING, "y")])
    assert record["is_ok"] is False
    assert record["checks"] == [
        {"name": "config", "state": "warning", "found": "a (1 more)", "hint": "b"},
        {"name": "x", "state": "missing", "found": "y", "hint": None},
    ]


CHECKS = [
    Check("port", CheckState.OK, "9876 is free"),
    Check("clock", CheckState.WARNING, "2 h ahead", "Set it."),
    Check("token", CheckState.MISSING, "There is \x1b[31mnone.", "Give one."),
]


def test_a_page_says_what_is_missing_and_what_to_do() -> None:
    """Aligned, in ASCII where the locale needs it, without control characters."""
    page = checks_page(CHECKS, in_ascii=True)

    assert page.splitlines()[:3] == [
        "+ ok      port        9876 is free",
        "! warning clock       2 h ahead",
        "                      Set it.",
    ]
    assert "\x1b" not in page
    assert page.endswith("One thing is missing.")
    assert checks_page(CHECKS[:2], in_ascii=False).endswith("Nothing is missing.")
    assert checks_page(CHECKS[2:] * 2, in_ascii=False).endswith("2 things are missing.")
    assert "✗ missing token" in checks_page(CHECKS, in_ascii=False)
