"""What is read from a child: whole lines of plain text, URLs that are announced, and reasons in words."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.environment import child_environment, secret_values
from webhook_tui.tunnels.lines import LineSplitter
from webhook_tui.tunnels.log import TunnelLog
from webhook_tui.tunnels.ssh_errors import SshProblems, closed
from webhook_tui.tunnels.url_finder import UrlFinder, compiled
from webhook_tui.tunnels.url_parser import ForwardRefusedError, UrlParser


@given(st.binary(max_size=400), st.integers(1, 7))
def test_lines_do_not_depend_on_how_bytes_were_cut(data: bytes, size: int) -> None:
    """Seven bytes at a time give what all at once give."""
    whole, pieces = LineSplitter(), LineSplitter()
    expected = whole.feed(data) + whole.rest()
    got: list[str] = []
    for start in range(0, len(data), size):
        got += pieces.feed(data[start : start + size])
    assert got + pieces.rest() == expected


def test_lines_are_plain_and_bounded() -> None:
    """No ANSI, no empty line, and none that eats the memory."""
    splitter = LineSplitter(most_bytes=20)
    assert splitter.feed(b"\x1b[32mhi\x1b[0m\r\n\n\x1b]0;title\x07there\rlong" + b"x" * 100 + b"\nend") == [
        "hi",
        "there",
        "long" + "x" * 16,
    ]
    assert splitter.rest() == ["end"]


@pytest.mark.parametrize(
    ("line", "url"),
    [
        (
            "46672a93dd647e.lhrtunnel.link tunneled with tls termination, https://46672a93dd647e.lhrtunnel.link",
            "https://46672a93dd647e.lhrtunnel.link",
        ),
        ('{"address":"a.lhr.life","authz_code":"OK","event":"tcpip-forward"}', "https://a.lhr.life"),
        ('{"address":"a.lhr.life","status":"success"}', "https://a.lhr.life"),
        (
            '{"id":"localhost/b.example.com","type":"v1.tcpip_forward.register.accepted","data":"x"}',
            "https://b.example.com",
        ),
        ('{"event":"authn","message":"authenticated as anonymous user"}', None),
        ("follow us at https://twitter.com/localhost_run", None),
        ("** your connection id is 9fdcbd4d **", None),
        ("x tunneled with tls termination, https://a.example:80@evil.example", None),
        ('{"address":"a b","event":"tcpip-forward"}', None),
        ('{"address":"evil.example/path?","event":"tcpip-forward"}', None),
        ('{"address":null,"event":"tcpip-forward"}', None),
        ("[" * 5000, None),
        ("{" * 5000, None),
        ('{"a":' + "[" * 100_000, None),
    ],
)
def test_announcements(line: str, url: str | None) -> None:
    """By the line's kind, whatever the domain."""
    assert UrlParser().url_in(line) == url


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "v1.tcpip_forward.register.rejected", "id": "localhost/"},
        {"event": "tcpip-forward", "authz_code": "DENIED", "address": "a.lhr.life"},
        {"event": "tcpip-forward", "status": "error"},
    ],
)
def test_rejections(fields: dict[str, str]) -> None:
    """A forward that the server does not give."""
    with pytest.raises(ForwardRefusedError):
        UrlParser().url_in(json.dumps(fields))


def test_once_json_always_json() -> None:
    """A line of text that reads like an announcement is not believed after JSON."""
    announcements = UrlParser()
    assert announcements.url_in('{"event":"authn"}') is None
    assert announcements.url_in("x tunneled with tls termination, https://evil.example") is None


@pytest.mark.parametrize(
    ("line", "url"),
    [
        (
            't=x lvl=info msg="started tunnel" addr=http://localhost:80 url=https://ab-1.ngrok-free.app',
            "https://ab-1.ngrok-free.app",
        ),
        ("Forwarding HTTP traffic from https://abc.serveo.net", "https://abc.serveo.net"),
        ("https://machine.tail1234.ts.net/", "https://machine.tail1234.ts.net"),
        (
            "Connect via browser: https://abc.euw.devtunnels.ms:8080, https://abc-8080.euw.devtunnels.ms",
            "https://abc.euw.devtunnels.ms:8080",
        ),
        ("Inspect network activity: https://abc-8080-inspect.euw.devtunnels.ms", None),
        ("your url is: https://flat-fish.loca.lt", "https://flat-fish.loca.lt"),
        ("To visit, log in: https://login.tailscale.com/f/funnel?node=x", None),
        ("see https://developers.cloudflare.com", None),
        ('Post "https://api.trycloudflare.com/tunnel": EOF', None),
        (r'{"msg":"ready: https:\/\/a.b.example.com\n"}', "https://a.b.example.com"),
        ("ready: **https://a.b.example.com**", "https://a.b.example.com"),
        ("ready: https://a.b.example.com…", "https://a.b.example.com"),
        ("http://a.b.example.com", None),
        ("x=nothttps://a.b.example.com", None),
        ("https://user:pw@a.b.example.com", None),
    ],
)
def test_urls_of_programs(line: str, url: str | None) -> None:
    """What the usual programs print, with nothing set."""
    assert UrlFinder().url_in(line) == url


