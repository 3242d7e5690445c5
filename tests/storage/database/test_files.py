"""Files that only their owner may read, and what becomes of a damaged or deleted one."""

from __future__ import annotations

import stat
from pathlib import Path

from webhook_tui.storage.database.files import (
    free_name,
    identity,
    make_private_directory,
    make_private_file,
    move_aside,
    move_orphans_aside,
    size_on_disk,
)


def mode(path: Path) -> int:
    """The permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_created_is_private_and_what_exists_stays(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_directory(tmp_path / "a" / "b")
    file = tmp_path / "a" / "file"

    assert make_private_file(file)
    file.write_text("kept")
    assert not make_private_file(file)
    assert (mode(tmp_path), mode(tmp_path / "a"), mode(tmp_path / "a" / "b"), mode(file)) == (
        *(0o755, 0o700, 0o700, 0o600),
    )
    assert file.read_text() == "kept"


def test_a_damaged_database_is_moved_with_its_companions(tmp_path: Path) -> None:
    """To a number that neither it nor a companion of an earlier one has."""
    (tmp_path / "x.db.broken-wal").touch()
    for name in ("x.db", "x.db-wal"):
        (tmp_path / name).write_text(name)

    assert free_name(tmp_path / "y.db") == tmp_path / "y.db"
    assert move_aside(tmp_path / "x.db") == tmp_path / "x.db.broken.2"
    assert (tmp_path / "x.db.broken.2-wal").read_text() == "x.db-wal"
    assert not list(tmp_path.glob("x.db"))


def test_companions_without_their_database_are_moved(tmp_path: Path) -> None:
    """Those of a database that is there are not."""
    for name in ("here.db", "here.db-wal", "gone.db-shm"):
        (tmp_path / name).write_text("12345")

    move_orphans_aside(tmp_path / "here.db")
    move_orphans_aside(tmp_path / "gone.db")

    assert sorted(path.name for path in tmp_path.glob("*.db*")) == ["gone.db.broken-shm", "here.db", "here.db-wal"]
    assert size_on_disk(tmp_path / "here.db") == 10


def test_a_file_is_known_by_what_it_is_not_by_its_name(tmp_path: Path) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    path.touch()
    other.touch()
    before = identity(path)
    other.rename(path)

    assert identity(path) != before
    assert identity(tmp_path / "nothing") is None
