"""Stand-ins for the programs that the commands run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.export.stand_ins import install


@pytest.fixture
def stand_ins(tmp_path: Path) -> Path:
    """The directory with curl and HTTPie as strict as their manuals."""
    return install(tmp_path / "bin")
