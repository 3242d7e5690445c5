"""Dialogs hear keys at once, unless a test says otherwise: no test waits 300 ms."""

from __future__ import annotations

import itertools

import pytest

from webhook_tui.tui.modals.dialog import Dialog


@pytest.fixture(autouse=True)
def _dialogs_hear_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by a second whenever it is asked."""
    seconds = itertools.count()
    monkeypatch.setattr(Dialog, "clock", staticmethod(lambda: float(next(seconds))))
