"""`webhook-tui doctor`, run as a shell runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.integration.process import run
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
    assert without["token"]["hint"] == "Set PIKTID_TOKEN, or use --token-file."
