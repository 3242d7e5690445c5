"""The real ssh client against a server like localhost.run: every form, every failure."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import stat
import threading
from pathlib import Path

import pytest
import uvloop

from tests.timeouts import TIMEOUT_SECONDS, own_time, until
from tests.tunnels.localhost_run import Form, LocalhostRun, echo_receiver
from tests.tunnels.watching import alive, descendants, seen_of, supervised, watched
from webhook_tui.domain.errors import ExitCode, Problem, ProblemError
from webhook_tui.domain.status import TunnelState
from webhook_tui.tunnels.base import TunnelSettings, choose
from webhook_tui.tunnels.errors import closed
from webhook_tui.tunnels.ssh import SshOutput, SshServer, SshTunnel, ssh_argv


def _tunnel(tmp_path: Path, ssh_server: str, deadline_seconds: float = 20.0) -> SshTunnel:
    tunnel = choose(TunnelSettings("ssh", tmp_path / "state", ssh_server=ssh_server, deadline_seconds=deadline_seconds))
    assert isinstance(tunnel, SshTunnel)
    return tunnel


async def _problem(tmp_path: Path, server: LocalhostRun, deadline_seconds: float = 20.0) -> Problem:
    async with watched(_tunnel(tmp_path, server.ssh_server, deadline_seconds)) as watch:
        return await watch.ended()


@pytest.mark.parametrize("form", ["json", "cloudevents", "text"])
async def test_bytes_arrive_as_they_were_sent(tmp_path: Path, form: Form) -> None:
    """A URL comes in each form, and what is posted to it reaches the receiver byte for byte."""
    body = secrets.token_bytes(200_000)
    async with LocalhostRun(form) as server, echo_receiver() as (port, bodies):
        async with watched(_tunnel(tmp_path, server.ssh_server), port) as watch:
            url = await watch.url()
            assert url == server.announced[0]
            assert url.startswith("https://")
            assert await server.post("/hook", body) == (200, b"200000")
        assert bodies == [body]


@pytest.mark.parametrize("form", ["json", "cloudevents", "text"])
async def test_a_further_address_is_reported(tmp_path: Path, form: Form) -> None:
    """A name that changes while the connection stays is reported, and carries."""
    async with LocalhostRun(form) as server, echo_receiver() as (port, bodies):
        async with watched(_tunnel(tmp_path, server.ssh_server), port) as watch:
            await watch.url()
            renamed = await server.rotate()
            assert await watch.url(2) == renamed
            assert await server.post("/hook", b"after", url=renamed) == (200, b"5")
            with pytest.raises(ConnectionRefusedError):
                await server.post("/hook", b"before", url=watch.urls[0])
        assert bodies == [b"after"]
        assert server.connections == 1


async def test_a_loopback_name_is_reported_as_it_is(tmp_path: Path) -> None:
    """A server that says http has http in its address."""
    async with LocalhostRun(loopback=True) as server, watched(_tunnel(tmp_path, server.ssh_server)) as watch:
        assert (await watch.url()).startswith("http://127.0.0.1:")


async def test_a_drop_is_mended_within_two_seconds(tmp_path: Path) -> None:
    """At the default first back-off, with the reason reported meanwhile and one connection at a time."""
    async with LocalhostRun() as server, supervised(_tunnel(tmp_path, server.ssh_server)) as watch:
        first = await watch.until(TunnelState.LIVE)
        await server.drop()
        down = await watch.until(TunnelState.DOWN)
        again = await watch.until(TunnelState.LIVE, 2)
    assert watch.states[:5] == ["opening", "live", "down", "opening", "live"]
    assert down.problem is not None
    assert down.problem.message == "The tunnel closed: ssh ended, the server closed the connection."
    assert down.problem.is_transient
    assert down.since is not None
    assert down.next_try_at is not None
    assert down.next_try_at > down.since
    assert again.since is not None
    assert (again.since - down.since).total_seconds() < 2.0
    assert again.public_url != first.public_url
    assert server.connections == 2


async def test_a_killed_ssh_is_started_again(tmp_path: Path) -> None:
    """kill -9 of the client is a closed tunnel like any other, and nothing of the first one stays."""
    before = descendants(os.getpid())
    async with LocalhostRun() as server, supervised(_tunnel(tmp_path, server.ssh_server)) as watch:
        await watch.until(TunnelState.LIVE)
        ours = descendants(os.getpid()) - before
        ssh = next(pid for pid in ours if seen_of(pid)[0].startswith(b"/") and b"watchdog.py" not in seen_of(pid)[0])
        os.kill(ssh, signal.SIGKILL)
        down = await watch.until(TunnelState.DOWN)
        await watch.until(TunnelState.LIVE, 2)
        assert not any(alive(pid) for pid in ours)
    assert down.problem is not None
    assert down.problem.message == "The tunnel closed: ssh ended, signal 9."


@pytest.mark.parametrize("form", ["json", "cloudevents"])
async def test_forwarding_refused(tmp_path: Path, form: Form) -> None:
    """By ssh's own refusal or by the server's rejection; trying again may help."""
    async with LocalhostRun(form) as server:
        server.refuses_forwarding = True
        problem = await _problem(tmp_path, server)
    assert problem.message == "127.0.0.1 did not open the tunnel (forwarding refused)."
    assert problem.sentence(4).endswith("Retrying in 4 s; or use --tunnel ngrok.")
    assert problem.is_transient


async def test_a_key_is_wanted(tmp_path: Path) -> None:
    """Nothing but a person helps; the supervisor waits for one and then goes on."""
    async with LocalhostRun() as server, supervised(_tunnel(tmp_path, server.ssh_server)) as watch:
        server.wants_key = True
        failed = await watch.until(TunnelState.FAILED)
        assert failed.problem is not None
        assert failed.problem.message == "127.0.0.1 requires a key (permission denied)."
        assert not failed.problem.is_transient
        server.wants_key = False
        watch.supervisor.try_now()
        await watch.until(TunnelState.LIVE)


async def test_a_changed_host_key_is_not_trusted(tmp_path: Path) -> None:
    """The first key is taken, another one refused, for good."""
    async with LocalhostRun() as server:
        async with watched(_tunnel(tmp_path, server.ssh_server)) as watch:
            await watch.url()
        await server.change_host_key()
        problem = await _problem(tmp_path, server)
    assert problem.message == "127.0.0.1 has another host key than before: not trusted."
    assert problem.screen_hint == "If that is expected, remove known_hosts (webhook-tui paths), then u."
    assert not problem.is_transient
    known_hosts = tmp_path / "state" / "known_hosts"
    assert stat.S_IMODE(known_hosts.stat().st_mode) == 0o600


async def test_a_silent_server_meets_our_deadline(tmp_path: Path) -> None:
    """It opens the forward and never prints the URL."""
    async with LocalhostRun() as server:
        server.silent = True
        problem = await _problem(tmp_path, server, deadline_seconds=0.5)
    assert problem.message == "The tunnel opened but named no public URL within 0.5 s."
    assert problem.is_transient


async def test_nothing_listens(tmp_path: Path) -> None:
    """The port is named, and trying again may help."""
    async with LocalhostRun() as server:
        await server.stop_listening()
        problem = await _problem(tmp_path, server)
    assert problem.message == f"127.0.0.1 refused the connection on port {server.port}."
    assert problem.screen_hint == "A firewall may block it: try --tunnel ngrok; retrying in {again}; u tries now."
    assert problem.is_transient


async def test_a_name_that_is_none(tmp_path: Path) -> None:
    """No network and no DNS look the same."""
    async with watched(_tunnel(tmp_path, "nokey@no-such-host.invalid")) as watch:
        problem = await watch.ended()
    assert problem.message == "no-such-host.invalid was not found: no network or no DNS."
    assert problem.sentence(4).endswith("Check the connection; retrying in 4 s.")


async def test_there_is_no_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said at once, without starting anything."""
    monkeypatch.setenv("PATH", str(tmp_path))
    async with watched(_tunnel(tmp_path, "nokey@localhost.run")) as watch:
        problem = await watch.ended()
    assert problem.message == "There is no ssh on this machine."
    assert problem.exit_code is ExitCode.TUNNEL
    assert not problem.is_transient


