"""Theme, tab and filter come back in the next run; a broken file changes nothing."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from webhook_tui.ui.preferences import Preferences, PreferencesFile


def test_the_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is private, unknown fields are ignored, and without a difference nothing is written."""
    path = tmp_path / "state" / "screen.json"
    file = PreferencesFile(path)
    file.write(file.read())
    assert not path.exists()
    file.write(Preferences("textual-light", "Headers", "verdict:invalid"))
    assert sys.platform == "win32" or path.stat().st_mode & 0o777 == 0o600
    assert PreferencesFile(path).read() == Preferences("textual-light", "Headers", "verdict:invalid")
    path.write_text('{"tab": "Raw", "later": [1]}')
    assert PreferencesFile(path).read() == Preferences(tab="Raw")
    assert list(path.parent.iterdir()) == [path]
    for broken in ("{", '{"tab": 1}', "\udcff"):
        path.write_bytes(broken.encode("utf-8", "surrogateescape"))
        with caplog.at_level(logging.WARNING):
            assert PreferencesFile(path).read() == Preferences()
    assert caplog.text.count("could not be read") == 3
