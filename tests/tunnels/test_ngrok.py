"""The real pyngrok and an agent that is none: every trap of theirs, and every code that a person must understand."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.timeouts import own_time, until
from tests.tunnels.localhost_run import echo_receiver
from tests.tunnels.watching import alive, descendants, seen_of, supervised, watched
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import TunnelState
from webhook_tui.tunnels import ngrok as driver
from webhook_tui.tunnels.base import LOG_NAME, Tunnel, TunnelSettings, choose

FAKE = Path(__file__).with_name("fake_ngrok.py")


@pytest.fixture
def agent(tmp_path: Path) -> str:
    """The path of the fake agent, which runs on this Python."""
    script = tmp_path / "bin" / "ngrok"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{FAKE}' \"$@\"\n")
    script.chmod(0o700)
    return str(script)


def _tunnel(tmp_path: Path, agent: str, *, deadline: float = 20.0, authtoken: str | None = None) -> Tunnel:
    return choose(
        TunnelSettings(
            "ngrok",
            tmp_path / "state",
            ngrok_path=agent,
            deadline_seconds=deadline,
            authtoken=Secret(authtoken) if authtoken else None,
        )
    )


def _open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


async def _post(url: str, body: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize("mode", ["ok", "old"])
async def test_bytes_arrive_as_they_were_sent(
    tmp_path: Path, agent: str, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """Through the endpoints of today's agents, and through the tunnels of those before."""
    monkeypatch.setenv("FAKE_NGROK_MODE", mode)
    monkeypatch.setenv("FAKE_NGROK_LOOPBACK", "1")
    body = secrets.token_bytes(100_000)
    async with echo_receiver() as (port, bodies), watched(_tunnel(tmp_path, agent), port) as watch:
        assert (await _post(await watch.url(), body)).startswith(b"HTTP/1.1 200")
        assert bodies == [body]


