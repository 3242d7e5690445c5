"""The links in a body: those that may be opened unchanged, and without what gives access to anyone who has them.

A link that a content network signed (CloudFront's `Signature`, `Policy` and `Key-Pair-Id`, S3's `X-Amz-*`, Azure's
`sig`) can be opened by anyone. Its address stays, to show where it led; signatures, tokens and passwords are blanked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

MOST_LINKS = 9
LONGEST_LINK = 2000
"""Characters; a longer one could not be shown in full before it is opened."""

_LINK = r"(?i)https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+"
"""Compiled, as those below, where it is first used: compiling them takes a millisecond of the start."""
_ESCAPES = {"\\/": "/", "\\u0026": "&", "\\u003d": "=", "\\u003D": "="}
"""How encoders of JSON write characters of links."""


def links(text: str) -> list[str]:
    """The web links in some text (JSON or not), each once, in order, at most nine.

    Only plain ASCII with a host and without a user's name: a person who reads it knows where it leads.
    """
    for escape, character in _ESCAPES.items():
        text = text.replace(escape, character)
    found = dict.fromkeys(_safe(text))
    return list(found)[:MOST_LINKS]


def _safe(text: str) -> Iterator[str]:
    for match in re.finditer(_LINK, text):
        following = text[match.end() : match.end() + 1]
        if len(match[0]) > LONGEST_LINK or (following and not following.isascii()):
            continue
        try:
            parts = urlsplit(match[0])
        except ValueError:
            continue
        if parts.hostname and "@" not in parts.netloc:
            yield match[0]


BLANKED = b"REDACTED"
"""Stands in place of a value, and may stand in a URL."""

_WHOLE_NAMES = (
    *("signature", "key-pair-id", "policy"),  # CloudFront, canned and custom policies
    *(r"x-amz-[a-z0-9-]+", r"x-goog-[a-z0-9-]+", r"x-oss-[a-z0-9-]+", r"q-[a-z-]+", "awsaccesskeyid", "googleaccessid"),
    *("sig", "sign", "hmac", "key", "auth", "authorization", "jwt", "hdnea", "hdnts", "passwd", "pwd"),
)
_LAST_WORDS = (
    "token",
    "sig",
    "signature",
    "secret",
    "password",
    "credential",
    "credentials",
    "api-?key",
    "access-?key",
)
"""Of a name in parts: `access_token`, `st.sig`, `accessKey`."""

_START = rb"(?:[?&#;]|\\u0026|\\u003[fF]|&amp;|%(?:25)*(?:3[fF]|26|23))"
_NAME = "(?i:{}|[a-z0-9_.~-]*(?:{}))".format(
    "|".join(_WHOLE_NAMES), "|".join(word.replace("-?", "[_-]?") for word in _LAST_WORDS)
).encode("ascii")
_EQUALS = rb"(?:=|\\u003[dD]|%(?:25)*3[dD])"
_VALUE = rb"(?:(?!%(?:25)*(?:26|23))[!$%'()*+,./0-9:;=?@A-Z_a-z~\[\]-]|\\/|\\u00(?:2[bBfF]|3[dD]))+"
_PARAMETER = b"(" + _START + _NAME + _EQUALS + b")" + _VALUE
_USER = rb"(?i)(https?:(?:\\?/){2})[^\s/\\?#\"'<>@]+@"


def without_link_signatures(content: bytes) -> bytes:
    """Return the content with the values of those parameters replaced by `REDACTED`; the same object if there are none.

    A user and a password before a host are replaced, too. Parameters are found whether the text writes a URL as it is,
    percent-encoded inside another one, or escaped as JSON and HTML do.
    """
    if b"=" not in content and b"@" not in content and b"\\u003" not in content and b"%3" not in content:
        return content
    return re.sub(_USER, rb"\g<1>" + BLANKED + b"@", re.sub(_PARAMETER, rb"\g<1>" + BLANKED, content))
