"""Which public URL a tunnel program's line announces; pure.

Such programs print other URLs as well: of documentation, of their own API in an error, of an inspector, and some print
what a request brought. So without a pattern only an https origin with at least three labels counts, whose first label
is not one of a website; and a later URL counts only on a line that reads like the first one's.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from webhook_tui.domain.problem import ExitCode, Problem, ProblemError
from webhook_tui.tunnels.base import short

_ORIGIN = re.compile(
    r"(?<![\w/@+-])(?P<url>https://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){2,}[a-z]{2,}(?::\d{1,5})?)"
    r"/?(?![\w/?#@=&%~]|[.:]\w|-(?!>))",  # what would make it a longer URL; any other character ends it
    re.IGNORECASE,
)
_SITES = re.compile(
    r"account|admin|api|auth|blog|console|dash(?:board)?|developers?|docs?|downloads?|get|help|id|login|pkg|signup|status"
    r"|support|www|.*-inspect"
)
_AROUND = "\"'`<>()[]{}|,;"
_DIGITS = re.compile(r"\d+")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")


class UrlFinder:
    """Reads one program's lines in order."""

    def __init__(self, pattern: re.Pattern[str] | None = None) -> None:
        """`pattern`: as `compiled` gives it; None for what nearly all tunnel programs print."""
        self._pattern = pattern
        self._shape: str | None = None

    def url_in(self, line: str) -> str | None:
        """The public URL that this line announces, without a slash at its end, or None."""
        line = unescaped(line)
        for found in (self._pattern or _ORIGIN).finditer(line):
            text = found["url"] if "url" in found.groupdict() else found[0]
            url = _url(text or "")
            if url is None or (self._pattern is None and _is_site(url)):
                continue
            shape = _DIGITS.sub("0", line[: found.start()])
            if self._shape not in (None, shape):
                continue
            self._shape = shape
            return url
        return None


def unescaped(line: str) -> str:
    """The line with the slashes that some JSON encoders write as `\\/`."""
    return line.replace(r"\/", "/")


def compiled(pattern: str | None) -> re.Pattern[str] | None:
    """The pattern of --tunnel-url-pattern. Raises ProblemError with ExitCode.USAGE when it is none."""
    if pattern is None:
        return None
    try:
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ProblemError(
            Problem(
                f"--tunnel-url-pattern is no regular expression: {short(str(error), 25)}.",
                r"Name the URL with a group: (?P<url>https://\S+).",
                ExitCode.USAGE,
            )
        ) from error


def _url(text: str) -> str | None:
    """A match as a URL: https unless it says otherwise, nothing around it; None when it is no URL of a web server."""
    text = text.partition("->")[0].strip().lstrip(_AROUND).rstrip(f"{_AROUND}./:")
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


def _is_site(url: str) -> bool:
    first = (urlsplit(url).hostname or "").partition(".")[0]
    return _SITES.fullmatch(first) is not None
