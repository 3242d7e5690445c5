"""Whole screens as text, kept in files: `pytest --update-snapshots` writes them again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).with_name("snapshots")
Snapshot = Callable[[list[str], str], None]


@pytest.fixture
def snapshot(pytestconfig: pytest.Config) -> Snapshot:
    """Compare the lines of a screen with the snapshot of that name."""
    is_updating = pytestconfig.getoption("--update-snapshots")

    def compare(lines: list[str], name: str) -> None:
        path = FOLDER / f"{name}.txt"
        text = "".join(f"{line.rstrip()}\n" for line in lines)
        if is_updating:
            path.write_text(text, "utf-8")
        assert path.exists(), f"there is no snapshot {name}: run pytest --update-snapshots"
        assert text == path.read_text("utf-8")

    return compare
