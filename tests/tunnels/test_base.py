"""The choice of a driver, and the address that a tunnel connects to."""

from __future__ import annotations

from pathlib import Path

import pytest

from webhook_tui.domain.errors import ProblemError
from webhook_tui.tunnels.base import KINDS, TunnelSettings, choose, local_target


def test_a_kind_that_is_none(tmp_path: Path) -> None:
    """The kinds that there are are named."""
    with pytest.raises(ProblemError, match="no tunnel called carrier pigeon"):
        choose(TunnelSettings("carrier pigeon", tmp_path))


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("127.0.0.1", "127.0.0.1:9876"),
        ("0.0.0.0", "127.0.0.1:9876"),
        ("", "127.0.0.1:9876"),
        ("::", "[::1]:9876"),
        ("fe80::1", "[fe80::1]:9876"),
    ],
)
def test_a_tunnel_connects_to_an_address_that_can_be_reached(host: str, target: str) -> None:
    """A wildcard address is one to listen on only."""
    assert local_target(host, 9876) == target


def test_each_kind_has_its_driver(tmp_path: Path) -> None:
    drivers = [choose(TunnelSettings(kind, tmp_path, command="true")) for kind in KINDS]

    assert [driver.kind for driver in drivers] == list(KINDS)
