"""The choice of a driver."""

from __future__ import annotations

from pathlib import Path

import pytest

from webhook_tui.domain.errors import ProblemError
from webhook_tui.tunnels.base import KINDS, TunnelSettings, choose


def test_a_kind_that_is_none(tmp_path: Path) -> None:
    """The kinds that there are are named."""
    with pytest.raises(ProblemError, match="no tunnel called carrier pigeon"):
        choose(TunnelSettings("carrier pigeon", tmp_path))


def test_each_kind_has_its_driver(tmp_path: Path) -> None:
    drivers = [choose(TunnelSettings(kind, tmp_path, command="true")) for kind in KINDS]

    assert [driver.kind for driver in drivers] == list(KINDS)
