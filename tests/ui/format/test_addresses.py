"""Addresses are shortened, and harmless whatever was received."""

from __future__ import annotations

from webhook_tui.ui.format.addresses import host_of, listener, short_host, short_url


def test_addresses_are_shortened_harmlessly() -> None:
    """What cannot be parsed is shown as received, sanitised."""
    assert short_host("b7c41d09ee2f4a.lhr.life") == "b7c4….lhr.life"
    assert short_host("api.x.com") == "api.x.com"
    assert short_url("https://a.b/h/4f9c0123456789abcdef0123456ae21a") == "https://a.b/h/4f9c…e21a"
    assert short_url("https://[x/\x1b") == "https://[x/␛"
    assert host_of("https://a.b:8443/h") == "a.b:8443"
    assert host_of("nowhere\x1b") == "nowhere␛"
    assert listener("::1", 9876) == "[::1]:9876"
    assert listener("127.0.0.1", 0) == "127.0.0.1"
