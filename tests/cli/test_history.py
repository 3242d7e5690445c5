"""Commands that read the history and send from it."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import JOB, OWN, SECRET, TOKEN, received, record
from tests.factories import NOW, VALID, signature
from tests.fork_server import run
from tests.integration.process import program
from tests.integration.process import run as run_process
from tests.session.local_app import LocalApp, local_app
from tests.tcp_server import tcp_server
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.headless.replay import ReplayPlan
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.rows import SqliteRows


def _seqs(*arguments: str) -> list[int]:
    done = run("list", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["seq"] for line in done.stdout.splitlines()]


def test_text_fits_and_cannot_act_on_a_terminal(history: Path) -> None:
    """A table of at most 80 cells without colour, newest last."""
    done = run("list")

    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    assert lines[0].split() == ["#", "time", "verdict", "event", "job", "status", "result"]
    number, *_day, glyph, verdict, event, job, status = lines[1].split()
    assert [number, glyph, verdict, event, job, status] == ["1", "✓", "valid", "image_result", "ec536688", "completed"]
    assert [line.split()[0] for line in lines[1:]] == ["1", "2", "3", "4"]
    assert max(map(len, lines)) <= 80
    assert b"\x1b" not in done.stdout


def test_json_holds_the_whole_delivery(history: Path) -> None:
    """The object of `listen`; `json` is the decoded body, or null."""
    done = run("list", "--format", "json")

    first, *_, last = map(json.loads, done.stdout.splitlines())
    assert first["type"] == "delivery"
    assert first["json"]["data"]["job_id"] == "job_ec536688"
    assert last["json"] is None
    assert last["body_b64"] == "G1szMW3/"


@pytest.mark.parametrize(
    ("arguments", "seqs"),
    [
        (["--limit", "2"], [3, 4]),
        (["--filter", "image_result"], [1, 2]),
        (["--filter", "image_result", "--limit", "1"], [2]),
        (["--token", TOKEN], [1, 2, 3]),
        (["--token", TOKEN, "--filter", "!verdict:valid"], [2, 3]),
        (["--api-url", "http://127.0.0.1:8080"], [4]),
        (["--token", "unknown"], []),
    ],
)
def test_what_is_listed(history: Path, arguments: list[str], seqs: list[int]) -> None:
    """All accounts unless one is named; the newest of those that pass."""
    assert _seqs(*arguments) == seqs


def test_a_token_in_the_environment_hides_nothing(history: Path) -> None:
    """It is for PiktID, and may be another account's."""
    assert len(run("list", PIKTID_TOKEN="another").stdout.splitlines()) == 5


def test_the_last_50_by_default(tmp_path: Path) -> None:
    """In both formats; text says that there are more."""
    path = tmp_path / "h.db"
    record(path, *[(OWN, received(b"{}", b"ping"))] * 52)

    text = run("list", "--db", str(path))
    assert len(text.stdout.splitlines()) == 51
    assert text.stderr == b"50 of 52 deliveries (newest last). --limit 0 lists all.\n"
    assert _seqs("--db", str(path)) == list(range(3, 53))
    assert len(_seqs("--db", str(path), "--limit", "0")) == 52


def test_while_a_session_writes(history: Path) -> None:
    """Reading takes no lock that a writer waits for."""
    with closing(DeliveryStore.open(history, started_at=NOW)):
        assert _seqs() == [1, 2, 3, 4]


def test_a_missing_history_and_a_wrong_filter_are_one_line(history: Path, tmp_path: Path) -> None:
    """Exit codes 1 and 2; nothing is made."""
    missing = run("list", "--db", str(tmp_path / "none.db"))
    wrong = run("list", "--filter", "event:")

    assert (missing.returncode, wrong.returncode) == (1, 2)
    assert missing.stderr.startswith(b"webhook-tui: There is no history at ")
    assert wrong.stderr.startswith(b'webhook-tui: The filter is invalid at "event:": event needs a name')
    assert wrong.stderr.endswith(b"Run webhook-tui list --help for the terms of a filter.\n")
    assert missing.stderr.count(b"\n") == wrong.stderr.count(b"\n") == 1
    assert not (tmp_path / "none.db").exists()


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    """One line, no traceback."""
    (tmp_path / "x.db").write_bytes(b"not a database" * 100)

    done = run("list", "--db", str(tmp_path / "x.db"))

    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)


