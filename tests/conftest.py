"""What every test stands on: no home, no terminal, no language and no time zone of the developer's, no token."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import inspect
import io
import itertools
import logging
import os
import sys
import time
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import webhook_tui
from tests.timeouts import until

sys.dont_write_bytecode = False  # compiling the tests again would be half of the start of each run

settings.register_profile(
    "suite", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("large", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")  # the same examples each time, however slow the machine; `--hypothesis-profile large`

PACKAGE_ROOT = Path(webhook_tui.__file__).parent.parent
_DIRECTORY = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-snapshots` writes the snapshots of screens again."""
    parser.addoption("--update-snapshots", action="store_true", help="write the snapshots of screens again")


@pytest.hookimpl(wrapper=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None, None, None]:
    """Have Hypothesis write its tables of Unicode once, while the workers of pytest-xdist collect: 3 s for each."""
    yield
    if session.config.getoption("numprocesses", None):
        st.text().validate()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Import and collect without a search for garbage, which finds none and takes a sixth of the time."""
    gc.disable()
    try:
        _import_test_modules(session)
        return (yield)
    finally:
        gc.enable()


def _import_test_modules(session: pytest.Session) -> None:
    """Import the test modules, each worker of pytest-xdist from another one on.

    Where nothing is compiled yet, each compiles a part and loads what the others have compiled. In the same order, all
    would compile each module at the same time. What cannot be imported is reported when it is collected.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        return
    root = session.config.rootpath
    paths = sorted(path for argument in session.config.args for path in (root / argument).rglob("test_*.py"))
    first = int(worker.removeprefix("gw")) * len(paths) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for path in (*paths[first:], *paths[:first]):
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """What was imported and collected stays: no later search for garbage goes through it again, and there are fewer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 5, 5)


_STARTS = frozenset(
    (
        *("tests.fork_server", "tests.integration.process", "tests.integration.terminal", "tests.ui.stage"),
        *("subprocess", "tests.tunnels.watching.descendants", "tests.tunnels.watching.watched", "textual.app.App"),
        *("tests.session.running", "tests.ui.widgets.stage.Stage", "webhook_tui.editor", "webhook_tui.images.process"),
        *("webhook_tui.payload_query.process", "webhook_tui.tunnels.process.child"),
    )
)
"""What a module of tests imports, or imports from, that starts processes, whole sessions or apps of Textual."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of `integration/` and `hostile/`, so that the quick ones can be run alone.

    And those elsewhere that run a session, widgets or processes, each of which takes as long as a hundred others.
    """
    for item in items:
        folders = {*item.path.parts[len(_DIRECTORY.parts) : -1]}
        marks = {"integration", "hostile"} & folders
        if not marks and folders and isinstance(item, pytest.Function) and _starts_something(item.module):
            marks = {"integration", "portable"}
        for name in marks:
            item.add_marker(name)


@cache
def _starts_something(module: ModuleType) -> bool:
    names: set[str] = set()
    for value in vars(module).values():
        if isinstance(value, ModuleType):
            names.add(value.__name__)
        elif inspect.isroutine(value) or inspect.isclass(value):
            names |= {value.__module__, f"{value.__module__}.{value.__name__}"}
    return not names.isdisjoint(_STARTS)


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


@pytest.fixture(autouse=True, scope="session")
def _same_surroundings() -> Iterator[None]:
    """The same environment everywhere, and child processes import this package.

    What depends on a variable is tested with that variable.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in filter(_is_foreign, list(os.environ)):
            patch.delenv(name)
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # compiling would be half of each child's start
        for name, value in FIXED.items():
            patch.setenv(name, value)
        if hasattr(time, "tzset"):  # Windows has none
            time.tzset()
        yield


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command that a test calls sets where the program logs to: that ends with the test."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in root.handlers[:]:
        if handler not in before:
            handler.close()
    root.handlers[:], root.level = before, level


@pytest.fixture(autouse=True, scope="session")
def _files_are_closed() -> Iterator[None]:
    """Whatever the tests opened is closed at their end, pipes of processes included.

    Of a file that something still refers to, Python warns only when it exits, and then no test can fail.
    """
    yield
    with contextlib.suppress(TimeoutError):  # a thread may yet close one
        asyncio.run(until(lambda: not _open_files()))
    assert _open_files() == []


def _open_files() -> list[io.FileIO]:
    """Return those opened since the tests were collected: `gc.freeze` hides the earlier ones."""
    gc.collect()
    files = [each for each in gc.get_objects() if issubclass(type(each), io.FileIO)]
    return [file for file in files if not file.closed]


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of each test of this process."""
    parent = tmp_path_factory.mktemp("homes")
    return (parent / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _own_home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a home of its own, which is empty."""
    home = next(_homes)
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
