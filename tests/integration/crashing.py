"""Faults that tests put into the program and the session's process, which is a fork of it then."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import importlib.metadata
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from webhook_tui.session.history.retention import Retention
from webhook_tui.session.process import spawn
from webhook_tui.session.session import Session
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_file import HistoryFile
from webhook_tui.ui.screens.main import MainScreen
from webhook_tui.ui.terminal.graphics import Graphics
from webhook_tui.ui.terminal.shutdown_line import ShutdownLine
from webhook_tui.ui.widgets.status.status_bar import StatusBar

CANARY = "value-of-a-variable"


def _fail(*_arguments: Any, **_more: Any) -> NoReturn:
    """What a careless library might do: the token and a secret in variables, and quoted in what it says."""
    a_value = CANARY
    token, secret = os.environ.get("PIKTID_TOKEN"), os.environ.get("WEBHOOK_TUI_SECRET")
    try:
        int(f"\x1b]2;{token}\x07")
    except ValueError as error:
        raise RuntimeError(f"an error with the {a_value}, {token} and {secret}") from error
    raise AssertionError("that is no number")


async def _fail_later(_retention: Retention) -> None:
    await asyncio.sleep(0.1)
    _fail()


def _fail_to_paint(screen: MainScreen, _action: str) -> None:
    screen.query_one(StatusBar).render = _fail  # type: ignore[method-assign]  # that is the fault
    screen.query_one(StatusBar).refresh()


_present = HistoryFile.current_connection


def _full_at_times(file: HistoryFile) -> sqlite3.Connection:
    """The database cannot grow while there is a file named `full` beside it."""
    connection = _present(file)
    most = 1 if file.path.with_name("full").exists() else 2**30
    connection.execute(f"PRAGMA max_page_count = {most}")
    return connection


_open = DeliveryStore.open


def _open_as_other_user(*arguments: Any, **more: Any) -> DeliveryStore:
    """Root may write into any directory: from here on this is not root."""
    if os.geteuid() == 0:
        os.setuid(65534)
    return _open(*arguments, **more)


_write = ShutdownLine._write  # noqa: SLF001 -- where the session is seen to shut down


def _write_and_signal(line: ShutdownLine) -> None:
    """A second signal, after which the screen's process ends more slowly than the session."""
    _write(line)
    atexit.register(_wait_for_session)
    os.kill(os.getpid(), signal.SIGTERM)


def _wait_for_session() -> None:
    with contextlib.suppress(ChildProcessError):  # a thread has reaped it
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)


COMMANDS: dict[str, tuple[str, ...]] = {
    "unspawned": ("/nowhere/python",),
    "stillborn": (sys.executable, "-c", "raise SystemExit(3)"),
}
"""What is started instead of the session."""

FAULTS: dict[str, tuple[type[Any] | ModuleType, str, Callable[..., Any]]] = {
    "key": (MainScreen, "action_run", _fail),
    "paint": (MainScreen, "action_run", _fail_to_paint),
    "message": (MainScreen, "on_table_row_opened", _fail),
    "compose": (MainScreen, "compose", _fail),
    "disk": (HistoryFile, "current_connection", _full_at_times),
    "other_user": (DeliveryStore, "open", _open_as_other_user),
    "session": (Session, "run", _fail),
    "second_signal": (ShutdownLine, "_write", _write_and_signal),
    "task": (Retention, "run", _fail_later),
    "no_answer_deadline": (Graphics, "_on_silence", lambda _graphics: None),
    "old_mcp": (importlib.metadata, "version", lambda _name: "1.9"),
}


def put(fault: str) -> None:
    """Put a fault into this process, and so into its forks."""
    if fault in COMMANDS:
        spawn.COMMAND = COMMANDS[fault]
    elif fault == "closed_output":  # as Python starts when descriptor 1 is closed
        os.close(1)
        sys.stdout = None
    elif fault == "no_mcp":
        sys.modules["mcp"] = None  # type: ignore[assignment]  # so that its import fails
    else:
        setattr(*FAULTS[fault])
