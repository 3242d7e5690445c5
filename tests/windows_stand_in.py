"""Runs in an interpreter of its own that looks like one on Windows to what is imported and run after it.

Its arguments are those of `webhook-tui`; without any it imports every module and prints those that cannot be imported.
What other packages decide when they are imported is decided before, since they are not tested here.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import pkgutil
import signal
import sys
import sysconfig
import types

import platformdirs.unix
import platformdirs.windows

_BEFORE = ("asyncio", "httpx", "multiprocessing", "subprocess")
_BEFORE_IMPORTS = (
    "PIL.Image",
    "mcp.server.lowlevel",
    "mcp.server.stdio",
    "textual.app",
    "textual.drivers.headless_driver",
)
"""What no command that is run here imports."""
_MISSING_MODULES = (
    "curses",
    "fcntl",
    "grp",
    "pty",
    "pwd",
    "readline",
    "resource",
    "syslog",
    "termios",
    "tty",
    "uvloop",
)
_SIGNALS = {"SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM", "SIG_DFL", "SIG_IGN"}
"""Those that there are on Windows, besides two of its own."""
_MISSING_NAMES = (
    "O_CLOEXEC",
    "O_DIRECTORY",
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "fork",
    "getuid",
    "killpg",
    "mkfifo",
    "setsid",
)
_ONLY_ELSEWHERE = {"webhook_tui.ui.terminal.driver"}
"""Imported on Unix only."""


def _locking(descriptor: int, mode: int, _count: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if mode == 1 else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise PermissionError(*error.args) from None


def pretend() -> None:
    """Take away what Windows does not have, and add what only it has."""
    msvcrt = types.ModuleType("msvcrt")
    vars(msvcrt).update(LK_LOCK=1, LK_NBLCK=2, locking=_locking)
    sys.modules["msvcrt"] = msvcrt
    for name in _MISSING_MODULES:
        sys.modules[name] = None  # type: ignore[assignment]  # to import it fails
    for name in [name for name in vars(signal) if name.startswith("SIG") and name not in _SIGNALS]:
        delattr(signal, name)
    for name in ("pthread_kill", "pthread_sigmask"):
        delattr(signal, name)
    for name in _MISSING_NAMES:
        delattr(os, name)
    vars(signal).update(SIGBREAK=21, CTRL_C_EVENT=0, CTRL_BREAK_EVENT=1)
    platformdirs.windows.Windows = platformdirs.unix.Unix  # type: ignore[misc,assignment]  # that one asks Windows
    sysconfig.get_config_vars()  # it looks for a file of this platform, once
    sys.platform = "win32"


def unimportable() -> list[str]:
    """Return the modules of the program that cannot be imported, with the reasons."""
    package = importlib.import_module("webhook_tui")
    found = []
    for module in pkgutil.walk_packages(package.__path__, "webhook_tui."):
        if module.name not in _ONLY_ELSEWHERE and not module.name.endswith("__main__"):
            try:
                importlib.import_module(module.name)
            except Exception as error:  # noqa: BLE001 -- whatever it is
                found.append(f"{module.name}: {error!r}")
    return found


if __name__ == "__main__":
    for name in _BEFORE if len(sys.argv) > 1 else (*_BEFORE, *_BEFORE_IMPORTS):
        importlib.import_module(name)
    pretend()
    if len(sys.argv) > 1:
        importlib.import_module("webhook_tui.cli.main").main()
    print(*unimportable(), sep="\n")  # noqa: T201 -- for the test