@pytest.mark.parametrize("before", ["", "at ", "URL:", "ready...", "`", "(", "->", "**", "url=", '"'])
@pytest.mark.parametrize(
    "after", ["", ".", ". Bye", ":", ": ok", "...", "`", "`.", "->http://localhost:80", " -> x", "/."]
)
def test_what_a_url_is_glued_to(before: str, after: str) -> None:
    """Whatever cannot be part of it; also by a pattern, by localhost.run, and with slashes as some JSON has them."""
    url = "https://ab-1.example.com:8443"
    for written in (url, url.replace("/", r"\/")):
        line = f"{before}{written}{after}"
        assert UrlFinder().url_in(line) == url
        assert UrlFinder(compiled(r"https://\S+")).url_in(line) == url
        assert UrlParser().url_in(f"x tunneled with tls termination, {written}{after}") == url


@pytest.mark.parametrize(
    "line",
    [
        "https://a.b.example.com.evil",
        "https://a.b.example.com/path",
        "https://a.b.example.com/.well-known",
        "https://a.b.example.com?x=1",
        "https://a.b.example.com:1@evil.example",
        "https://a.b.example.com:12345678",
        "https://a.b.example.com-x",
        "git+https://a.b.example.com",
    ],
)
def test_a_longer_url_is_not_shortened(line: str) -> None:
    """Its beginning is not what the line announces."""
    assert UrlFinder().url_in(line) in (None, "https://a.b.example.com.evil")


@pytest.mark.parametrize(
    ("pattern", "line", "url"),
    [
        (r"listening at (?P<url>bore\.pub:\d+)", "listening at bore.pub:41234", "https://bore.pub:41234"),
        (r"http://\S+", "at http://127.0.0.1:8080/.", "http://127.0.0.1:8080"),
        (r"(?P<url>\S+)?", "\x00 javascript:alert(1)", None),
        (r"url=(?P<url>.*)", "url=https://a b", None),
        (r"url=(?P<url>.*)", "url=file:///etc/passwd", None),
    ],
)
def test_urls_by_a_pattern(pattern: str, line: str, url: str | None) -> None:
    """A bare host is https; what is no web address is no URL."""
    assert UrlFinder(compiled(pattern)).url_in(line) == url


_PROBLEMS = SshProblems("localhost.run", 22, 10)


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
            "localhost.run is out of reach: Network is unreachable.",
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
        ("me@localhost.run: Permission denied (publickey).", "localhost.run wants a key (permission denied).", False),
        ("Host key verification failed.", "localhost.run shows another host key than before: not trusted.", False),
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
    problem = _PROBLEMS.of([line], code=255, was_open=False)
    assert (problem.message, problem.is_transient) == (what, is_transient)
    assert len(problem.message) <= 78
    assert len(problem.advice(30)) <= 78


def test_every_sentence_fits() -> None:
    """Names and reasons of any length are cut to the width of the notice."""
    problems = SshProblems("a-very-long-name." * 10, 65535, 10)
    for line in ("connect to host x port 1: Connection refused", "Permission denied (", "Host key verification failed"):
        assert len(problems.of([line], code=255, was_open=False).message) <= 78
    assert len(closed("x" * 100, "y" * 100).message) <= 78
    assert "\x1b" not in closed("x", "\x1b[31mred").message


def test_the_log_is_private_bounded_and_harmless(tmp_path: Path) -> None:
    """Secrets are dots, controls are pictures, and a full file makes way for the next."""
    path = tmp_path / "state" / "tunnel.log"
    log = TunnelLog(path, hidden=["s3cret-token"], most_bytes=2_000)
    log.write("ssh", "it is s3cret-token \x1b[31mred\x07")
    text = path.read_text()
    assert "s3cret-token" not in text
    assert text.rstrip("\n").isprintable()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for number in range(200):
        log.write("ssh", f"line {number}")
    assert path.stat().st_size <= 2_000
    assert path.with_name("tunnel.log.1").stat().st_size <= 2_000
    assert path.read_text().endswith("line 199\n")


def test_a_log_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """A tunnel does not end because its words cannot be kept."""
    (tmp_path / "file").write_text("")
    TunnelLog(tmp_path / "file" / "tunnel.log").write("ssh", "words")


def test_secrets_are_held_back() -> None:
    """By name and by beginning; what a child needs may be kept."""
    environ = {
        "PATH": "/bin",
        "PIKTID_TOKEN": "token-1234",
        "WEBHOOK_TUI_SECRET_FILE": "secret-file",
        "WEBHOOK_TUI_THEME": "dark",
        "NGROK_AUTHTOKEN": "authtoken",
        "MINE": "mine-1234",
    }
    assert child_environment(environ, more=["MI*"]) == {"PATH": "/bin", "WEBHOOK_TUI_THEME": "dark"}
    assert "NGROK_AUTHTOKEN" in child_environment(environ, keep=["NGROK_AUTHTOKEN"])
    assert set(secret_values(environ)) == {"token-1234", "secret-file", "authtoken"}
    assert child_environment(os.environ)["PATH"] == os.environ["PATH"]
