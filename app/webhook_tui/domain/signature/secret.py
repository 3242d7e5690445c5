"""A value that must never be seen: whatever prints, logs or formats it shows stars instead."""

from __future__ import annotations

import re
from typing import final

_BLANK = r"[\s\ufeff\u200b\u2060]"
_AROUND_TOKEN = rf"(?i)\A{_BLANK}*(?:(?:authorization:\s*)?bearer(?:{_BLANK}+|\Z))?|{_BLANK}+\Z"


def _sha256(data: bytes) -> str:
    import hashlib  # noqa: PLC0415 -- slow, and the first frame of the screen shows no digest

    return hashlib.sha256(data).hexdigest()


@final
class Secret:
    """Holds a token or a signing secret; only `reveal()` gives the text back.

    `repr`, `str`, f-strings and tracebacks that show locals print `Secret(***)`. Comparison takes constant time.
    """

    __slots__ = ("_fingerprint", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._fingerprint = ""
        """Computed when it is first asked for."""

    def reveal(self) -> str:
        """The text itself, for the one place that sends it or computes with it."""
        return self._text

    @property
    def key(self) -> bytes:
        """The HMAC key that PiktID uses: the secret's characters as UTF-8, nothing taken off and nothing decoded."""
        return self._text.encode("utf-8", "surrogateescape")

    def fingerprint(self) -> str:
        """Twelve hex digits that name this value without giving it away; the same value always has the same ones."""
        if not self._fingerprint:
            self._fingerprint = _sha256(b"webhook-tui fingerprint\0" + self.key)[:12]
        return self._fingerprint

    def sha256(self) -> str:
        """Hex digits of the SHA-256 of its characters, as `sha256sum` prints them."""
        return _sha256(self.key)

    @property
    def short_id(self) -> str:
        """The first four of these digits: they distinguish secrets on the screen without revealing them."""
        return self.sha256()[:4]

    def masked(self) -> str:
        """Dots for the screen; their number is not the length."""
        return "•" * 12

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        from hmac import compare_digest  # noqa: PLC0415 -- as in `_sha256`

        return isinstance(other, Secret) and compare_digest(self.key, other.key)

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a Secret is never pickled")


def token_in(text: str) -> Secret:
    """The API token in what was typed, pasted or read: without blanks, a byte order mark, or a header's `Bearer`."""
    return Secret(re.sub(_AROUND_TOKEN, "", text))
