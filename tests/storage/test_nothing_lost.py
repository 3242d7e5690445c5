"""Killed at any moment, two at a time, on a disk that refuses: what was acknowledged is there, byte for byte."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import NOW, VALID, delivery
from tests.storage import recording
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.errors import ProblemError
from webhook_tui.storage.history import DeliveryStore

ROOT = Path(recording.__file__).parents[2]
KILLS = int(os.environ.get("STORE_KILLS", "10"))


def _start(path: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((os.environ["PYTHONPATH"], str(ROOT)))}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.storage.recording", str(path), *arguments],
        stdout=subprocess.PIPE,
        env=environment,
    )


def _acknowledged(lines: list[bytes]) -> dict[int, str]:
    """Whole lines only: a kill may cut the last one."""
    pairs = (line.split() for line in lines if line.endswith(b"\n"))
    return {int(seq): digest.decode() for seq, digest in pairs}


def _check(path: Path, acknowledged: dict[int, str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        stored = {
            seq: hashlib.sha256(body).hexdigest() for seq, body in connection.execute("SELECT seq, body FROM bodies")
        }
        assert connection.execute("SELECT seq FROM deliveries ORDER BY seq").fetchall() == [
            (seq,) for seq in sorted(stored)
        ]
    assert acknowledged.items() <= stored.items()


@pytest.mark.timeout(60 + KILLS * 5)
def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    """A program that records without pause is killed again and again; nothing that it acknowledged is missing."""
    path = tmp_path / "deliveries.db"
    moments = random.Random(20261123)
    acknowledged: dict[int, str] = {}
    for _ in range(KILLS):
        with _start(path) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(moments.randrange(1, 200))]
            process.kill()
            lines += process.stdout.readlines()
        found = _acknowledged(lines)
        assert not found.keys() & acknowledged.keys()
        acknowledged |= found

    assert len(acknowledged) > KILLS
    _check(path, acknowledged)


def test_two_programs_share_one_file(tmp_path: Path) -> None:
    """Started at the same moment on a file that is not there yet: no number is given twice, nothing is refused."""
    path = tmp_path / "deliveries.db"
    with _start(path, "300") as one, _start(path, "300") as other:
        assert one.stdout is not None
        assert other.stdout is not None
        found = [_acknowledged(process.stdout.readlines()) for process in (one, other) if process.stdout is not None]

    assert [one.returncode, other.returncode] == [0, 0]
    assert [len(acknowledged) for acknowledged in found] == [300, 300]
    assert not found[0].keys() & found[1].keys()
    _check(path, found[0] | found[1])
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT run, count(*) FROM deliveries GROUP BY run").fetchall() == [
            (1, 300),
            (2, 300),
        ]


async def test_a_disk_that_refuses_is_reported_and_recovered_from(tmp_path: Path) -> None:
    """The operating system refuses writes in the middle of a group: none of it is acknowledged, all before it stays."""
    path = tmp_path / "deliveries.db"
    body = bytes(20_000)
    digest = hashlib.sha256(body).hexdigest()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:

        async def record_many() -> list[DeliveryRow | BaseException]:
            results: list[DeliveryRow | BaseException] = await asyncio.gather(
                *(store.record(delivery(body), VALID, account=recording.ACCOUNT, answered=200) for _ in range(30)),
                return_exceptions=True,
            )
            return results

        acknowledged = [*await record_many()]
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, before[1]))
            results = [one for _ in range(4) for one in await record_many()]
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        refused = [one for one in results if isinstance(one, ProblemError)]
        acknowledged += [one for one in results if isinstance(one, DeliveryRow)]
        acknowledged += await record_many()

    assert {error.problem.message for error in refused} == {"The disk reports an error: deliveries are answered 503."}
    seqs = [row.seq for row in acknowledged if isinstance(row, DeliveryRow)]
    assert len(seqs) == len(acknowledged) == 180 - len(refused)
    assert len(set(seqs)) == len(seqs)
    _check(path, dict.fromkeys(seqs, digest))
