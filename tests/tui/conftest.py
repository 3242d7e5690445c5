"""Dialogs hear keys at once, unless a test says otherwise, and the pilot waits for the app, not for time."""

from __future__ import annotations

import itertools

import pytest
import textual.app
import textual.pilot

from tests.tui.settling import settle
from webhook_tui.tui.modals.dialog import Dialog


@pytest.fixture(autouse=True)
def _dialogs_hear_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by a second whenever it is asked."""
    seconds = itertools.count()
    monkeypatch.setattr(Dialog, "clock", staticmethod(lambda: float(next(seconds))))


@pytest.fixture(autouse=True)
def _the_pilot_waits_for_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """After each key, and in `pause`."""
    for module in (textual.app, textual.pilot):
        monkeypatch.setattr(module, "wait_for_idle", settle)
