"""How a request to PiktID is made: the token in its header and nowhere else, one deadline, a bounded answer."""

from __future__ import annotations

import ipaddress
import os
import re
from urllib.request import getproxies, proxy_bypass

import httpx

from webhook_tui import __version__
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.url import normalized_url
from webhook_tui.http.tls import verifying_context
from webhook_tui.piktid.errors import INVALID_API_URL, unusable_proxy, unusable_token

_SENDABLE_TOKEN = re.compile(r"[\x21-\x7e]+")


def base_url(api_url: str) -> httpx.URL:
    """Raises ProblemError (usage) when `api_url` is no http or https URL."""
    try:
        base = httpx.URL(normalized_url(api_url))  # httpx alone takes https://[x for a host named %5Bx
    except (httpx.InvalidURL, ValueError):
        raise ProblemError(INVALID_API_URL) from None
    # A user and a password in the URL would take the Authorization header away from the token.
    return base.copy_with(userinfo=b"", query=None, fragment=None)


def new_client(api_url: str, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    """A client for one API; raises ProblemError for an unusable `api_url`, or proxy of the environment.

    The environment's proxy and certificates are used for https only: a proxy sees no token then, and an API on this
    machine is never asked for through one. Deadlines are each call's own, for an exchange as a whole.
    """
    base = base_url(api_url)
    is_secure = base.scheme == "https"
    try:
        return httpx.AsyncClient(
            base_url=base,
            transport=transport,
            proxy=proxy_for(base) if is_secure else None,
            verify=verifying_context() if is_secure else False,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(None),
            headers={"User-Agent": f"webhook-tui/{__version__}", "Accept": "application/json"},
        )
    except ImportError:  # SOCKS needs a package that httpx does not bring
        raise ProblemError(unusable_proxy(proxy_variable())) from None


def authorization(token: Secret) -> dict[str, str]:
    """The header that carries the token; raises ProblemError when no header can carry it.

    Checked here, because the HTTP library's own complaint would quote it.
    """
    text = token.reveal()
    if _SENDABLE_TOKEN.fullmatch(text) is None:
        raise ProblemError(unusable_token())
    return {"Authorization": f"Bearer {text}"}


def without(token: Secret, body: bytes) -> bytes:
    """An error's body, whose words are shown, without the token that some servers repeat in it."""
    for spelling in (token.key, token.key.replace(b"/", b"\\/")):
        body = body.replace(spelling, b"***") if spelling else body
    return body


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