def test_ascii_where_the_locale_is_not_utf8(history: Path) -> None:
    """Glyphs become symbols of the same width."""
    done = run("list", LC_ALL="C", LANG="C")

    assert b"+ valid  " in done.stdout
    assert b"- missing" in done.stdout


def test_text_shows_verdict_headers_and_the_whole_body(history: Path) -> None:
    """The body is indented; the secret path is not shown in full."""
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


IMAGE = "event:image_result verdict:valid"


def _store(path: Path, *bodies: bytes) -> None:
    record(path, *[(OWN, received(body, b"image_result")) for body in bodies])


async def test_it_waits_for_what_comes_from_its_start_on(history: Path) -> None:
    """Not for what is there; in time, standard output is that of `list`."""
    async with program("wait", IMAGE, "--count", "2") as waiting:
        await waiting.until(lambda: "No session writes" in waiting.words)
        await asyncio.to_thread(_store, history, JOB % 5)
        await waiting.until(lambda: "1 of 2  #5  image_result  ec536688  completed" in waiting.words)
        await asyncio.to_thread(_store, history, JOB % 6)
        code = await waiting.ended()

    assert code == 0
    assert [line.split()[0] for line in waiting.output.decode().splitlines()] == ["#", "5", "6"]
    assert waiting.words.splitlines()[:2] == [
        f"waiting for 2: {IMAGE} (from #5)",
        "No session writes this history now. Start one: webhook-tui listen",
    ]


async def test_a_history_that_is_made_later_and_a_verdict_that_comes_later(tmp_path: Path) -> None:
    """The session may start after the wait; a pending delivery counts when it has become valid."""
    path = tmp_path / "later.db"
    pending = VerificationResult(Verdict.PENDING, "Pending.", "Pending.")
    async with program("wait", "verdict:valid", "--db", str(path), "--format", "json") as waiting:
        await waiting.until(lambda: "from #1" in waiting.words)
        with closing(DeliveryStore.open(path, started_at=NOW)) as store:
            await store.record(received(b"{}", b"ping"), pending, account=OWN, answered=200)
            await store.set_verdicts([(1, VALID)])
            assert await waiting.ended() == 0
    assert json.loads(waiting.output)["verdict"] == "valid"


def test_since_seq_counts_what_is_there(history: Path) -> None:
    """Numbers greater than N; nothing has to be written."""
    done = run("wait", "image_result", "--since-seq", "0", "--count", "2", "--format", "json")

    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["seq"] for line in done.stdout.splitlines()] == [1, 2]


def test_not_in_time_says_what_arrived_instead(history: Path) -> None:
    """Exit code 6; the nearest misses with their cause, and what to do next."""
    done = run("wait", IMAGE, "--since-seq", "1", "--within", "0.2")

    lines = done.stderr.decode().splitlines()
    at = lines.index("Nearest misses, of the 3 others that arrived:")
    assert (done.returncode, done.stdout) == (6, b"")
    assert lines[at - 1].startswith("Not in time: 0 of 1 after 0.")
    assert any(line.startswith("  1  image_result, invalid: ") and line.endswith("#2") for line in lines)
    assert lines[-1] == "Next: webhook-tui why 2"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--none", "verdict:missing", "--since-seq", "0"], 7),
        (["image_result", "--none", "verdict:missing", "--since-seq", "0"], 0),
        (["ping", "--none", "verdict:invalid", "--since-seq", "0"], 7),
        (["--none", "verdict:older", "--since-seq", "0", "--within", "0.1"], 0),
        ([], 2),
        (["x", "--within", "0"], 2),
        (["event:"], 2),
    ],
)
def test_exit_codes(history: Path, arguments: list[str], code: int) -> None:
    """Until is met, unless a forbidden one comes first."""
    done = run("wait", *arguments)

    assert done.returncode == code, done.stderr
    if code == 7:
        assert b"A forbidden delivery arrived after " in done.stderr


