"""Where files are: this user's directories, and those of a profile."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from webhook_tui.places import Places

PLACES = Places(Path("/c"), Path("/s"))


def test_a_profile_has_everything_of_its_own_but_the_settings() -> None:
    profile = PLACES.of_profile("shop")

    assert (profile.profile, profile.config_file) == ("shop", PLACES.config_file)
    assert profile.deliveries == Path("/s/profiles/shop/deliveries.db")
    files = [
        {
            getattr(places, name)
            for name in ("deliveries", "accounts", "preferences", "log", "session_log", "known_hosts")
        }
        for places in (PLACES, profile)
    ]
    assert files[0].isdisjoint(files[1])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no XDG directories")
def test_the_directories_are_those_of_xdg(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS, too."""
    monkeypatch.setenv("XDG_CONFIG_HOME", "/x/config")
    monkeypatch.setenv("XDG_STATE_HOME", "/x/state")

    assert Places.of_user() == Places(Path("/x/config/webhook-tui"), Path("/x/state/webhook-tui"))
