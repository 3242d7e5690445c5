"""Which addresses are of the public internet."""

from __future__ import annotations

import pytest

from webhook_tui.images.download import is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses(address: str) -> None:
    """Also an IPv4 address that is translated."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.1.20", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a01:203", "2002:7f00:1::", "2002:c0a8:114::1"),
        *("2001:0:4136:e378:8000:63bf:3f57:fefe", "localhost", "", "0x7f.1", "127.1"),
    ],
)
def test_other_addresses(address: str) -> None:
    """Private, loopback, link-local, shared, multicast, unspecified, also inside another address; and no address."""
    assert not is_public(address)
