"""Locks exclude each other within a process and between two, and end with their process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from webhook_tui.storage.database.locks import FileLock, ProcessLock, is_any_alive

HOLDS = """
import sys
from pathlib import Path
from webhook_tui.storage.database.locks import ProcessLock

print(ProcessLock(Path(sys.argv[1])).name, flush=True)
sys.stdin.read()
"""


def test_one_lock_excludes_another(tmp_path: Path) -> None:
    """Until it is released; with its file or without."""
    one, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    for remove in (False, True):
        assert one.acquire(wait=False)
        assert not other.acquire(wait=False)
        one.release(remove=remove)
        one.release()
        assert other.acquire(wait=True)
        other.release()


def test_a_lock_on_a_deleted_file_excludes_no_other(tmp_path: Path) -> None:
    """A lock that is taken after the file was deleted is on a new file."""
    held, later = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    held.acquire(wait=True)
    (tmp_path / "lock").unlink()

    assert later.acquire(wait=False)
    assert not FileLock(tmp_path / "lock").acquire(wait=False)


def test_a_process_is_alive_until_it_is_killed(tmp_path: Path) -> None:
    """Such a query then deletes its file; another database's processes do not count."""
    database = tmp_path / "a[1].db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert is_any_alive(database)
        assert not is_any_alive(tmp_path / "other.db")
        own = ProcessLock(database)
        assert own.is_alive(name)
        own.release()
        process.kill()

    assert not is_any_alive(database)
    assert not list(tmp_path.glob("*.alive"))
