"""Every way out of the screen: the terminal as it was, the webhook gone, the tunnel's child ended, within 3 s."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from tests.integration.canaries import assert_nowhere
from tests.integration.crashing import CANARY
from tests.integration.terminal import ALTERNATE_SCREEN, Terminal, terminal
from tests.session.running import TOKEN, sandbox_of, url_at
from tests.timeouts import TIMEOUT_SECONDS, own_time, until
from tests.tunnels.localhost_run import LocalhostRun
from tests.tunnels.watching import alive, descendants
from webhook_tui.places import Places
from webhook_tui.sandbox.service import Sandbox

SECONDS = 3.0
SECRET = "secret-canary"


async def _ended(screen: Terminal) -> int:
    """Its exit code; it has ended in time."""
    began = own_time()
    code = await screen.ended()
    assert own_time() - began < SECONDS
    return code


@dataclass
class _Open:
    """The program with everything open: registered through a tunnel by the real ssh client, one delivery shown."""

    screen: Terminal
    sandbox: Sandbox
    children: set[int]

    async def left(self, code: int) -> None:
        """It has ended in time, and nothing of it is left."""
        assert await _ended(self.screen) == code
        assert url_at(self.sandbox) is None
        await until(lambda: not any(alive(pid) for pid in self.children), 1.0)
        self.is_restored()

    def is_restored(self) -> None:
        """The terminal is as it was, and nothing on it looks like a fault or a secret."""
        assert ALTERNATE_SCREEN in self.screen.output
        assert self.screen.unrestored == set()
        assert "Traceback" not in self.screen.output.decode()
        assert_nowhere(TOKEN.reveal(), bytes(self.screen.output))


@asynccontextmanager
async def _open(fault: str = "") -> AsyncIterator[_Open]:
    async with (
        sandbox_of() as (sandbox, api_url),
        LocalhostRun(loopback=True) as server,
        terminal(
            *("--port", "0", "--ssh-server", server.ssh_server, "--api-url", api_url),
            fault=fault,
            PIKTID_TOKEN=TOKEN.reveal(),
        ) as screen,
    ):
        await screen.until("✓ valid")
        children = descendants(screen.pid)
        assert children
        yield _Open(screen, sandbox, children)


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_by_key(key: str) -> None:
    """0; the line on the normal screen names the steps."""
    async with _open() as opened:
        opened.screen.press(key)
        await opened.left(0)
        assert re.fullmatch(
            r"Leaving: closing the tunnel … done   deleting webhook 41 … done", opened.screen.screen.strip()
        )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_by_signal(number: signal.Signals) -> None:
    """128+n."""
    async with _open() as opened:
        os.kill(opened.screen.pid, number)
        await opened.left(128 + number)


async def test_from_a_dialog() -> None:
    """ctrl+c leaves from there, too."""
    async with _open() as opened:
        await opened.screen.pressing("?", "Keys: ")
        opened.screen.press("ctrl+c")
        await opened.left(0)


async def test_keys_after_the_first_are_ignored() -> None:
    """q three times and ctrl+c stop the session once, in its usual order."""
    async with _open() as opened:
        opened.screen.press("q", "q", "q")
        assert await _ended(opened.screen) == 0
        assert url_at(opened.sandbox) is None
        opened.is_restored()


@pytest.mark.parametrize(("fault", "key"), [("key", "t"), ("paint", "t"), ("message", "enter")])
async def test_by_a_crash(fault: str, key: str) -> None:
    """1, with one sentence instead of a traceback that would show values."""
    async with _open(fault) as opened:
        opened.screen.press(key)
        await opened.left(1)
        said = opened.screen.after_the_screen
        assert said.count("webhook-tui ended by an error of its own (RuntimeError).") == 1
        assert_nowhere(CANARY, bytes(opened.screen.output))
        assert "in _fail" in Places.of_user().log.read_text()


@pytest.mark.parametrize("fault", ["compose"])
async def test_by_a_crash_before_the_start(fault: str) -> None:
    """The same when the screen cannot be made at all; nothing was registered."""
    async with terminal("--sandbox", "--port", "0", fault=fault) as screen:
        assert await _ended(screen) == 1
        assert screen.unrestored == set()
        assert "webhook-tui ended by an error of its own (RuntimeError)." in screen.output.decode()
        assert CANARY not in screen.output.decode()
        assert "Traceback" not in screen.output.decode()


@pytest.mark.parametrize("fault", ["session", "task"])
async def test_a_session_that_crashes_is_reported_on_the_screen(fault: str) -> None:
    """The screen stays, says it, and q leaves; the log has the places of the error, and no values."""
    async with terminal("--sandbox", "--port", "0", fault=fault, WEBHOOK_TUI_SECRET=SECRET) as screen:
        await screen.until("The session ended by a bug in webhook-tui: RuntimeError.")
        screen.press("q")
        assert await _ended(screen) == 0
        assert screen.unrestored == set()
    for canary in (CANARY, SECRET):
        assert_nowhere(canary, bytes(screen.output))
    assert "in _fail" in Places.of_user().session_log.read_text()


async def test_by_closing_the_window() -> None:
    """The terminal closes without a signal: webhook and tunnel are gone within 3 s, and the program soon after."""
    async with _open() as opened:
        opened.screen.hang_up()
        await until(lambda: url_at(opened.sandbox) is None, SECONDS)
        await until(lambda: not any(alive(pid) for pid in opened.children), SECONDS)
        began = own_time()
        assert await asyncio.wait_for(opened.screen.process.wait(), TIMEOUT_SECONDS) == 129
        assert own_time() - began < 10


async def test_hung_up_twice() -> None:
    """A shell whose window closes sends SIGHUP once more: that does not cut the shutdown short."""
    async with _open() as opened:
        for _ in range(3):
            os.kill(opened.screen.pid, signal.SIGHUP)
        await opened.left(129)


@pytest.mark.parametrize("is_stopped", [False, True])
async def test_killed_with_its_session_shutting_down(is_stopped: bool) -> None:
    """kill -9 of the screen, also of one that is stopped: the session deletes the webhook, closes the tunnel, ends."""
    async with _open() as opened:
        if is_stopped:
            os.kill(opened.screen.pid, signal.SIGSTOP)
        os.kill(opened.screen.pid, signal.SIGKILL)
        assert await opened.screen.ended() == -signal.SIGKILL
        await until(lambda: url_at(opened.sandbox) is None, SECONDS)
        await until(lambda: not any(alive(pid) for pid in opened.children), SECONDS)


async def test_no_clean_says_nothing_of_deleting() -> None:
    """The webhook stays."""
    async with (
        sandbox_of() as (sandbox, api_url),
        terminal(
            "--port", "0", "--tunnel", "none", "--no-clean", "--api-url", api_url, PIKTID_TOKEN=TOKEN.reveal()
        ) as screen,
    ):
        await screen.until("✓ valid")
        screen.press("q")
        assert await _ended(screen) == 0
        assert url_at(sandbox) is not None
        assert "deleting" not in screen.after_the_screen


async def test_a_busy_port_ends_before_the_screen_opens() -> None:
    """5, and the terminal was never touched."""
    async with terminal("--sandbox", "--port", "0") as first:
        await first.until("127.0.0.1:")
        port = first.screen.partition("127.0.0.1:")[2].split()[0]
        async with terminal("--sandbox", "--port", port) as second:
            assert await second.ended() == 5
            assert b"\x1b" not in second.output
            assert f"Port {port} is in use by another program." in second.output.decode()
