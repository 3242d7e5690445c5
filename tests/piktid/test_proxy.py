"""The proxy of the environment: for which addresses, and what cannot be used."""

from __future__ import annotations

import httpx
import pytest

from webhook_tui.piktid.proxy import proxy_for


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
