"""`webhook-tui status`, with a PiktID on this machine."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

from tests.cli.conftest import TOKEN
from tests.integration.process import program, run
from webhook_tui.places import Places


async def _status(*arguments: str) -> dict[str, Any]:
    code, output, notes = await run("status", "--format", "json", *arguments)
    assert (code, notes) == (0, "")
    record: dict[str, Any] = json.loads(output)
    return record


async def test_an_account_from_nothing_to_a_webhook_that_is_left_behind(history: Path) -> None:
    """Whose the webhook is, and the session while it runs; never the token."""
    async with program("sandbox", "--port", "0", "--token", TOKEN) as sandbox:
        await sandbox.until(lambda: "http://" in sandbox.words + sandbox.output.decode())
        text = sandbox.words + sandbox.output.decode()
        api = next(word.rstrip(".,;") for word in text.split() if word.startswith("http://"))
        account = ("--api-url", api, "--token", TOKEN)
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
    assert TOKEN not in json.dumps([before, during, killed]) + page
    assert during["history"]["deliveries"] >= 4
    assert during["history"]["path"] == str(history)


async def test_without_a_token_and_a_history() -> None:
    """Nothing is made, and it says what is missing."""
    record = await _status()

    assert record["account"] == {"api_url": "https://v2.api.piktid.com", "token": None, "token_fingerprint": None}
    assert record["webhook"]["problem"] == "There is no token: set PIKTID_TOKEN, or use --token-file."
    assert record["history"]["exists"] is False
    assert not Places.of_user().accounts.exists()
    code, page, _ = await run("status")
    assert code == 0
    assert "none runs. Start one" in page
    assert os.fspath(Places.of_user().deliveries) in page