def test_junit(history: Path) -> None:
    """A test case for each condition, on standard output."""
    met = run("wait", "image_result", "--since-seq", "0", "--format", "junit")
    missed = run("wait", "event:x", "--none", "event:y", "--within", "0.1", "--format", "junit")

    suites = ET.fromstring(missed.stdout.decode())
    assert (met.returncode, missed.returncode) == (0, 6)
    assert ET.fromstring(met.stdout.decode()).attrib["failures"] == "0"
    assert suites.attrib["tests"] == "2"
    assert [failure.attrib["type"] for failure in suites.iter("failure")] == ["not-in-time"]


FAILED = b"HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"


async def test_bytes_go_unchanged_and_each_outcome_is_a_line(history: Path) -> None:
    """In a pipe; exit code 1 when one was not answered 2xx."""
    async with local_app(b"HTTP/1.1 204 x\r\n\r\n", FAILED, b"") as app:
        code, output, notes = await run_process("replay", "2", "1", "--to", f"{app.url}/hook")
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


@asynccontextmanager
async def _app_that_runs(statement: str, history: Path) -> AsyncIterator[LocalApp]:
    """An app that runs the statement on the history before it answers."""
    app = LocalApp()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(sqlite3.connect(history)) as connection, connection:
            connection.execute(statement)
        await app.serve(reader, writer)

    async with tcp_server(serve) as port:
        app.url = f"http://127.0.0.1:{port}"
        yield app


async def test_a_delivery_that_is_deleted_meanwhile_is_left_out(history: Path) -> None:
    """The others are sent, and the summary says so."""
    async with _app_that_runs("DELETE FROM deliveries WHERE seq = 1", history) as app:
        code, output, notes = await run_process("replay", "2", "1", "3", "--to", app.url)
    assert (code, [line.split()[0] for line in output.splitlines()]) == (1, ["#2", "#3"]), notes
    assert notes.endswith(": 2 answered 2xx, 0 failed. 1 is not in the history any more.\n")


async def test_the_summary_comes_also_where_an_error_ends_it(history: Path) -> None:
    """The result of the first delivery cannot be stored."""
    async with _app_that_runs("DROP TABLE forward_results", history) as app:
        code, output, notes = await run_process("replay", "2", "1", "--to", app.url)
    assert (code, output.split()[0], len(app.requests)) == (1, "#2", 1)
    summary, error = notes.splitlines()[1:3]
    assert summary.startswith("1 delivery replayed in ")
    assert error.startswith("webhook-tui: ")


async def test_a_filter_and_a_new_signature(history: Path) -> None:
    """Re-signed with the secret of the delivery's account, which is named by its id."""
    async with local_app() as app:
        code, _, notes = await run_process("replay", "--filter", "image_result", "--to", app.url, "--re-sign")
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
            ended, output, notes = await run_process("replay", *arguments)
            assert (ended, output) == (code, ""), notes
            assert notes.count("webhook-tui: ") == 1
            assert "Traceback" not in notes
        for arguments, says in (
            (["--to", app.url], "No delivery was named."),
            (["1", "--filter", "id:1", "--to", app.url], "Numbers and --filter exclude each other."),
            (["1"], "Missing option '--to'."),
        ):
            ended, _, notes = await run_process("replay", *arguments)
            assert (ended, says in notes) == (2, True), notes
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
    code, output, _ = await run_process("replay", "1", "--to", app.url)
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
        here, _, _ = await run_process("replay", "1", "--db", str(path), "--to", app.url)
        assert (here, app.body(0)) == (0, body)
    away = ["replay", "1", "--db", str(path), "--to", "http://192.0.2.1/", "--forward-anywhere"]
    code, output, notes = await run_process(*away)
    assert (code, output) == (2, "")
    assert notes.endswith("its signature would not match. Use --re-sign or --keep-links.\n")
    delivery = received(body, b"image_result")
    assert ReplayPlan((1,), "http://192.0.2.1/", anywhere=True).body_for(delivery) == body.replace(
        b"canary", b"REDACTED"
    )
    assert ReplayPlan((1,), "http://192.0.2.1/", anywhere=True, keep_links=True).body_for(delivery) is None
