"""What was read is kept beside the history, and never trusted blindly."""

from __future__ import annotations

import math
from contextlib import closing
from pathlib import Path

import pytest

from tests.storage.contracts.histories import body, execute, record
from webhook_tui.storage.contracts.cache import cache_path, load, save
from webhook_tui.storage.contracts.scan import ContractScan, Selection
from webhook_tui.storage.database.connection import connect_read_only


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history whose contract is kept."""
    history = tmp_path / "h.db"
    monkeypatch.setattr("webhook_tui.storage.contracts.cache.WORTHWHILE", 5)
    record(history, [body({"n": number}) for number in range(5)])
    with closing(connect_read_only(history)) as connection:
        for selection in (Selection(), Selection(all_verdicts=True)):
            scan = ContractScan(selection)
            scan.extend(connection, until=math.inf)
            save(history, connection, selection, scan)
    return history


def _kept(path: Path, selection: Selection) -> int:
    with closing(connect_read_only(path)) as connection:
        return load(path, connection, selection).state.count


def test_it_is_found_again(path: Path) -> None:
    """Each selection has its own; the file is its owner's alone."""
    assert [_kept(path, one) for one in (Selection(), Selection(all_verdicts=True), Selection(("x",)))] == [5, 5, 0]
    assert cache_path(path).stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in path.parent.iterdir() if "contracts" in one.name) == ["h.db-contracts"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE deliveries SET verdict = 'invalid' WHERE seq = 2",
        "DELETE FROM deliveries WHERE seq = 2",
        "UPDATE runs SET started_at = started_at + 1",
    ],
)
def test_it_is_left_when_the_history_is_another(path: Path, change: str) -> None:
    """Or what was read has changed."""
    execute(path, change)

    assert _kept(path, Selection()) == 0


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x00" * 9])
def test_a_damaged_file_is_as_none(path: Path, content: bytes) -> None:
    """And is written again."""
    cache_path(path).write_bytes(content)

    assert _kept(path, Selection()) == 0


def test_a_directory_that_cannot_be_written_is_no_failure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The history can be read."""
    before = cache_path(path).read_bytes()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("webhook_tui.storage.contracts.cache.tempfile.mkstemp", refuse)
    with closing(connect_read_only(path)) as connection:
        save(path, connection, Selection(), ContractScan(Selection()))

    assert cache_path(path).read_bytes() == before
