"""What every test stands on: no home, no terminal, no language and no time zone of the developer's, no token."""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path

import pytest

import webhook_tui

sys.dont_write_bytecode = False  # compiling the tests again would be half of the start of each run

PACKAGE_ROOT = Path(webhook_tui.__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-snapshots` writes the snapshots of screens again."""
    parser.addoption("--update-snapshots", action="store_true", help="write the snapshots of screens again")


def pytest_collection_finish() -> None:
    """What was imported and collected stays: no later search for garbage goes through it again, and there are fewer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 5, 5)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of `integration/` and `hostile/`, so that the quick ones can be run alone.

    And those that run the whole screen, each of which takes as long as a hundred others.
    """
    for item in items:
        parts = set(item.path.relative_to(Path(__file__).parent).parts)
        if isinstance(item, pytest.Function) and getattr(item.module, "stage", None) is not None and "ui" in parts:
            parts |= {"integration", "portable"}
        for name in {"integration", "portable", "hostile"} & parts:
            item.add_marker(name)


FOREIGN = ("WEBHOOK_TUI_", "PIKTID_", "XDG_", "NGROK_", "PYNGROK_", "LC_", "TEXTUAL_", "SSH_", "SSL")
"""How variables begin that would have a say."""
FOREIGN_NAMES = frozenset(
    (
        *("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "DISPLAY", "WAYLAND_DISPLAY", "STY", "TMUX"),
        *("BROWSER", "EDITOR", "PAGER", "VISUAL", "LANGUAGE", "PYTHONIOENCODING", "PYTHONUTF8"),
    )
)
FIXED = {
    "COLORTERM": "truecolor",
    "LANG": "C.UTF-8",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    "PYTHONPATH": str(PACKAGE_ROOT),
    "SSH_TTY": "none",  # the developer's clipboard stays as it is
    "TERM": "xterm-256color",
    "TZ": "UTC",
}


def _is_foreign(name: str) -> bool:
    return name.startswith(FOREIGN) or name in FOREIGN_NAMES or name.lower().endswith("_proxy")


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a home of its own and the same environment everywhere, and child processes import this package.

    What depends on a variable is tested with that variable.
    """
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for name in filter(_is_foreign, list(os.environ)):
        monkeypatch.delenv(name)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # compiling would be half of each child's start
    for name, value in {**FIXED, "HOME": str(home)}.items():
        monkeypatch.setenv(name, value)
    if hasattr(time, "tzset"):  # Windows has none
        time.tzset()
