"""How `webhook-tui listen` ends: its exit code, its one line on standard error, and what it leaves at PiktID."""

from __future__ import annotations

import array
import asyncio
import fcntl
import json
import signal
import socket
import subprocess
import sys
import termios
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.integration.process import program, run
from tests.session.running import TOKEN, sandbox_of, url_at
from tests.timeouts import TIMEOUT_SECONDS
from tests.tunnels.localhost_run import LocalhostRun
from webhook_tui.http.asgi import Asgi, Receive, Scope, Send

JSON = "listen", "--format", "json", "--port", "0"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@contextmanager
def _taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.mark.parametrize("number", SIGNALS)
async def test_a_signal_deletes_the_webhook(number: signal.Signals) -> None:
    """128+n, with the webhook gone, within 3 s."""
    async with sandbox_of() as (sandbox, api_url):
        async with program(*JSON, "--tunnel", "none", "--api-url", api_url, PIKTID_TOKEN=TOKEN.reveal()) as listening:
            ready = await listening.record("ready")
            await listening.record("delivery")
            assert url_at(sandbox) == ready["public_url"]
            listening.send(number)
            assert await listening.ended(3) == 128 + number
        assert listening.records[-1] == {"type": "deleted"}
        assert url_at(sandbox) is None


async def test_a_second_ctrl_c_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While PiktID does not answer the DELETE request; a history that is not kept is removed all the same."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    asked, answered = asyncio.Event(), asyncio.Event()

    def held(app: Asgi) -> Asgi:
        async def holding(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["method"] == "DELETE":
                asked.set()
                await answered.wait()
            await app(scope, receive, send)

        return holding

    async with sandbox_of(wrap=held) as (_, api_url):
        options = *JSON, "--ephemeral", "--tunnel", "none", "--api-url", api_url
        async with program(*options, PIKTID_TOKEN=TOKEN.reveal()) as listening:
            await listening.record("delivery")
            assert _names(tmp_path)
            listening.send(signal.SIGINT)
            await asyncio.wait_for(asked.wait(), TIMEOUT_SECONDS)
            listening.send(signal.SIGINT)
            assert await listening.ended(2) == 130
        answered.set()
        assert not _names(tmp_path)


def _names(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


def test_a_reader_that_stops_reading_does_not_hold_up_the_end() -> None:
    """Deliveries are answered; once the session has stopped, lines without a reader are dropped."""
    command = [sys.executable, "-m", "webhook_tui", *JSON, "--tunnel", "none", "--no-register", "--ephemeral"]
    with subprocess.Popen([*command, "--secret", "s"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as listening:
        assert listening.stdout is not None
        ready = json.loads(listening.stdout.readline())
        for _ in range(3):
            request = urllib.request.Request(ready["public_url"], data=b"x" * 100_000, method="POST")
            with urllib.request.urlopen(request) as answer:
                assert answer.status == 200
        while _waiting(listening.stdout) < 60_000:
            threading.Event().wait(0.01)
        listening.send_signal(signal.SIGTERM)

        assert listening.wait(TIMEOUT_SECONDS) == 143


def _waiting(pipe: IO[bytes]) -> int:
    """Bytes in a pipe that is not read."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe.fileno(), termios.FIONREAD, count)
    return count[0]


async def test_no_clean_leaves_the_webhook() -> None:
    """The next run finds it as its own, and does not have to ask."""
    async with sandbox_of() as (sandbox, api_url):
        options = *JSON, "--tunnel", "none", "--api-url", api_url
        for _ in range(2):
            async with program(*options, "--no-clean", PIKTID_TOKEN=TOKEN.reveal()) as listening:
                ready = await listening.record("ready")
                assert await listening.left() == 130
            assert url_at(sandbox) == ready["public_url"]
            assert not listening.of("deleted")


async def test_no_token_without_a_terminal() -> None:
    """It says what is missing and names the sandbox, for both commands."""
    for command in (), ("listen",):
        code, output, words = await run(*command, "--port", "0")
        assert (code, output) == (2, "")
        assert words.splitlines()[-1] == (
            "webhook-tui: No token was given. Set PIKTID_TOKEN, or use --token-file, --token-stdin or --sandbox."
        )


@pytest.mark.parametrize(
    "options",
    [
        ("--no-such-option",),
        ("--port", "many"),
        ("--tunnel", "pigeon"),
        ("--tunnel", "command"),
        ("--api-url", "ftp://v2.api.piktid.com"),
        ("--db", "a.db", "--ephemeral"),
        ("--sandbox", "--hook-url", "https://example.com/hook"),
        ("--tunnel", "ssh", "--ssh-server", "-oProxyCommand=true", "--token", "t"),
        ("--tunnel", "command", "--tunnel-command", "x {port}", "--tunnel-url-pattern", "(", "--token", "t"),
    ],
    ids=" ".join,
)
async def test_usage(options: tuple[str, ...]) -> None:
    """What was asked for cannot be: 2, and no traceback."""
    code, output, words = await run(*JSON, *options)
    assert code == 2
    assert not [line for line in output.splitlines() if not line.startswith('{"type":"error"')]
    assert words
    assert "Traceback" not in words


async def test_a_wrong_token() -> None:
    """At once, with the sentence and what to do."""
    async with sandbox_of() as (sandbox, api_url):
        code, output, words = await run(*JSON, "--tunnel", "none", "--api-url", api_url, "--token", "wrong-canary")
        assert url_at(sandbox) is None
    assert code == 3
    sentence = (
        "PiktID refused the token (401): it is wrong or has expired. "
        "Create one at app.on-model.com/profile?tab=tokens and set PIKTID_TOKEN."
    )
    assert words == f"webhook-tui: {sentence}\n"
    assert output == f'{{"type":"error","message":"{sentence}","code":"api","exit_code":3}}\n'


async def test_a_webhook_that_is_not_ours() -> None:
    """It is left alone, unless --replace; and then deleted when leaving."""
    theirs = "http://127.0.0.1:9/hooks/piktid"
    async with sandbox_of() as (sandbox, api_url):
        sandbox.registry.put(theirs)
        options = *JSON, "--tunnel", "none", "--api-url", api_url
        code, _, words = await run(*options, PIKTID_TOKEN=TOKEN.reveal())
        assert code == 3
        assert words == (
            f"webhook-tui: A webhook that is not ours is registered: {theirs}. "
            "Replace it with --replace, or watch with --no-register.\n"
        )
        assert url_at(sandbox) == theirs
        async with program(*options, "--replace", PIKTID_TOKEN=TOKEN.reveal()) as listening:
            await listening.record("ready")
            assert await listening.left() == 130
        assert url_at(sandbox) is None


async def test_a_webhook_that_replaced_ours_is_not_deleted() -> None:
    """On leaving, a webhook that was registered after ours stays."""
    async with sandbox_of() as (sandbox, api_url):
        options = *JSON, "--tunnel", "none", "--api-url", api_url
        async with program(*options, PIKTID_TOKEN=TOKEN.reveal()) as listening:
            await listening.record("ready")
            sandbox.registry.put("http://127.0.0.1:9/hooks/piktid")
            assert await listening.left() == 130
        assert url_at(sandbox) == "http://127.0.0.1:9/hooks/piktid"
        assert not listening.of("deleted")
        assert "Another program registered its webhook meanwhile." in listening.words


async def test_a_busy_port_that_was_asked_for() -> None:
    """5, at once, for the sandbox command, too."""
    with _taken_port() as port:
        for command in ("listen", "--sandbox"), ("sandbox",):
            code, output, words = await run(*command, "--port", str(port))
            assert (code, output) == (5, "")
            assert words == (
                f"webhook-tui: Port {port} is in use by another program. "
                f"Choose another: --port {port + 1}, or --port 0 for any free one.\n"
            )


async def test_a_tunnel_command_that_is_not_there() -> None:
    """4, at once: nothing but another command helps. Nothing was registered."""
    async with sandbox_of() as (sandbox, api_url):
        options = "--tunnel", "command", "--tunnel-command", "/no/such/program {port}", "--api-url", api_url
        code, output, words = await run(*JSON, *options, PIKTID_TOKEN=TOKEN.reveal())
        assert url_at(sandbox) is None
    assert code == 4
    assert words == (
        "webhook-tui: There is no /no/such/program on this machine (exit code 127). "
        "Check --tunnel-command, then start again.\n"
    )
    assert '"type":"tunnel"' in output


async def test_a_host_key_that_changed() -> None:
    """A tunnel that may lead to another machine is not trusted: 4."""
    async with sandbox_of() as (_, api_url), LocalhostRun(loopback=True) as server:
        options = *JSON, "--ssh-server", server.ssh_server, "--api-url", api_url
        async with program(*options, "--no-clean", PIKTID_TOKEN=TOKEN.reveal()) as listening:
            await listening.record("ready")
            assert await listening.left() == 130
        await server.change_host_key()
        code, _, words = await run(*options, PIKTID_TOKEN=TOKEN.reveal())
    assert code == 4
    assert words == (
        "webhook-tui: 127.0.0.1 has another host key than before: not trusted. "
        "If that is expected, remove known_hosts (webhook-tui paths), then start again.\n"
    )


async def test_no_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    """4, with what to install or to use instead."""
    async with sandbox_of() as (_, api_url):
        code, _, words = await run(*JSON, "--api-url", api_url, PIKTID_TOKEN=TOKEN.reveal(), PATH="/nonexistent")
    assert code == 4
    assert words.startswith("webhook-tui: There is no ssh on this machine. Install OpenSSH")