async def test_a_server_that_is_no_ssh_server(tmp_path: Path) -> None:
    """What a web server answers is a reason in words, and harmless."""
    accepted = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = accepted.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 400 \x1b[31mBad\r\n\r\n")

    with accepted:
        thread = threading.Thread(target=answer)
        thread.start()
        async with watched(_tunnel(tmp_path, f"nokey@127.0.0.1:{accepted.getsockname()[1]}")) as watch:
            problem = await watch.ended()
        thread.join()
    assert problem.message.startswith("The tunnel closed: ssh ended, ")
    assert problem.message.isprintable()
    assert problem.is_transient


async def test_cancelled_it_leaves_nothing(tmp_path: Path) -> None:
    """Every process below us is gone within a second."""
    before = descendants(os.getpid())
    async with LocalhostRun() as server:
        async with watched(_tunnel(tmp_path, server.ssh_server)) as watch:
            await watch.url()
            ours = descendants(os.getpid()) - before
            assert len(ours) == 2
            started = own_time()
        assert own_time() - started < 1.0
        await until(lambda: not any(alive(pid) for pid in ours), 1.0)


async def test_a_frozen_ssh_is_ended_all_the_same(tmp_path: Path) -> None:
    """A client that is stopped and cannot handle SIGTERM is killed within the second."""
    before = descendants(os.getpid())
    async with LocalhostRun() as server:
        async with watched(_tunnel(tmp_path, server.ssh_server)) as watch:
            await watch.url()
            ours = descendants(os.getpid()) - before
            for pid in ours:
                os.kill(pid, signal.SIGSTOP)
            started = own_time()
        assert own_time() - started < 1.0
        await until(lambda: not any(alive(pid) for pid in ours), 1.0)


async def test_no_child_sees_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in an argv nor in an environment, and not in the log, which is private."""
    canaries = {
        name: f"canary-{secrets.token_hex(8)}"
        for name in (
            "PIKTID_TOKEN",
            "WEBHOOK_TUI_TOKEN",
            "WEBHOOK_TUI_SECRET",
            "WEBHOOK_TUI_SECRET_2",
            "NGROK_AUTHTOKEN",
        )
    }
    for name, value in canaries.items():
        monkeypatch.setenv(name, value)
    before = descendants(os.getpid())
    async with LocalhostRun() as server, watched(_tunnel(tmp_path, server.ssh_server)) as watch:
        await watch.url()
        ours = descendants(os.getpid()) - before
        assert len(ours) == 2
        seen = b"".join(b"".join(seen_of(pid)) for pid in ours)
        assert b"HOME=" in seen
        assert b"canary-" not in seen
    log = tmp_path / "state" / "tunnel.log"
    assert "tcpip-forward" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_on_uvloop_in_another_thread(tmp_path: Path) -> None:
    """As the session runs it: no main thread, no asyncio loop."""
    urls: list[str] = []

    async def session() -> None:
        async with LocalhostRun() as server, watched(_tunnel(tmp_path, server.ssh_server)) as watch:
            urls.append(await watch.url())
            await server.drop()
            await watch.ended()

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(session())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(TIMEOUT_SECONDS)
    assert not thread.is_alive()
    assert len(urls) == 1


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("localhost.run", SshServer(None, "localhost.run")),
        ("nokey@localhost.run", SshServer("nokey", "localhost.run")),
        ("plan@localhost.run:2222", SshServer("plan", "localhost.run", 2222)),
        ("me@[::1]:22022", SshServer("me", "::1", 22022)),
        ("10.0.0.7", SshServer(None, "10.0.0.7")),
    ],
)
def test_reads_a_server(text: str, server: SshServer) -> None:
    """User and port may be left out; IPv6 stands in brackets."""
    assert SshServer.parse(text) == server


@pytest.mark.parametrize(
    "text",
    ["", "-oProxyCommand=touch /tmp/x", "-l@host", "a b", "host:0", "host:99999", "me@", "@host", "h;id", "host:x"],
)
def test_refuses_what_is_no_server(text: str) -> None:
    """Nothing that ssh could take for an option, and nothing with blanks."""
    with pytest.raises(ProblemError) as refused:
        SshServer.parse(text)
    assert refused.value.problem.exit_code is ExitCode.USAGE


def test_the_command_forwards_one_port_and_reads_no_configuration(tmp_path: Path) -> None:
    """Addresses that listen on everything are reached by loopback; only nokey goes without a key."""
    known_hosts = tmp_path / "a b%c" / "known_hosts"
    keyless = ssh_argv("ssh", SshServer("nokey", "localhost.run"), known_hosts, "0.0.0.0", 9876)
    assert keyless[keyless.index("-R") + 1] == "80:127.0.0.1:9876"
    assert keyless[keyless.index("-F") + 1] == "none"
    assert f'UserKnownHostsFile="{tmp_path}/a b%%c/known_hosts"' in keyless
    assert "PubkeyAuthentication=no" in keyless
    keyed = ssh_argv("ssh", SshServer("plan", "localhost.run", 2222), known_hosts, "::1", 9876)
    assert keyed[keyed.index("-R") + 1] == "80:[::1]:9876"
    assert "PubkeyAuthentication=no" not in keyed
    assert keyed[-4:] == ["plan@localhost.run", "--", "--output", "json"]


async def test_state_lives_under_a_path_with_blanks(tmp_path: Path) -> None:
    """ssh reads blanks and percent signs in a file name its own way."""
    async with LocalhostRun() as server:
        settings = TunnelSettings("ssh", tmp_path / "my 100% state", ssh_server=server.ssh_server)
        async with watched(choose(settings)) as watch:
            await watch.url()
    assert "ssh-ed25519" in (tmp_path / "my 100% state" / "known_hosts").read_text()


_OUTPUT = SshOutput("localhost.run", 22, 10)


@pytest.mark.parametrize(
    ("line", "what", "is_transient"),
    [
        (
            "ssh: connect to host localhost.run port 22: Connection refused",
            "localhost.run refused the connection on port 22.",
            True,
        ),
        (
            "ssh: connect to host localhost.run port 22: Connection timed out",
            "localhost.run did not answer within 10 s.",
            True,
        ),
        (
            "ssh: connect to host localhost.run port 22: Operation timed out",
            "localhost.run did not answer within 10 s.",
            True,
        ),
        ("Connection timed out during banner exchange", "localhost.run did not answer within 10 s.", True),
        (
            "ssh: connect to host localhost.run port 22: Network is unreachable",
            "localhost.run cannot be reached: Network is unreachable.",
            True,
        ),
        (
            "ssh: Could not resolve hostname localhost.run: Temporary failure in name resolution",
            "localhost.run was not found: no network or no DNS.",
            True,
        ),
        (
            "Error: remote port forwarding failed for listen port 80",
            "localhost.run did not open the tunnel (forwarding refused).",
            True,
        ),
        (
            "me@localhost.run: Permission denied (publickey).",
            "localhost.run requires a key (permission denied).",
            False,
        ),
        ("Host key verification failed.", "localhost.run has another host key than before: not trusted.", False),
        (
            "kex_exchange_identification: read: Connection reset by peer",
            "The tunnel closed: ssh ended, Connection reset by peer.",
            True,
        ),
        ("client_loop: send disconnect: Broken pipe", "The tunnel closed: ssh ended, Broken pipe.", True),
        (
            "Timeout, server localhost.run not responding.",
            "The tunnel closed: ssh ended, the server no longer answers.",
            True,
        ),
        ("Connection to localhost.run closed.", "The tunnel closed: ssh ended, exit code 255.", True),
    ],
)
def test_the_reasons_of_ssh(line: str, what: str, is_transient: bool) -> None:
    """OpenSSH's messages as sentences, with what helps."""
    problem = _OUTPUT.problem([line], code=255, was_open=False)
    assert (problem.message, problem.is_transient) == (what, is_transient)
    assert len(problem.message) <= 78
    assert len(problem.advice(30)) <= 78


def test_every_sentence_fits() -> None:
    """Names and reasons of any length are cut to the width of the notice."""
    output = SshOutput("a-very-long-name." * 10, 65535, 10)
    for line in ("connect to host x port 1: Connection refused", "Permission denied (", "Host key verification failed"):
        assert len(output.problem([line], code=255, was_open=False).message) <= 78
    assert len(closed("x" * 100, "y" * 100).message) <= 78
    assert "\x1b" not in closed("x", "\x1b[31mred").message
