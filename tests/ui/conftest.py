"""Dialogs take keys at once, unless a test sets otherwise, and the pilot waits for the app, not for time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import textual.app
import textual.pilot
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from tests.ui.settling import settle
from tests.ui.snapshots import snapshot
from webhook_tui.ui.dialogs.dialog import Dialog

__all__ = ["snapshot"]


@pytest.fixture(autouse=True)
def _dialogs_take_keys_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for the delay."""
    monkeypatch.setattr(Dialog, "ENABLE_DELAY_SECONDS", 0.0)


async def _settled(_pilot: Pilot[Any], timeout: float = 0.0) -> bool:
    await settle()
    return True


@pytest.fixture(autouse=True)
def _the_pilot_waits_for_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """After each key, and in `pause`.

    The pilot also has each widget say that it has no message left, which is most of what a key costs: once the loop is
    idle none has.
    """
    for module in (textual.app, textual.pilot):
        monkeypatch.setattr(module, "wait_for_idle", settle)
    monkeypatch.setattr(Pilot, "_wait_for_screen", _settled)


@pytest.fixture(autouse=True, scope="session")
def _style_sheets_are_parsed_once() -> Iterator[None]:
    """For all apps with the same variables: else that is a quarter of the start of each of some hundred apps."""
    parsed: dict[object, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def parse_once(sheet: Stylesheet, css: str, read_from: tuple[str, str], **options: Any) -> list[RuleSet]:
        key = (css, read_from, *options.items(), *sheet._variables.items())
        if key not in parsed:
            parsed[key] = parse(sheet, css, read_from, **options)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        patch.setattr(RuleSet, "__hash__", object.__hash__)  # the same, without a frame for each of its many calls
        yield
