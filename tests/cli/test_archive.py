"""`webhook-tui export`, run as a shell runs it, on a history that a session left behind."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.factories import NOW, VALID, delivery
from tests.fork_server import run
from webhook_tui.cli.options import EXPORT_FORMATS
from webhook_tui.domain.account import Account
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.export.formats import FORMATS
from webhook_tui.places import Places
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.history import DeliveryStore

ACCOUNT = Account("https://v2.api.piktid.com", "0123456789ab")
BODIES = [b'{"id": 1, "data": {"nr": "J7"}}', b"\x00\x1b[31m", b'{"id": 3, "echo": "whsec_canary"}']


@pytest.fixture
def history() -> Path:
    """A history of three deliveries, the third with a secret of ours in it; the second is marked."""

    async def record(store: DeliveryStore) -> None:
        for body in BODIES:
            given = replace(delivery(body), headers=((b"Authorization", b"Bearer canary"), (b"X-A", b"1")))
            await store.record(given, VALID, account=ACCOUNT, answered=200)
        await store.set_marked(2, True)

    path = Places.of_user().deliveries
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        asyncio.run(record(store))
    with closing(AccountStore.open(Places.of_user().accounts)) as accounts:
        accounts.save_ring(ACCOUNT, SecretRing().registered(Secret("whsec_canary"), datetime.now(UTC)))
    return path


def test_the_command_knows_every_format() -> None:
    """--help lists them without loading them."""
    assert tuple(FORMATS) == EXPORT_FORMATS


def test_all_deliveries_as_json_lines(history: Path) -> None:
    """The default: everything, oldest first, on standard output."""
    done = run("export")

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [line["seq"] for line in lines] == [1, 2, 3]
    assert base64.b64decode(lines[1]["body_b64"]) == BODIES[1]


@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_no_secret_is_exported(history: Path, tmp_path: Path, form: str) -> None:
    """Neither a credential in a header nor the signing secret of any account; a note says what that means."""
    target = tmp_path / "out"
    target.mkdir()

    done = run("export", "--format", form, "--output", str(target))

    files = list(target.iterdir())
    assert done.returncode == 0, done.stderr
    assert len(files) == 3
    assert not [file for file in files if b"canary" in file.read_bytes()]
    assert b"A secret was removed from one body" in done.stderr


def test_given_secrets_and_the_token_are_taken_out(history: Path, tmp_path: Path) -> None:
    """By option, file and environment."""
    file = tmp_path / "secret"
    file.write_text("ping\n")
    file.chmod(0o600)

    done = run("export", "--seq", "1", "--secret", "application", "--secret-file", str(file), PIKTID_TOKEN="webhook")

    line = json.loads(done.stdout)
    assert line["path"] == "/[redacted]"
    assert b"ping" not in done.stdout


def test_numbers_and_marks_choose(history: Path) -> None:
    """In the order of their arrival; a number that is not stored is an error."""
    some = run("export", "--seq", "3", "--seq", "1", "--seq", "3")
    as_arguments = run("export", "3", "1")
    marked = run("export", "--marked")
    missing = run("export", "--seq", "9")
    none = run("export", "--marked", "--seq", "1")

    assert [json.loads(line)["seq"] for line in some.stdout.splitlines()] == [1, 3]
    assert as_arguments.stdout == some.stdout
    assert [json.loads(line)["seq"] for line in marked.stdout.splitlines()] == [2]
    assert (missing.returncode, missing.stdout) == (1, b"")
    assert (
        missing.stderr
        == run("show", "9").stderr
        == b"webhook-tui: There is no delivery 9 in the history. Run webhook-tui list.\n"
    )
    assert (none.returncode, none.stdout) == (1, b"")


def test_the_filter_of_the_screen_chooses(history: Path) -> None:
    """Alone and together with numbers and marks; a mistake is shown at its place, and nothing is written."""
    found = run("export", "--filter", "id:3 or marked")
    both = run("export", "--filter", "!marked", "--seq", "3", "--seq", "2")
    marked = run("export", "--filter", "valid", "--marked")
    wrong = run("export", "--filter", "id:3 size:>x")

    assert [json.loads(line)["seq"] for line in found.stdout.splitlines()] == [2, 3], found.stderr
    assert [json.loads(line)["seq"] for line in both.stdout.splitlines()] == [3]
    assert [json.loads(line)["seq"] for line in marked.stdout.splitlines()] == [2]
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert wrong.stderr.decode().startswith('webhook-tui: The filter is invalid at "size:>x": ')
    assert wrong.stderr.count(b"\n") == 1


def test_the_filter_looks_for_a_job_where_the_settings_say(history: Path) -> None:
    """By option and by config.toml, as on the screen."""
    file = Places.of_user().config_file
    file.parent.mkdir(parents=True)
    unset = run("export", "--filter", "job:J7")
    by_option = run("export", "--filter", "job:J7", "--job-id-field", "nr")
    file.write_text('job-id-field = ["nr"]\n')
    by_config = run("export", "--filter", "job:J7")

    assert (unset.returncode, unset.stdout) == (1, b"")
    assert json.loads(by_option.stdout)["seq"] == 1
    assert json.loads(by_config.stdout)["seq"] == 1


def test_a_payload_is_one_deliverys(history: Path, tmp_path: Path) -> None:
    """Two bodies in one file would be neither: nothing of it is written."""
    one = run("export", "--format", "payload", "--seq", "2")
    several = run("export", "--format", "payload", "--output", str(tmp_path / "all.json"))

    assert one.stdout == BODIES[1]
    assert several.returncode == 2
    assert not (tmp_path / "all.json").exists()


def test_a_file_is_whole_or_not_there(history: Path, tmp_path: Path) -> None:
    """It overwrites what was there, keeping its mode; nothing is left beside it."""
    directory = tmp_path / "out"
    directory.mkdir()
    file = directory / "deliveries.har"
    file.write_text("before")
    file.chmod(0o640)

    good = run("export", "--format", "har", "--output", str(file))
    bad = run("export", "--output", str(tmp_path / "nowhere" / "x.jsonl"))

    assert good.returncode == 0
    assert b"3 deliveries exported to" in good.stderr
    assert len(json.loads(file.read_bytes())["log"]["entries"]) == 3
    assert [path.name for path in directory.iterdir()] == ["deliveries.har"]
    assert file.stat().st_mode & 0o777 == 0o640
    assert bad.returncode == 1
    assert b"Traceback" not in bad.stderr


def test_a_dash_is_standard_output(history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As everywhere; a file of that name is `./-`."""
    monkeypatch.chdir(tmp_path)

    done = run("export", "--output", "-")
    run("export", "--output", "./-")

    assert (done.stdout.count(b"\n"), done.stderr.count(b"\n")) == (3, 1)
    assert (tmp_path / "-").read_bytes() == done.stdout


