"""The program with a fault put into it: `crashing.py FAULT [ARGUMENT ...]`. Only tests run this."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

from webhook_tui.cli import main
from webhook_tui.session import ListenSession
from webhook_tui.tui.app import WebhookTuiApp
from webhook_tui.tui.screens.main import MainScreen
from webhook_tui.tui.widgets.status_bar import StatusBar

CANARY = "value-of-a-variable"


def _fail(*_arguments: Any, **_more: Any) -> NoReturn:
    a_value = CANARY
    raise RuntimeError(f"an error with the {a_value}")


def _fail_when_pinged(screen: MainScreen) -> None:
    screen.query_one(StatusBar).render = _fail  # type: ignore[method-assign]  # that is the fault
    screen.query_one(StatusBar).refresh()


FAULTS: dict[str, tuple[type[Any], str, Callable[..., Any]]] = {
    "key": (MainScreen, "action_ping", _fail),
    "paint": (MainScreen, "action_ping", _fail_when_pinged),
    "message": (WebhookTuiApp, "on_wish_requested", _fail),
    "compose": (MainScreen, "compose", _fail),
    "session": (ListenSession, "run", _fail),
}

if __name__ == "__main__":
    place, name, fault = FAULTS[sys.argv.pop(1)]
    setattr(place, name, fault)
    main()
