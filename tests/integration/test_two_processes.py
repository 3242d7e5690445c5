"""Screen and session in two processes: whichever dies, the other shuts down or goes on, and nothing is left behind."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.fork_server import PROGRAM
from tests.integration.deliveries import post
from tests.integration.terminal import ALTERNATE_SCREEN, Terminal, terminal
from tests.integration.test_suspension import SHELL
from tests.session.running import TOKEN, sandbox_of, url_at
from tests.timeouts import own_time, until
from tests.tunnels.watching import alive, descendants, seen_of
from webhook_tui.places import Places
from webhook_tui.sandbox.service import Sandbox

HERE = Path(__file__).parent
AUTHTOKEN = "ngrok-authtoken-canary"


def session_of(pid: int) -> int:
    """The pid of the session's process below the program's."""
    (found,) = descendants(pid)
    return found


async def hook(sandbox: Sandbox) -> str:
    """The URL that is registered, waited for."""
    await until(lambda: url_at(sandbox) is not None)
    url = url_at(sandbox)
    assert url is not None
    return url


@pytest.fixture(autouse=True)
async def _no_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """After each test, also after a screen that was killed, nothing is left among the temporary files."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setenv("TMPDIR", str(directory))
    yield
    await until(lambda: list(directory.iterdir()) == [], 3.0)


@asynccontextmanager
async def _registered(program: Sequence[str] = (), fault: str = "") -> AsyncIterator[tuple[Terminal, Sandbox]]:
    """The screen with its webhook registered, its history a temporary one; `program`, `fault` as in `terminal`."""
    async with (
        sandbox_of() as (sandbox, api_url),
        terminal(
            *("--port", "0", "--tunnel", "none", "--ephemeral", "--api-url", api_url),
            program=program,
            fault=fault,
            PIKTID_TOKEN=TOKEN.reveal(),
            NGROK_AUTHTOKEN=AUTHTOKEN,
        ) as screen,
    ):
        await screen.until("✓ valid")
        yield screen, sandbox


async def test_a_session_that_is_killed_can_be_restarted() -> None:
    """The screen shows it and still shows the history; u registers again, on the same port, and asks nothing."""
    async with _registered() as (screen, sandbox):
        before = await hook(sandbox)
        killed = session_of(screen.pid)
        os.kill(killed, signal.SIGKILL)
        shown = await screen.until("Session ended unexpectedly. Deliveries up to #")
        assert "u restarts it. Until then PiktID gets no answer and tries again later." in shown
        assert "session ended" in shown.splitlines()[1]
        assert "Restart u" in shown
        assert killed not in descendants(screen.pid)  # not even as a zombie
        await screen.pressing("]", "X-Webhook-Event")
        screen.press("u")
        await until(lambda: url_at(sandbox) not in (None, before))
        await screen.until("Register u")
        assert urlsplit(await hook(sandbox)).port == urlsplit(before).port
        screen.press("q")
        assert await screen.ended() == 0
        assert url_at(sandbox) is None
        assert screen.unrestored == set()


async def test_a_session_that_is_terminated_is_reported() -> None:
    """It deletes its webhook first; the screen stays."""
    async with _registered() as (screen, sandbox):
        os.kill(session_of(screen.pid), signal.SIGTERM)
        await screen.until("The session was ended by SIGTERM.")
        assert url_at(sandbox) is None
        screen.press("q")
        assert await screen.ended() == 0


async def test_a_session_that_is_stopped_does_not_keep_the_screen() -> None:
    """It is killed after its deadline."""
    async with _registered() as (screen, _):
        stopped = session_of(screen.pid)
        os.kill(stopped, signal.SIGSTOP)
        began = own_time()
        screen.press("q")
        assert await screen.ended() == 0
        assert own_time() - began < 5.0
        assert not alive(stopped)


async def test_a_second_signal_ends_the_waiting() -> None:
    """With its exit code, on a line of its own; the session deletes the webhook and removes the temporary history."""
    async with _registered(fault="second_signal") as (screen, sandbox):
        screen.press("q")
        assert await screen.ended() == 128 + signal.SIGTERM
        assert url_at(sandbox) is None
        assert screen.unrestored == set()
        assert screen.after_the_screen.endswith("\n")


async def test_a_stopped_screen_does_not_stop_the_session() -> None:
    """SIGSTOP: deliveries are answered, and shown after SIGCONT."""
    async with _registered() as (screen, sandbox):
        url = await hook(sandbox)
        os.kill(screen.pid, signal.SIGSTOP)
        for _ in range(20):
            assert set(await asyncio.gather(*(post(url, b"{}") for _ in range(10)))) == {200}
        os.kill(screen.pid, signal.SIGCONT)
        await screen.until("✗ 200")