@pytest.mark.parametrize("option", ["-", "/dev/stdout"])
def test_an_export_is_appended_where_the_shell_appends(history: Path, tmp_path: Path, option: str) -> None:
    """What the descriptor's file held before stays."""
    file = tmp_path / "all.jsonl"
    file.write_text("before\n")
    command = f"{sys.executable} -m webhook_tui export --seq 1 --output {option} >> all.jsonl"

    subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True)

    assert file.read_text().startswith('before\n{"type":"delivery","seq":1,')


def test_a_process_substitution_gets_the_export(history: Path, tmp_path: Path) -> None:
    """`--output >(jq ...)` of bash and zsh."""
    script = f"{sys.executable} -m webhook_tui export --seq 1 --output >(cat > got; echo done > /dev/stderr) && wait"

    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, check=True)

    assert b"done" in done.stderr
    assert json.loads((tmp_path / "got").read_bytes())["seq"] == 1


def test_commands_go_where_the_url_says(history: Path) -> None:
    """The user's handler, at its path."""
    done = run("export", "--format", "curl", "--seq", "1", "--url", "http://127.0.0.1:3000/hook")

    assert done.stdout.endswith(b"http://127.0.0.1:3000/hook\n")


def test_received_bytes_do_not_reach_a_terminal(history: Path) -> None:
    """Payload and raw request are for files and pipes."""
    main, terminal = pty.openpty()
    with os.fdopen(main, "rb", buffering=0), os.fdopen(terminal, "wb", buffering=0) as screen:
        done = subprocess.run(
            [sys.executable, "-m", "webhook_tui", "export", "--format", "raw"],
            stdout=screen,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 2
    assert b"Use --output FILE" in done.stderr


@pytest.mark.parametrize("kind", ["none", "text", "another program's"])
def test_what_is_no_history_is_one_sentence(tmp_path: Path, kind: str) -> None:
    """And it stays as it was."""
    path = tmp_path / "x.db"
    if kind == "text":
        path.write_text("text" * 1000)
    elif kind == "another program's":
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE theirs (x)")
            other.commit()
    before = path.read_bytes() if path.exists() else None

    done = run("export", "--db", str(path))

    assert done.returncode == 1
    assert (done.stderr.count(b"\n"), done.stdout) == (1, b"")
    assert (path.read_bytes() if path.exists() else None) == before


def test_signatures_in_links_are_blanked_by_default(tmp_path: Path) -> None:
    """A note says that the body is not what was signed, and how to keep them."""
    body = b'{"id": 1, "data": {"url": "https://d1.example/a.jpg?w=1&Signature=canary&Policy=canary"}}'
    path = tmp_path / "h.db"
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        asyncio.run(_record(store, body))

    blanked, kept = run("export", "--db", str(path)), run("export", "--db", str(path), "--keep-links")

    assert json.loads(blanked.stdout)["json"]["data"]["url"].endswith("?w=1&Signature=REDACTED&Policy=REDACTED")
    assert blanked.stderr.decode() == (
        "webhook-tui: Signatures in links were blanked in one body. Use --keep-links for the signed bytes.\n"
    )
    assert base64.b64decode(json.loads(kept.stdout)["body_b64"]) == body
    assert kept.stderr == b""


async def _record(store: DeliveryStore, body: bytes) -> None:
    await store.record(delivery(body), VALID, account=ACCOUNT, answered=200)
