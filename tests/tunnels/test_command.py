"""Any program as the tunnel: its URL is found among others, it gets no shell, and it ends with us."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from tests.timeouts import own_time, until
from tests.tunnels.watching import alive, descendants, watched
from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.tunnels.base import LOG_NAME, TunnelSettings, choose
from webhook_tui.tunnels.command import CommandTunnel, filled, split_command

FAKE = Path(__file__).with_name("cloudflared.py")


def _tunnel(
    tmp_path: Path,
    arguments: str = "tunnel --url http://{host}:{port}",
    *,
    pattern: str | None = None,
    deadline: float = 20.0,
) -> CommandTunnel:
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(FAKE))} {arguments}"
    tunnel = choose(
        TunnelSettings("command", tmp_path, command=command, url_pattern=pattern, deadline_seconds=deadline)
    )
    assert isinstance(tunnel, CommandTunnel)
    return tunnel


@pytest.mark.parametrize(
    ("mode", "pattern", "url"),
    [
        ("quick", None, "https://bright-otter.trycloudflare.com"),
        ("pinggy", None, "https://abc-1.a.free.pinggy.link"),
        ("zrok", r"(?P<url>[a-z0-9]+\.shares?\.zrok\.io)", "https://k3xq8tjw1pzn.share.zrok.io"),
        ("quick", r"https://\S+\.trycloudflare\.com", "https://bright-otter.trycloudflare.com"),
        ("stubborn", None, "https://bright-otter.trycloudflare.com"),
    ],
)
async def test_finds_the_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, pattern: str | None, url: str
) -> None:
    """Not the documentation's, and not the one in an upgrade hint; then the program is ended within a second."""
    monkeypatch.setenv("FAKE_MODE", mode)
    before = descendants(os.getpid())
    async with watched(_tunnel(tmp_path, pattern=pattern), 4567) as watch:
        assert await watch.url() == url
        ours = descendants(os.getpid()) - before
        started = own_time()
    assert own_time() - started < 1.0
    await until(lambda: not any(alive(pid) for pid in ours), 1.0)
    assert "'tunnel', '--url', 'http://127.0.0.1:4567'" in (tmp_path / LOG_NAME).read_text()


async def test_a_new_address_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is announced as the first was."""
    monkeypatch.setenv("FAKE_MODE", "again")
    async with watched(_tunnel(tmp_path)) as watch:
        assert await watch.url(2) == "https://second-name.trycloudflare.com"


async def test_a_url_that_a_request_brought_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a program that logs requests, anyone could have the webhook registered elsewhere."""
    monkeypatch.setenv("FAKE_MODE", "spoof")
    async with watched(_tunnel(tmp_path)) as watch:
        await watch.url()
        await until(lambda: "end of the requests" in (tmp_path / LOG_NAME).read_text())
        assert watch.urls == ["https://bright-otter.trycloudflare.com"]


async def test_ended_without_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The URL in its error line is not taken, the line is its reason; it may work later."""
    monkeypatch.setenv("FAKE_MODE", "refused")
    async with watched(_tunnel(tmp_path)) as watch:
        problem = await watch.ended()
    assert watch.urls == []
    assert problem.message.startswith("The tunnel command ended (exit code 1): ")
    assert len(problem.message) <= 78
    assert problem.hint.startswith("Retrying in {again}; tunnel.log ")
    assert problem.is_transient


async def test_ended_after_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last words are the reason."""
    monkeypatch.setenv("FAKE_MODE", "once")
    async with watched(_tunnel(tmp_path)) as watch:
        problem = await watch.ended()
    assert len(watch.urls) == 1
    assert problem.message.startswith("The tunnel closed: ")
    assert "Connection lost" in problem.message
    assert len(problem.message) <= 78


async def test_prints_no_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline is ours, also when the program says nothing at all."""
    monkeypatch.setenv("FAKE_MODE", "silent")
    async with watched(_tunnel(tmp_path, deadline=0.3)) as watch:
        problem = await watch.ended()
    assert problem.message == "The tunnel command ran 0.3 s and printed no public URL."


async def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    """Named, and only a person can help."""
    tunnel = choose(TunnelSettings("command", tmp_path, command="no-such-tunnel {port}"))
    async with watched(tunnel) as watch:
        problem = await watch.ended()
    assert problem.message == "There is no no-such-tunnel on this machine (exit code 127)."
    assert not problem.is_transient


def test_the_words_go_to_the_program_as_they_are() -> None:
    """No shell: nothing is expanded, and other braces stay."""
    words = split_command("prog --to http://{host}:{port} '$(id)' ';' {other} \"a b\"")
    assert filled(words, "0.0.0.0", 99) == ["prog", "--to", "http://127.0.0.1:99", "$(id)", ";", "{other}", "a b"]
    assert filled(["{host}:{port}"], "::1", 99) == ["[::1]:99"]


@pytest.mark.parametrize(("command", "pattern"), [(None, None), ("", None), ("prog 'half", None), ("prog", "(half")])
def test_settings_that_do_not_fit(tmp_path: Path, command: str | None, pattern: str | None) -> None:
    """Said before anything starts, as a mistake on the command line."""
    with pytest.raises(ProblemError) as refused:
        choose(TunnelSettings("command", tmp_path, command=command, url_pattern=pattern))
    assert refused.value.problem.exit_code is ExitCode.USAGE
    assert len(refused.value.problem.message) <= 78