async def test_ctrl_z_and_fg() -> None:
    """The shell has the terminal, the session answers; fg shows what arrived."""
    async with sandbox_of() as (sandbox, api_url), terminal(program=SHELL, PS1="$ ", PIKTID_TOKEN="t") as shell:
        options = f"--tunnel none --port 0 --ephemeral --api-url {api_url}"
        token = f"PIKTID_TOKEN={TOKEN.reveal()}"
        shell.type(f"{token} {shlex.quote(sys.executable)} -m webhook_tui {options}\r")
        await shell.until("✓ valid")
        await shell.pressing("ctrl+z", "deliveries are still received")
        await shell.until("Stopped")
        assert await post(await hook(sandbox), b"{}") == 200
        shell.type("fg\r")
        await shell.until("✗ 1")
        await shell.pressing("q", "Leaving: deleting webhook")
        shell.type("echo left with $?\r")
        await shell.until("left with 0")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_before_the_screen_is_shown(number: signal.Signals) -> None:
    """128+n; the session has ended, and nothing stays registered."""
    async with (
        sandbox_of() as (sandbox, api_url),
        terminal(
            *("--port", "0", "--tunnel", "none", "--ephemeral", "--api-url", api_url),
            program=PROGRAM,
            PIKTID_TOKEN=TOKEN.reveal(),
        ) as screen,
    ):
        await until(lambda: descendants(screen.pid))
        children = descendants(screen.pid)
        os.kill(screen.pid, number)
        assert await screen.ended() == 128 + number, screen.output.decode()
        await until(lambda: not any(alive(pid) for pid in children), 3.0)
        assert url_at(sandbox) is None
        assert screen.unrestored == set()
        assert "Traceback" not in screen.output.decode()


@pytest.mark.parametrize("module", ["cli.main", "ui.launch", "ui.app", "ui.terminal.driver", "ui.views.detail.pane"])
async def test_a_signal_during_an_import(module: str) -> None:
    """Before or after the first frame, it is not lost; the exit code is 128+n, and nothing else is said."""
    script = (str(HERE / "signalled.py"), f"webhook_tui.{module}", str(int(signal.SIGTERM)))
    async with terminal("--sandbox", "--port", "0", program=script) as screen:
        assert await screen.ended() == 128 + signal.SIGTERM, screen.output.decode()
        assert screen.unrestored == set()
        assert screen.screen.strip() == ""


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("unspawned", "The session could not be started: No such file or directory."),
        ("stillborn", "The session could not be started (exit code 3)."),
    ],
)
async def test_a_session_that_cannot_be_started(fault: str, words: str) -> None:
    """1 and one sentence; the screen never opens."""
    async with terminal("--sandbox", "--port", "0", fault=fault) as screen:
        assert await screen.ended() == 1
        assert ALTERNATE_SCREEN not in screen.output
        assert words in screen.output.decode()


async def test_the_token_is_not_in_the_process_list() -> None:
    """Neither in the arguments nor in the environment of the session's process."""
    async with _registered(PROGRAM) as (screen, _):
        for seen in seen_of(session_of(screen.pid)):
            assert seen
            assert TOKEN.reveal().encode() not in seen
            assert AUTHTOKEN.encode() not in seen
        errors = Places.of_user().session_errors
        assert errors.stat().st_mode & 0o777 == 0o600
        assert errors.read_bytes() == b""


async def test_the_screen_imports_no_server(tmp_path: Path) -> None:
    """What serves and sends HTTP is in the session's process alone."""
    listing = tmp_path / "modules.json"
    async with terminal("--sandbox", "--port", "0", program=(str(HERE / "listing_modules.py"), str(listing))) as screen:
        await screen.until("✓ valid")
        screen.press("q")
        assert await screen.ended() == 0
    modules = {name.partition(".")[0] for name in json.loads(listing.read_text())}
    assert "textual" in modules
    assert modules.isdisjoint({"httpx", "httpcore", "starlette", "uvicorn", "uvloop", "httptools"})


async def test_a_temporary_history_of_a_killed_program_is_swept(tmp_path: Path) -> None:
    """Both processes killed: the next run removes what they left."""
    async with terminal("--sandbox", "--port", "0") as screen:
        await screen.until("✓ valid")
        session = session_of(screen.pid)
        os.kill(session, signal.SIGKILL)
        await screen.until("Session ended unexpectedly.")
        os.kill(screen.pid, signal.SIGKILL)
        await screen.ended()
    assert list((tmp_path / "temporary").iterdir()) != []
    async with terminal("--sandbox", "--port", "0") as screen:
        await screen.until("✓ valid")
        screen.press("q")
        assert await screen.ended() == 0
