"""The proxy that the environment, or the system's settings, name for an https API."""

from __future__ import annotations

import ipaddress
import os
from urllib.request import getproxies, proxy_bypass

import httpx

from webhook_tui.domain.problem import ProblemError
from webhook_tui.domain.url import normalized_url
from webhook_tui.outbound import verifying_context
from webhook_tui.piktid.problems import unusable_proxy


def proxy_for(url: httpx.URL) -> httpx.Proxy | None:
    """None: connect directly. Raises ProblemError, which names the variable, for a proxy that cannot be used.

    httpx would read the environment itself, but raises for entries of NO_PROXY that other programs take or ignore.
    """
    proxies = getproxies()
    kind = "https" if proxies.get("https") else "all"
    value = proxies.get(kind)
    if not value or _is_bypassed(url, proxies.get("no", "")):
        return None
    scheme, _, rest = (value if "://" in value else f"http://{value}").partition("://")
    try:
        normalized_url(f"http://{rest}")
        return httpx.Proxy(f"{scheme}://{rest}", ssl_context=verifying_context() if scheme == "https" else None)
    except (ValueError, httpx.InvalidURL):
        raise ProblemError(unusable_proxy(_variable(kind))) from None


def proxy_variable() -> str:
    """The name of the variable that `proxy_for` reads."""
    return _variable("https" if getproxies().get("https") else "all")


def _variable(kind: str) -> str:
    return next((name for name in os.environ if name.lower() == f"{kind}_proxy"), "The system's proxy setting")


def _is_bypassed(url: httpx.URL, no_proxy: str) -> bool:
    """By name, as the standard library reads NO_PROXY, or by a network that holds the address."""
    if proxy_bypass(f"{url.host}:{url.port or 443}"):
        return True
    try:
        address = ipaddress.ip_address(url.host)
    except ValueError:
        return False
    return any(address in network for entry in no_proxy.split(",") if (network := _network(entry)) is not None)


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry.strip().replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return None
