"""The hook that hostile clients connect to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hostile.listening import Hook, hook_of


@pytest.fixture
async def hook(tmp_path: Path) -> AsyncIterator[Hook]:
    """A real session in the test's own directory."""
    async with hook_of(tmp_path) as opened:
        yield opened
