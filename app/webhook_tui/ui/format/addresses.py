"""How addresses are shortened on the screen; what is shortened here is whole in the addresses dialog."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from webhook_tui.domain.delivery.text import visible


def host_of(url: str) -> str:
    """The host (and port, if it says one) of a URL, harmless; the URL itself when it has none."""
    return visible(_split(url).netloc or url)


def short_host(host: str) -> str:
    """The host without the middle of its first label: `b7c4….lhr.life`; one that is short already stays."""
    label, dot, rest = host.partition(".")
    return f"{label[:4]}…{dot}{rest}" if dot and len(label) > 6 else host


def short_url(url: str) -> str:
    """The URL with a long path cut in its middle: `https://host/h/4f9c…e21a`."""
    parts = _split(url)
    head, slash, last = visible(parts.path).rpartition("/")
    if len(last) > 10:
        last = f"{last[:4]}…{last[-4:]}"
    return f"{visible(parts.scheme)}://{visible(parts.netloc)}{head}{slash}{last}" if parts.netloc else visible(url)


def listener(host: str, port: int) -> str:
    """`127.0.0.1:9876`; brackets round an IPv6 address."""
    shown = f"[{host}]" if ":" in host else host
    return f"{visible(shown)}:{port}" if port else visible(shown)


def _split(url: str) -> SplitResult:
    """The parts of a URL, which may be anybody's; none where it cannot be taken apart (`https://[x`)."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")
