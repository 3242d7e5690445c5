"""A request to PiktID: its base URL, and a token that is in its header and nowhere else."""

from __future__ import annotations

import httpx
import pytest

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.piktid.connection import authorization, base_url, new_client, proxy_for, without


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://v2.api.piktid.com", "https://v2.api.piktid.com"),
        ("https://user:password@api.example/v2?x=1#y", "https://api.example/v2"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
    ],
)
def test_the_base_url_has_no_credentials_of_its_own(given: str, used: str) -> None:
    """They would take the place of the token."""
    assert str(base_url(given)) == used


@pytest.mark.parametrize("given", ["", "api.example", "ftp://api.example", "https://", "https://a:b", "https://[x"])
def test_what_is_no_api_url(given: str) -> None:
    with pytest.raises(ProblemError):
        base_url(given)


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "tök", "a\x7f"])
def test_a_token_that_no_header_can_carry_is_refused_unquoted(token: str) -> None:
    with pytest.raises(ProblemError) as caught:
        authorization(Secret(token))

    assert not token or token not in caught.value.problem.sentence()


def test_a_token_in_its_header() -> None:
    assert authorization(Secret("abc")) == {"Authorization": "Bearer abc"}


def test_an_error_that_repeats_the_token_is_blanked() -> None:
    """Also where JSON escapes its slashes."""
    assert without(Secret("a/b"), b'{"token": "a/b", "again": "a\\/b"}') == b'{"token": "***", "again": "***"}'
    assert without(Secret(""), b"unchanged") == b"unchanged"


async def test_a_client_follows_no_redirect_and_trusts_no_environment() -> None:
    """A redirect could take the token to another host."""
    async with new_client("http://127.0.0.1:1", None) as client:
        assert (client.follow_redirects, client.trust_env) == (False, False)


@pytest.mark.parametrize(
    ("no_proxy", "api", "is_direct"),
    [
        ("fd07:b51a:cc66:f0::/64", "https://v2.api.piktid.com", False),
        ("fd07:b51a:cc66:f0::/64", "https://[fd07:b51a:cc66:f0::7]", True),
        ("[::1]", "https://[::1]:8443", True),
        ("[fd07::]/16", "https://[fd07::1]", True),
        ("10.0.0.0/8, 127.0.0.1", "https://10.1.2.3", True),
        ("10.0.0.0/8", "https://11.1.2.3", False),
        ("piktid.com", "https://v2.api.piktid.com", True),
        (".piktid.com:443", "https://v2.api.piktid.com", True),
        ("other.example", "https://v2.api.piktid.com", False),
        ("*", "https://v2.api.piktid.com", True),
        ("http://[x", "https://v2.api.piktid.com", False),
        ("::::,[,/,%%,\x1b", "https://v2.api.piktid.com", False),
    ],
)
def test_no_proxy(monkeypatch: pytest.MonkeyPatch, no_proxy: str, api: str, is_direct: bool) -> None:
    """Names, addresses and networks are understood, and anything else means no host."""
    monkeypatch.setenv("HTTPS_PROXY", "127.0.0.1:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)

    proxy = proxy_for(httpx.URL(api))

    assert (proxy is None) is is_direct
    assert proxy is None or proxy.url == "http://127.0.0.1:3128"
