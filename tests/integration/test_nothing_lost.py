"""The real program under load, killed, on a full disk, on a damaged file, twice on one: nothing acknowledged is lost.

A few kills in every run; `KILLS=200 pytest tests/integration/test_nothing_lost.py -s` for many.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.deliveries import post, watching
from tests.integration.load import Ledger, check, load
from tests.integration.process import Program, program, run

KILLS = int(os.environ.get("KILLS", "5"))
LISTEN = "listen", "--no-register", "--tunnel", "none", "--port", "0", "--format", "json"


class Killer:
    """Kills a program with the answer to one of its deliveries."""

    def __init__(self, pid: int, after: int) -> None:
        self._pid = pid
        self._left = after

    def answered(self) -> None:
        """One more answer."""
        self._left -= 1
        if self._left == 0:
            os.kill(self._pid, signal.SIGKILL)


@pytest.mark.timeout(60 + KILLS * 10)
async def test_kill_9_under_load(tmp_path: Path) -> None:
    """Again and again on one file; every acknowledged body is there, byte for byte, and the file is whole."""
    path, chance = tmp_path / "deliveries.db", random.Random(20261124)
    ledger = Ledger(seed=1)
    for _ in range(KILLS):
        async with watching("--db", str(path)) as (listening, url):
            killer = Killer(listening.pid, chance.choice((1, chance.randrange(2, 30), chance.randrange(30, 400))))
            async with load(url, ledger, killer.answered):
                assert await listening.ended() == -signal.SIGKILL
    stored = check(path, ledger)
    assert len(ledger.acknowledged) >= KILLS
    sys.stdout.write(
        f"{KILLS} kills, {ledger.sent} sent, {len(ledger.acknowledged)} acknowledged, {stored} stored, none lost\n"
    )


async def test_two_programs_on_one_file(tmp_path: Path) -> None:
    """One of them is killed in the middle; no number is given twice, nothing acknowledged by either is missing."""
    path, ledger = tmp_path / "deliveries.db", Ledger(seed=2)
    async with watching("--db", str(path)) as (one, first), watching("--db", str(path)) as (other, second):
        async with load(second, ledger):
            async with load(first, ledger, Killer(one.pid, 100).answered):
                assert await one.ended() == -signal.SIGKILL
            before = len(ledger.acknowledged)
            await other.until(lambda: len(ledger.acknowledged) > before + 100)
        assert await other.left() == 130
    check(path, ledger)
    assert not ledger.refused


@contextlib.asynccontextmanager
async def _on_a_small_disk(path: Path) -> AsyncIterator[tuple[Program, str]]:
    """While there is a file `full` beside the database, it cannot grow."""
    async with program(*LISTEN, "--db", str(path), fault="disk") as listening:
        yield listening, (await listening.record("ready"))["public_url"]


async def test_a_full_disk_is_answered_503_reported_once_and_recovered_from(tmp_path: Path) -> None:
    """In one line; what was refused comes again and is stored; what was acknowledged before is there."""
    path, full, ledger = tmp_path / "deliveries.db", tmp_path / "full", Ledger(seed=3)
    async with _on_a_small_disk(path) as (listening, url):
        async with load(url, ledger):
            await listening.until(lambda: len(ledger.acknowledged) > 100)
            full.touch()
            await listening.until(lambda: ledger.refused > 100)
        body = b"x" * 50_000
        assert await post(url, body) == 503
        full.unlink()
        assert await post(url, body) == 200
        await listening.until(lambda: "Deliveries are stored again." in listening.words)
        assert [record["message"] for record in listening.of("error")] == [
            (
                "The disk is full: deliveries are answered 503 and PiktID sends them again. "
                "Free some space; storing resumes by itself."
            )
        ]
        assert await listening.left() == 130
    check(path, ledger)


async def test_a_damaged_history_is_kept_and_a_new_one_started(tmp_path: Path) -> None:
    """One sentence says where it is; not a byte of it is changed."""
    path = tmp_path / "deliveries.db"
    damaged = b"This was a database once.\n" * 1000
    path.write_bytes(damaged)
    async with watching("--db", str(path)) as (listening, url):
        assert await post(url, b"{}") == 200
        await listening.record("delivery")
        assert await listening.left() == 130
    assert listening.words == (
        "webhook-tui: The history could not be read; it is kept as deliveries.db.broken. "
        "A new one was started; `webhook-tui paths` prints where both are.\n"
    )
    assert (tmp_path / "deliveries.db.broken").read_bytes() == damaged


async def test_a_history_that_is_damaged_while_running(tmp_path: Path) -> None:
    """The delivery that finds the damage is stored in a new file, and a problem is shown."""
    path = tmp_path / "deliveries.db"
    async with watching("--db", str(path)) as (listening, url):
        for _ in range(20):
            assert await post(url, b"x" * 9000) == 200
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        with path.open("r+b") as file:
            file.write(b"\xa5" * path.stat().st_size)
        for _ in range(3):
            assert await post(url, b"x" * 9000) == 200
        await listening.until(lambda: "it is kept as deliveries.db.broken" in listening.words)
        assert await listening.left() == 130
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.fixture
def unwritable() -> Iterator[str]:
    """A directory that every user may read and only root may write."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o555)
        yield directory


async def test_a_state_directory_that_cannot_be_written(unwritable: str) -> None:
    """One sentence and 1, for the default place."""
    async with program(*LISTEN, fault="other_user", XDG_STATE_HOME=unwritable) as listening:
        assert await listening.ended() == 1
    assert [record["type"] for record in listening.records] == ["error"]
    assert listening.words == (
        "webhook-tui: The history is not writable: its file or directory is read-only. "
        "Use another file with --db F, or none with --ephemeral.\n"
    )


async def test_the_command_line_is_refused_kindly() -> None:
    """Numbers that cannot be kept."""
    for option in ("--keep-days", "--keep-rows"):
        code, _, words = await run(*LISTEN, option, "-1")
        assert code == 2
        assert option in words
