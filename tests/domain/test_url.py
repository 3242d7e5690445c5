"""URLs as people write them: what is meant, and what is wrong with the others."""

from __future__ import annotations

import pytest

from webhook_tui.domain.url import UrlError, connect_address, connect_host, normalized_url, origin_form


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://127.0.0.1:3000/webhook?a=1", "http://127.0.0.1:3000/webhook?a=1"),
        ("HTTP://Example.com/Path", "http://Example.com/Path"),
        ("HTTPS://127.0.0.1/", "https://127.0.0.1/"),
        (" http://a.example \n", "http://a.example"),
        ("localhost:3000", "http://localhost:3000"),
        ("localhost", "http://localhost"),
        ("localhost/hook", "http://localhost/hook"),
        ("app.localhost:3000/hook", "http://app.localhost:3000/hook"),
        ("127.0.0.1:3000/webhook", "http://127.0.0.1:3000/webhook"),
        ("0.0.0.0:3000", "http://0.0.0.0:3000"),
        ("[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_what_is_meant(text: str, url: str) -> None:
    """The scheme in any case, and none for this machine."""
    assert normalized_url(text) == url


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("example.com", "'example.com' has no scheme; write https://example.com"),
        ("example.com:8443/hook", "'example.com:8443/hook' has no scheme; write https://example.com:8443/hook"),
        ("", "the URL is empty; write it as in http://127.0.0.1:3000/webhook"),
        ("ftp://localhost/", "'ftp://localhost/' is not an http or https URL"),
        ("http://", "'http://' is not an http"),
        ("http:///x", "'http:///x' is not an http"),
        ("http://localhost:port", "'http://localhost:port' is not an http"),
        ("http://localhost:0", "'http://localhost:0' is not an http"),
        ("localhost:99999", "'localhost:99999' is not an http"),
        ("http://[::1", "'http://[::1' is not an http"),
        ("http://a b/", "'http://a b/' is not an http"),
        ("http://a\x1b/", r"'http://a\x1b/' is not an http"),
        ("ping", "'ping' is not an http"),
    ],
)
def test_what_is_wrong_is_reported(text: str, hint: str) -> None:
    """With what to write, and harmless to a terminal."""
    with pytest.raises(UrlError) as caught:
        normalized_url(text)

    assert str(caught.value).startswith(hint)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/a?b", "/a?b"),
        ("//evil.example/", "//evil.example/"),
        ("http://evil.example/a?b", "/a?b"),
        ("http://evil.example//a", "//a"),
        ("http://evil.example?b=/", "/?b=/"),
        ("http://evil.example", "/"),
        ("*", "/"),
        ("", "/"),
    ],
)
def test_a_target_as_a_path(target: str, path: str) -> None:
    """A whole URL gives only its path and query."""
    assert origin_form(target) == path


@pytest.mark.parametrize(
    ("host", "connects_to"),
    [("app.localhost", "localhost"), ("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("example.com", "example.com")],
)
def test_where_names_of_this_machine_lead(host: str, connects_to: str) -> None:
    """Never to a DNS server."""
    assert connect_host(host) == connects_to


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1:9876"),
        ("0.0.0.0", "127.0.0.1:9876"),
        ("", "127.0.0.1:9876"),
        ("::", "[::1]:9876"),
        ("fe80::1", "[fe80::1]:9876"),
    ],
)
def test_where_a_listener_can_be_reached(host: str, address: str) -> None:
    """A wildcard address is one to listen on only."""
    assert connect_address(host, 9876) == address
