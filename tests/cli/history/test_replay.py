"""`webhook-tui replay`, to an app on this machine."""

from __future__ import annotations

import asyncio
import os
import pty
import sys
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import JOB, OWN, SECRET, received, record
from tests.factories import signature
from tests.integration.process import run
from tests.session.local_app import local_app
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.headless.replay import ReplayPlan
from webhook_tui.storage.rows import SqliteRows

FAILED = b"HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"


async def test_bytes_go_unchanged_and_each_outcome_is_a_line(history: Path) -> None:
    """In a pipe; exit code 1 when one was not answered 2xx."""
    async with local_app(b"HTTP/1.1 204 x\r\n\r\n", FAILED, b"") as app:
        code, output, notes = await run("replay", "2", "1", "--to", f"{app.url}/hook")
        lines = output.splitlines()
        assert (code, len(app.requests)) == (1, 2)
        assert app.body(0) == JOB % 2 + b"\n"
        assert app.requests[0].startswith(b"POST /hook HTTP/1.1\r\n")
        assert f"X-Webhook-Signature: {signature(SECRET, JOB % 2)}".encode() in app.headers(0)
        assert (lines[0].split()[:2], lines[1].split()[:2]) == (["#2", "204"], ["#1", "500"])
        assert notes.startswith(f"replaying 2 to {app.url}/hook\n2 deliveries replayed in ")
        assert notes.endswith(": 1 answered 2xx, 1 failed.\n")
    with closing(SqliteRows(history)) as rows:
        assert [result.status for seq in (2, 1) for result in rows.forward_results(seq)] == [204, 500]


async def test_a_filter_and_a_new_signature(history: Path) -> None:
    """Re-signed with the secret of the delivery's account, which is named by its id."""
    async with local_app() as app:
        code, _, notes = await run("replay", "--filter", "image_result", "--to", app.url, "--re-sign")
        assert (code, len(app.requests)) == (0, 2)
        for at in range(2):
            assert f"X-Webhook-Signature: {signature(SECRET, app.body(at))}".encode() in app.headers(at)
        assert f"re-signed with secret {Secret(SECRET).short_id}" in notes
        assert SECRET not in notes


async def test_what_cannot_be_sent_is_one_line(history: Path) -> None:
    """Nothing is sent at all."""
    async with local_app() as app:
        for arguments, code in (
            (["1", "9", "--to", app.url], 1),
            (["--filter", "event:none", "--to", app.url], 1),
            (["1", "4", "--to", app.url, "--re-sign"], 1),
            (["1", "--to", "http://example.com/"], 2),
        ):
            ended, output, notes = await run("replay", *arguments)
            assert (ended, output) == (code, ""), notes
            assert notes.count("webhook-tui: ") == 1
            assert "Traceback" not in notes
        assert (await run("replay", "--to", app.url))[0] == 2
        assert (await run("replay", "1"))[0] == 2
        assert app.requests == []


async def test_no_answer_and_a_terminal(history: Path) -> None:
    """On a terminal, what went well gets no line."""
    master, terminal = pty.openpty()
    async with local_app(FAILED) as app:
        command = (sys.executable, "-m", "webhook_tui", "replay", "1", "2", "--to", app.url)
        process = await asyncio.create_subprocess_exec(*command, stdin=terminal, stdout=terminal, stderr=terminal)
        os.close(terminal)
        said = b""
        while chunk := await asyncio.to_thread(_read, master):
            said += chunk
        assert await process.wait() == 1
    os.close(master)
    assert b"#1    500" in said
    assert b"#2 " not in said
    assert b"2 deliveries replayed in " in said
    code, output, _ = await run("replay", "1", "--to", app.url)
    assert (code, "no answer: the connection was refused" in output) == (1, True)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:
        return b""


async def test_signed_links_stay_on_this_machine_by_default(tmp_path: Path) -> None:
    """An app here gets the bytes as received; for another machine the original signature would not match."""
    body = b'{"id": 1, "url": "https://d1.example/a.jpg?Signature=canary"}'
    path = tmp_path / "h.db"
    await asyncio.to_thread(record, path, (OWN, received(body, b"image_result")))
    async with local_app() as app:
        here, _, _ = await run("replay", "1", "--db", str(path), "--to", app.url)
        assert (here, app.body(0)) == (0, body)
    away = ["replay", "1", "--db", str(path), "--to", "http://192.0.2.1/", "--forward-anywhere"]
    code, output, notes = await run(*away)
    assert (code, output) == (2, "")
    assert notes.endswith("its signature would not match. Use --re-sign or --keep-links.\n")
    delivery = received(body, b"image_result")
    assert ReplayPlan((1,), "http://192.0.2.1/", anywhere=True).body_for(delivery) == body.replace(
        b"canary", b"REDACTED"
    )
    assert ReplayPlan((1,), "http://192.0.2.1/", anywhere=True, keep_links=True).body_for(delivery) is None
