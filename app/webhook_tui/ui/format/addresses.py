"""Shortened addresses; the addresses dialog shows them in full."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from webhook_tui.domain.delivery.text import visible


def host_of(url: str) -> str:
    """Return host and port of a URL, sanitised; the URL itself if it has none."""
    return visible(_split(url).netloc or url)


def short_host(host: str) -> str:
    """Return the host without the middle of a long first label: `b7c4….lhr.life`."""
    label, dot, rest = host.partition(".")
    return f"{label[:4]}…{dot}{rest}" if dot and len(label) > 6 else host


def short_url(url: str) -> str:
    """Return the URL with the middle of a long path cut out: `https://host/h/4f9c…e21a`."""
    parts = _split(url)
    head, slash, last = visible(parts.path).rpartition("/")
    if len(last) > 10:
        last = f"{last[:4]}…{last[-4:]}"
    return f"{visible(parts.scheme)}://{visible(parts.netloc)}{head}{slash}{last}" if parts.netloc else visible(url)


def listener(host: str, port: int) -> str:
    """Return `127.0.0.1:9876`, with brackets round an IPv6 address."""
    shown = f"[{host}]" if ":" in host else host
    return f"{visible(shown)}:{port}" if port else visible(shown)


def _split(url: str) -> SplitResult:
    """Return the parts of a received URL; if it cannot be parsed (`https://[x`), all of it is the path."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")
