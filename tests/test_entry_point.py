"""The `webhook-tui` command decides from the bare arguments whether the session's process is started first."""

from __future__ import annotations

import os

import pytest

from webhook_tui.__main__ import opens_screen

SCREEN = {"TERM": "xterm"}


@pytest.mark.parametrize("arguments", [(), ("--sandbox",), ("--token", "t", "--no-register")])
def test_options_open_the_screen(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a terminal is on all three."""
    monkeypatch.setattr(os, "isatty", lambda number: True)
    assert opens_screen(arguments, SCREEN)
    monkeypatch.setattr(os, "isatty", lambda number: number != 1)
    assert not opens_screen(arguments, SCREEN)


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        (("listen", "--sandbox"), SCREEN),
        (("--sandbox", "--help"), SCREEN),
        (("--version",), SCREEN),
        ((), {"TERM": "dumb"}),
        ((), {}),
        ((), {**SCREEN, "_WEBHOOK_TUI_COMPLETE": "bash_complete"}),
    ],
)
def test_what_opens_no_screen(
    arguments: tuple[str, ...], environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands, help, and a terminal that cannot show it."""
    monkeypatch.setattr(os, "isatty", lambda number: True)
    assert not opens_screen(arguments, environ)
