"""A history that is not kept: its directory goes with its owner, however that ends."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from webhook_tui.storage.database.locks import ProcessLock
from webhook_tui.storage.database.temporary_directory import TemporaryDirectory, remove_ownerless

_OWNER = """
import sys
from webhook_tui.storage.database.temporary_directory import TemporaryDirectory
created = TemporaryDirectory.create()
print(created.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_it_is_private_and_removed() -> None:
    """Mode 0700; nothing of it is left."""
    created = TemporaryDirectory.create()
    (created.path / "deliveries.db").touch()
    assert created.path.stat().st_mode & 0o777 == 0o700
    created.remove()
    created.remove()
    assert not created.path.exists()


def test_the_last_to_leave_removes_it() -> None:
    """Of its owner and the process that has a history open there, the one that ends later."""
    for owner_is_last in (False, True):
        created = TemporaryDirectory.create()
        history = ProcessLock(created.path / "deliveries.db")
        if owner_is_last:
            history.release()
            remove_ownerless(created.path)
            assert created.path.exists()
            created.remove()
        else:
            created.remove()
            TemporaryDirectory.create().remove()
            history.release()
            remove_ownerless(created.path)
        assert not created.path.exists()


def test_only_that_of_an_ended_process_is_deleted(tmp_path: Path) -> None:
    """The next process deletes that of a killed one; that of a running one and directories of others stay."""
    with subprocess.Popen([sys.executable, "-c", _OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        theirs = Path(owner.stdout.readline().decode().strip())
        foreign = tmp_path / "webhook-tui-of-another"
        foreign.mkdir()
        TemporaryDirectory.create().remove()
        assert theirs.exists()
        owner.kill()
    created = TemporaryDirectory.create()
    assert theirs.exists()
    created.remove()
    assert not theirs.exists()
    assert foreign.exists()