@pytest.mark.parametrize("mode", ["ok", "deaf"])
async def test_cancelled_it_leaves_nothing(
    tmp_path: Path, agent: str, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """No process, no file but the log, nothing in the home; also when the agent does not heed SIGTERM."""
    monkeypatch.setenv("FAKE_NGROK_MODE", mode)
    before = descendants(os.getpid())
    async with watched(_tunnel(tmp_path, agent)) as watch:
        await watch.url()
        ours = descendants(os.getpid()) - before
        assert len(ours) == 2
        started = own_time()
    assert own_time() - started < 1.2
    await until(lambda: not any(alive(pid) for pid in ours), 1.0)
    assert [path.name for path in (tmp_path / "state").iterdir()] == [LOG_NAME]
    assert list(Path.home().iterdir()) == []


@pytest.mark.parametrize(
    "refusal",
    [
        ("noauth", "ngrok needs an account's authtoken (ERR_NGROK_4018).", False),
        ("badtoken", "ngrok does not know this authtoken (ERR_NGROK_105).", False),
        ("session_limit", "ngrok allows no further agent on this account (ERR_NGROK_108).", True),
        ("online", "This ngrok address is in use already (ERR_NGROK_334).", True),
        ("crash", "ngrok ended at once.", True),
    ],
)
async def test_each_refusal_has_its_words(
    tmp_path: Path,
    agent: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    refusal: tuple[str, str, bool],
) -> None:
    """From a log line, or from the body of an answer; nothing of it reaches our own output."""
    mode, what, is_transient = refusal
    monkeypatch.setenv("FAKE_NGROK_MODE", mode)
    before = descendants(os.getpid())
    async with watched(_tunnel(tmp_path, agent, authtoken="canary-authtoken")) as watch:
        problem = await watch.ended()
    assert (problem.message, problem.is_transient) == (what, is_transient)
    assert len(problem.advice(30)) <= 78
    await until(lambda: not any(alive(pid) for pid in descendants(os.getpid()) - before), 1.0)
    assert capfd.readouterr() == ("", "")
    log = tmp_path / "state" / LOG_NAME
    assert "canary" not in (log.read_text() if log.exists() else "")


@pytest.mark.parametrize(
    ("mode", "what"),
    [
        ("silent", "ngrok printed nothing for 1.5 s."),
        ("mute", "ngrok opened no tunnel within 1.5 s."),
        ("nonetwork", "ngrok's servers were not found: no network or no DNS."),
    ],
)
async def test_the_deadline_is_ours(
    tmp_path: Path, agent: str, monkeypatch: pytest.MonkeyPatch, mode: str, what: str
) -> None:
    """pyngrok would wait for ever for a line, and for an answer; it lets go when the agent is ended."""
    monkeypatch.setenv("FAKE_NGROK_MODE", mode)
    before = descendants(os.getpid())
    async with watched(_tunnel(tmp_path, agent, deadline=1.5)) as watch:
        problem = await watch.ended()
    assert problem.message == what
    assert problem.is_transient
    await until(lambda: not any(alive(pid) for pid in descendants(os.getpid()) - before), 1.0)


@pytest.mark.parametrize("mode", ["drop", "moved"])
async def test_a_lost_session_is_reported_and_found_again(
    tmp_path: Path, agent: str, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """By the agent itself, with the same URL or with another; the same process all the while."""
    monkeypatch.setenv("FAKE_NGROK_MODE", mode)
    monkeypatch.setenv("FAKE_NGROK_STARTS", str(tmp_path / "starts"))
    async with supervised(_tunnel(tmp_path, agent)) as watch:
        first = await watch.until(TunnelState.LIVE)
        meanwhile = await watch.until(TunnelState.OPENING, 2)
        assert meanwhile.problem is not None
        assert meanwhile.problem.message == "ngrok lost its session: connection reset by peer."
        second = await watch.until(TunnelState.LIVE, 2)
    assert (second.public_url == first.public_url) == (mode == "drop")
    assert second.public_url is not None
    assert second.public_url.endswith(".ngrok-free.app")
    assert len((tmp_path / "starts").read_text().split()) == 1


async def test_a_session_that_is_not_found_again(tmp_path: Path, agent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time the agent is started again, and its reason is reported."""
    monkeypatch.setenv("FAKE_NGROK_MODE", "lost")
    monkeypatch.setattr(driver, "RECONNECT_SECONDS", 0.3)
    async with watched(_tunnel(tmp_path, agent)) as watch:
        problem = await watch.ended()
    assert problem.message == "This ngrok address is in use already (ERR_NGROK_334)."
    assert [isinstance(said, Problem) for said in watch.said] == [False, True]


async def test_a_dead_agent_is_noticed(tmp_path: Path, agent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """pyngrok would start an empty one in its place."""
    monkeypatch.setenv("FAKE_NGROK_MODE", "die")
    monkeypatch.setenv("FAKE_NGROK_STARTS", str(tmp_path / "starts"))
    async with watched(_tunnel(tmp_path, agent)) as watch:
        await watch.url()
        problem = await watch.ended()
    assert problem.message == "The tunnel closed: ngrok ended, exit code 3."
    assert problem.is_transient
    assert len((tmp_path / "starts").read_text().split()) == 1


async def test_a_killed_agent_is_started_again_within_two_seconds(
    tmp_path: Path, agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the default first back-off."""
    monkeypatch.setenv("FAKE_NGROK_STARTS", str(tmp_path / "starts"))
    async with supervised(_tunnel(tmp_path, agent)) as watch:
        live = await watch.until(TunnelState.LIVE)
        os.kill(int((tmp_path / "starts").read_text()), signal.SIGKILL)
        down = await watch.until(TunnelState.DOWN)
        again = await watch.until(TunnelState.LIVE, 2)
    assert down.problem is not None
    assert down.problem.message == "The tunnel closed: ngrok ended, signal 9."
    assert live.since is not None
    assert down.since is not None
    assert again.since is not None
    assert (again.since - down.since).total_seconds() < 2.0


@pytest.mark.parametrize("mode", ["crash", "noauth", "online", "quit", "garbled"])
async def test_many_failed_starts_leave_no_open_files(
    tmp_path: Path, agent: str, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """A day of tries must not use up what a process may hold open."""
    monkeypatch.setenv("FAKE_NGROK_MODE", mode)
    tunnel = _tunnel(tmp_path, agent)
    async with watched(tunnel) as watch:
        await watch.ended()
    before = _open_files()
    for _ in range(2):
        async with watched(tunnel) as watch:
            await watch.ended()
    await until(lambda: _open_files() <= before)


async def test_no_process_shows_the_authtoken(tmp_path: Path, agent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In no argv, and in the agent's environment only; PiktID's token and secrets in none at all."""
    for name in ("PIKTID_TOKEN", "WEBHOOK_TUI_SECRET", "WEBHOOK_TUI_TOKEN"):
        monkeypatch.setenv(name, "canary-of-piktid")
    monkeypatch.setenv("NGROK_AUTHTOKEN", "canary-authtoken")
    monkeypatch.setenv("FAKE_NGROK_STARTS", str(tmp_path / "starts"))
    before = descendants(os.getpid())
    async with watched(_tunnel(tmp_path, agent)) as watch:
        await watch.url()
        pid = int((tmp_path / "starts").read_text())
        ours = descendants(os.getpid()) - before
        assert pid in ours
        for other in ours:
            argv, environment = seen_of(other)
            assert b"canary" not in argv
            assert b"canary-of-piktid" not in environment
            assert (b"canary-authtoken" in environment) == (other == pid)
        for path in (tmp_path / "state").rglob("*"):
            if path.is_file():
                assert b"canary" not in path.read_bytes()


async def test_it_is_never_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not on the path, not where the environment says, not where pyngrok would put it: then there is none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("pyngrok.conf.DEFAULT_NGROK_PATH", str(tmp_path / "none"))
    tunnel = choose(TunnelSettings("ngrok", tmp_path / "state"))
    async with watched(tunnel) as watch:
        problem = await watch.ended()
    assert problem.message == "There is no ngrok on this machine."
    assert problem.hint == "Install it from ngrok.com/download, or leave out --tunnel ngrok."
    assert not problem.is_transient
    monkeypatch.setenv("PYNGROK_NGROK_PATH", str(tmp_path / "gone" / "ngrok"))
    async with watched(tunnel) as watch:
        assert (await watch.ended()).message == "There is no ngrok on this machine."


async def test_the_environment_says_where_it_is(tmp_path: Path, agent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """PYNGROK_NGROK_PATH counts, as pyngrok's users expect."""
    monkeypatch.setenv("PYNGROK_NGROK_PATH", agent)
    async with watched(choose(TunnelSettings("ngrok", tmp_path / "state"))) as watch:
        await watch.url()


async def test_a_proxy_of_the_environment_is_not_asked(
    tmp_path: Path, agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes to the agent on this machine does not go out of it."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused.getsockname()[1]}")
        async with watched(_tunnel(tmp_path, agent, deadline=5.0)) as watch:
            await watch.url()


async def test_what_a_killed_program_left_is_swept(tmp_path: Path, agent: str) -> None:
    """The files of a run whose pipe has no reader."""
    left = tmp_path / "state" / "agent-left"
    left.mkdir(parents=True)
    os.mkfifo(left / "pipe")
    async with watched(_tunnel(tmp_path, agent)) as watch:
        await watch.url()
        assert not left.exists()
        async with watched(_tunnel(tmp_path, agent)) as second:
            await second.url()
            assert len(list((tmp_path / "state").glob("agent-*"))) == 2
