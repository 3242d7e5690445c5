"""Blanks what gives access in the links of a text: signatures, tokens and passwords in URLs, in whatever spelling.

A link that a content network signed (CloudFront's `Signature`, `Policy` and `Key-Pair-Id`, S3's `X-Amz-*`, Azure's
`sig`) can be opened by anyone who has it. The address itself stays, to show where the link led.
"""

from __future__ import annotations

import re

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
_PARAMETER = re.compile(b"(" + _START + _NAME + _EQUALS + b")" + _VALUE)
_USER = re.compile(rb"(?i)(https?:(?:\\?/){2})[^\s/\\?#\"'<>@]+@")


def without_link_signatures(content: bytes) -> bytes:
    """Return the content with the values of those parameters replaced by `REDACTED`; the same object if there are none.

    A user and a password before a host are replaced, too. Parameters are found whether the text writes a URL as it is,
    percent-encoded inside another one, or escaped as JSON and HTML do.
    """
    if b"=" not in content and b"@" not in content and b"\\u003" not in content and b"%3" not in content:
        return content
    return _USER.sub(rb"\g<1>" + BLANKED + b"@", _PARAMETER.sub(rb"\g<1>" + BLANKED, content))
