"""Commands about this machine and the account."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests import fork_server
from tests.cli.conftest import TOKEN as ACCOUNT_TOKEN
from tests.integration.process import program, run
from tests.session.running import TOKEN, sandbox_of
from webhook_tui.places import Places


async def _doctor(*arguments: str, **environment: str) -> tuple[int, dict[str, dict[str, Any]]]:
    code, output, _ = await run("doctor", "--format", "json", *arguments, **environment)
    record = json.loads(output)
    assert record["is_ok"] is (code == 0)
    return code, {check["name"]: check for check in record["checks"]}


async def test_all_is_there_and_something_is_missing(tmp_path: Path) -> None:
    """Exit code 1 where something needed is missing; the report holds no token, and only its owner can read it."""
    places, report = Places.of_user(), tmp_path / "report.md"
    places.log.parent.mkdir(parents=True)
    places.log.write_text(f"it quotes {TOKEN.reveal()}\n")
    async with sandbox_of() as (_, api_url):
        account = ("--api-url", api_url, "--tunnel", "none", "--port", "0")
        good, checks = await _doctor(*account, PIKTID_TOKEN=TOKEN.reveal())
        wrong, refused = await _doctor(*account, PIKTID_TOKEN="wrong-token")
        code, page, notes = await run("doctor", *account, "--bundle", str(report), PIKTID_TOKEN=TOKEN.reveal())

    assert (good, wrong, code) == (0, 1, 0)
    assert {check["state"] for check in checks.values()} == {"ok"}
    assert checks["clock"]["found"].startswith("within ")
    assert checks["API"]["found"] == f"{api_url} answers, webhook: none"
    assert refused["API"]["state"] == "missing"
    assert refused["API"]["hint"]
    assert page.splitlines()[-1] == "Nothing is missing."
    assert notes == f"webhook-tui: Report written to {report}. Read it, then attach it to a bug report.\n"
    text = report.read_text()
    assert report.stat().st_mode & 0o777 == 0o600
    assert TOKEN.reveal() not in text + page
    assert "it quotes [redacted]" in text
    assert "token = ********  (environment PIKTID_TOKEN)" in text
    assert "## webhook-tui.log" in text


async def test_the_sandbox_needs_nothing_and_the_default_a_token() -> None:
    """Without a token PiktID is not asked."""
    sandbox, checks = await _doctor("--sandbox", "--port", "0")
    default, without = await _doctor("--tunnel", "none", "--port", "0")

    assert (sandbox, checks["token"]["found"]) == (0, "not needed with --sandbox")
    assert (default, without["token"]["state"], "API" in without) == (1, "missing", False)
    assert without["token"]["found"] == "No token was given."
    assert without["token"]["hint"] == "Set PIKTID_TOKEN, or use --token-file."


@pytest.mark.parametrize("token", [(), ("--token", "t")])
async def test_damaged_secrets_are_a_warning_before_anything_reads_them(token: tuple[str, ...]) -> None:
    """Also where a stored token would be read."""
    path = Places.of_user().accounts
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(range(1, 256)) * 32)

    _, checks = await _doctor("--tunnel", "none", "--port", "0", "--api-url", "http://127.0.0.1:1", *token)

    assert checks["secrets"]["state"] == "warning"
    assert checks["secrets"]["found"].endswith("it is kept as accounts.db.broken.")


async def _status(*arguments: str) -> dict[str, Any]:
    code, output, notes = await run("status", "--format", "json", *arguments)
    assert (code, notes) == (0, "")
    record: dict[str, Any] = json.loads(output)
    return record


async def test_an_account_from_nothing_to_a_webhook_that_is_left_behind(history: Path) -> None:
    """Whose the webhook is, and the session while it runs; never the token."""
    async with program("sandbox", "--port", "0", "--token", ACCOUNT_TOKEN) as sandbox:
        await sandbox.until(lambda: "http://" in sandbox.words + sandbox.output.decode())
        text = sandbox.words + sandbox.output.decode()
        api = next(word.rstrip(".,;") for word in text.split() if word.startswith("http://"))
        account = ("--api-url", api, "--token", ACCOUNT_TOKEN)
        before = await _status(*account)
        async with program("listen", *account, "--tunnel", "none", "--port", "0", "--format", "json") as session:
            port = (await session.record("ready"))["port"]
            during = await _status(*account)
            _, page, _ = await run("status", *account)
            session.send(signal.SIGKILL)
            await session.ended()
        killed = await _status(*account)
        wrong = await _status("--api-url", api, "--token", "wrong")

    assert before["webhook"]["ownership"] == "none"
    assert before["sessions"] == []
    assert during["webhook"]["ownership"] == "ours"
    (found,) = during["sessions"]
    assert (found["pid"], found["port"], found["is_of_this_account"]) == (session.pid, port, True)
    assert (found["receiver"], found["webhook"]) == ("listening", "registered")
    assert found["webhook_url"] == during["webhook"]["url"]
    assert f"process {session.pid} since " in page
    assert "ours: a session on this machine registered it" in page
    assert (killed["webhook"]["ownership"], killed["sessions"]) == ("abandoned", [])
    assert wrong["webhook"]["ownership"] == "unknown"
    assert "token" in wrong["webhook"]["problem"]
    assert ACCOUNT_TOKEN not in json.dumps([before, during, killed]) + page
    assert during["history"]["deliveries"] >= 4
    assert during["history"]["path"] == str(history)


async def test_without_a_token_and_a_history() -> None:
    """Nothing is made, and it says what is missing."""
    record = await _status()

    assert record["account"] == {"api_url": "https://v2.api.piktid.com", "token": None, "token_fingerprint": None}
    assert record["webhook"]["problem"] == "No token was given. Set PIKTID_TOKEN, or use --token-file."
    assert record["history"]["exists"] is False
    assert not Places.of_user().accounts.exists()
    code, page, _ = await run("status")
    assert code == 0
    assert "none is running. Start one" in page
    assert os.fspath(Places.of_user().deliveries) in page


def test_paths_says_where_things_lie() -> None:
    """Each on a line of its own."""
    done = fork_server.run("paths")

    assert done.returncode == 0
    names = [name for name, value in vars(Places).items() if isinstance(value, property)]
    files = [str(getattr(Places.of_user(), name)) for name in names]
    assert [file for file in files if file not in done.stdout.decode()] == [], "every file that a run may leave"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_prints_a_script_that_asks_the_program(shell: str) -> None:
    """And the program answers it."""
    done = fork_server.run("completion", shell)

    assert done.returncode == 0
    assert b"_WEBHOOK_TUI_COMPLETE" in done.stdout


def test_the_program_completes_its_commands() -> None:
    """As the script asks it to."""
    done = fork_server.run(_WEBHOOK_TUI_COMPLETE="zsh_complete", COMP_WORDS="webhook-tui ver", COMP_CWORD="1")

    assert b"verify" in done.stdout
