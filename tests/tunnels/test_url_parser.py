"""Which URL in a program's output is the public one."""

from __future__ import annotations

import json
from itertools import product

import pytest

from webhook_tui.tunnels.url_parser import ForwardRefusedError, LocalhostRunParser, UrlFinder, compiled


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
def test_parser(line: str, url: str | None) -> None:
    """By the line's kind, whatever the domain."""
    assert LocalhostRunParser().url_in(line) == url


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
        LocalhostRunParser().url_in(json.dumps(fields))


def test_once_json_always_json() -> None:
    """A line of text like an announcement is ignored after JSON."""
    parser = LocalhostRunParser()
    assert parser.url_in('{"event":"authn"}') is None
    assert parser.url_in("x tunneled with tls termination, https://evil.example") is None


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


@pytest.mark.parametrize(
    "after", ["", ".", ". Bye", ":", ": ok", "...", "`", "`.", "->http://localhost:80", " -> x", "/."]
)
def test_what_a_url_is_glued_to(after: str) -> None:
    """Whatever cannot be part of it; also by a pattern, by localhost.run, and with slashes as some JSON has them."""
    url = "https://ab-1.example.com:8443"
    befores = ("", "at ", "URL:", "ready...", "`", "(", "->", "**", "url=", '"')
    for before, written in product(befores, (url, url.replace("/", r"\/"))):
        line = f"{before}{written}{after}"
        assert UrlFinder().url_in(line) == url
        assert UrlFinder(compiled(r"https://\S+")).url_in(line) == url
        assert LocalhostRunParser().url_in(f"x tunneled with tls termination, {written}{after}") == url


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
