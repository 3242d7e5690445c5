"""Which addresses of the internet may be connected to for a link from another sender.

A link in a payload must not reach what only this machine or its network can reach: a router's page, a database, the
metadata of a cloud machine (169.254.169.254).
"""

from __future__ import annotations

import ipaddress

_TRANSLATED = (
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
)
"""Prefixes under which the last 32 bits are an IPv4 address (RFC 6052, RFC 8215)."""


def is_public(address: str) -> bool:
    """Return whether an address is one of the public internet, also of the IPv4 address inside an IPv6 one.

    False for private, loopback, link-local, shared, reserved, multicast and unspecified addresses (the registries of
    RFC 6890), and for what is not an address.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = _inner(parsed)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return parsed.is_global and not parsed.is_multicast


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a mapped, translated, 6to4 or Teredo address leads to."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.sixtofour
