"""Finds the public URL in the output of tunnel programs.

`LocalhostRunParser` reads the three formats of localhost.run and servers like it, by the kind of line and not by the
domain, because domains change (lhr.life, lhrtunnel.link, lhr.rocks).

`UrlFinder` reads any other program. Such programs print other URLs as well: of documentation, of their API in an error,
of an inspector, and some print received requests. So without a pattern only an https origin with at least three labels
counts, whose first label is not that of a website, and a later URL only on a line of the same form as the first one's.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.payload.json_decoder import decode
from webhook_tui.tunnels import errors

_ORIGIN = re.compile(
    r"(?<![\w/@+-])(?P<url>https://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){2,}[a-z]{2,}(?::\d{1,5})?)"
    r"/?(?![\w/?#@=&%~]|[.:]\w|-(?!>))",  # what would make it a longer URL; any other character ends it
    re.IGNORECASE,
)
_WEBSITES = re.compile(
    r"account|admin|api|auth|blog|console|dash(?:board)?|developers?|docs?|downloads?|get|help|id|login|pkg|signup|status"
    r"|support|www|.*-inspect"
)
_DELIMITERS = "\"'`<>()[]{}|,;"
_DIGITS = re.compile(r"\d+")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
_TUNNELED = re.compile(r"\btunneled with(?:out)? tls(?: termination)?, (?P<url>https?://[\w.:-]++)(?!@)", re.ASCII)
_ADDRESS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?")
_ACCEPTED = "tcpip_forward.register.accepted"
_REJECTED = "tcpip_forward.register.rejected"


class LocalhostRunParser:
    """Reads the lines of one connection in order."""

    def __init__(self) -> None:
        self._is_json = False

    def url_in(self, line: str) -> str | None:
        """Return the public URL in this line, or None. Raises ForwardRefusedError when the server refuses.

        After the first JSON line, the text format is not recognised any more.
        """
        fields = _object(line)
        if fields is None:
            return None if self._is_json else _url_in_text(line)
        self._is_json = True
        kind = str(fields.get("type", ""))
        if kind.endswith(_REJECTED):
            raise ForwardRefusedError
        if kind.endswith(_ACCEPTED):
            return _announced_url(fields, "data", str(fields.get("id", "")).rpartition("/")[2])
        if fields.get("event") == "tcpip-forward" or (fields.get("status") == "success" and "address" in fields):
            if fields.get("authz_code", "OK") != "OK" or fields.get("status", "success") != "success":
                raise ForwardRefusedError
            return _announced_url(fields, "message", fields.get("address"))
        return None


class ForwardRefusedError(Exception):
    """The server refused to forward."""


def _object(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        fields = decode(line)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def _announced_url(fields: dict[str, Any], message: str, address: object) -> str | None:
    text = fields.get(message)
    url = _url_in_text(text) if isinstance(text, str) else None
    if url is None and isinstance(address, str) and _ADDRESS.fullmatch(address):
        url = f"https://{address}"
    return url


def _url_in_text(text: str) -> str | None:
    found = _TUNNELED.search(unescaped(text))
    if found is None:
        return None
    url = found["url"].rstrip(".:-")
    return url if _ADDRESS.fullmatch(url.partition("://")[2]) else None


class UrlFinder:
    """Reads the lines of one program in order."""

    def __init__(self, pattern: re.Pattern[str] | None = None) -> None:
        """`pattern`: from `compiled`; None: the form that nearly all tunnel programs use."""
        self._pattern = pattern
        self._shape: str | None = None

    def url_in(self, line: str) -> str | None:
        """Return the public URL in this line, without a slash at its end, or None."""
        line = unescaped(line)
        for found in (self._pattern or _ORIGIN).finditer(line):
            text = found["url"] if "url" in found.groupdict() else found[0]
            url = _url(text or "")
            if url is None or (self._pattern is None and _is_website(url)):
                continue
            shape = _DIGITS.sub("0", line[: found.start()])
            if self._shape not in (None, shape):
                continue
            self._shape = shape
            return url
        return None


def unescaped(line: str) -> str:
    """Return the line with `\\/`, as some JSON encoders write a slash, replaced."""
    return line.replace(r"\/", "/")


def compiled(pattern: str | None) -> re.Pattern[str] | None:
    """Compile --tunnel-url-pattern. Raises ProblemError (ExitCode.USAGE)."""
    if pattern is None:
        return None
    try:
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ProblemError(errors.invalid_pattern(error)) from error


def _url(text: str) -> str | None:
    """Return a match as a URL, https without a scheme, or None when it is not a web server's."""
    text = text.partition("->")[0].strip().lstrip(_DELIMITERS).rstrip(f"{_DELIMITERS}./:")
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc) and parts.port != 0
    except ValueError:
        return None
    if not fits or not (text.isascii() and text.isprintable()) or " " in text:
        return None
    return text


def _is_website(url: str) -> bool:
    first = (urlsplit(url).hostname or "").partition(".")[0]
    return _WEBSITES.fullmatch(first) is not None
