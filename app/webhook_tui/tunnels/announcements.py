"""What localhost.run and servers like it say: which line names the public address, in each of their three forms; pure.

Recognised by what the line is, never by the domain in it: domains change (lhr.life, lhrtunnel.link, lhr.rocks).
"""

from __future__ import annotations

import re
from typing import Any

from webhook_tui.domain.json_decoder import decode
from webhook_tui.tunnels.urls import unescaped

_TUNNELED = re.compile(r"\btunneled with(?:out)? tls(?: termination)?, (?P<url>https?://[\w.:-]++)(?!@)", re.ASCII)
_ADDRESS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?")
_ACCEPTED = "tcpip_forward.register.accepted"
_REJECTED = "tcpip_forward.register.rejected"


class Announcements:
    """Reads one connection's lines in order."""

    def __init__(self) -> None:
        self._speaks_json = False

    def url_in(self, line: str) -> str | None:
        """The public URL that this line names, or None. Raises ForwardRefusedError when it says that there is none.

        Once a line was JSON, the text form is no longer looked for.
        """
        fields = _object(line)
        if fields is None:
            return None if self._speaks_json else _url_in_text(line)
        self._speaks_json = True
        kind = str(fields.get("type", ""))
        if kind.endswith(_REJECTED):
            raise ForwardRefusedError
        if kind.endswith(_ACCEPTED):
            return _url(fields, "data", str(fields.get("id", "")).rpartition("/")[2])
        if fields.get("event") == "tcpip-forward" or (fields.get("status") == "success" and "address" in fields):
            if fields.get("authz_code", "OK") != "OK" or fields.get("status", "success") != "success":
                raise ForwardRefusedError
            return _url(fields, "message", fields.get("address"))
        return None


class ForwardRefusedError(Exception):
    """The server said that it will not forward."""


def _object(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        fields = decode(line)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def _url(fields: dict[str, Any], words: str, address: object) -> str | None:
    told = fields.get(words)
    url = _url_in_text(told) if isinstance(told, str) else None
    if url is None and isinstance(address, str) and _ADDRESS.fullmatch(address):
        url = f"https://{address}"
    return url


def _url_in_text(text: str) -> str | None:
    found = _TUNNELED.search(unescaped(text))
    if found is None:
        return None
    url = found["url"].rstrip(".:-")
    return url if _ADDRESS.fullmatch(url.partition("://")[2]) else None
