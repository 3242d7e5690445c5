"""The verdicts on a signature: each is a glyph and a word, never a colour alone."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Verdict(StrEnum):
    """What a delivery's signature proved to be. The value is the word on the screen, in NDJSON and in the database."""

    VALID = "valid"
    OLDER = "older"
    INVALID = "invalid"
    MISSING = "missing"
    MALFORMED = "malformed"
    PENDING = "pending"

    __hash__ = str.__hash__  # Enum's own is a Python function, and every delivery is counted by its verdict

    @property
    def glyph(self) -> str:
        """One cell wide."""
        return _GLYPHS[self][0]

    @property
    def ascii_glyph(self) -> str:
        """The glyph for a terminal without UTF-8."""
        return _GLYPHS[self][1]

    @property
    def is_good(self) -> bool:
        """Signed with the current secret, an earlier one, or one that the user added."""
        return self in (Verdict.VALID, Verdict.OLDER)

    @property
    def is_bad(self) -> bool:
        """Nothing that we know says that PiktID sent it."""
        return self in (Verdict.INVALID, Verdict.MISSING, Verdict.MALFORMED)


_GLYPHS = {
    Verdict.VALID: ("✓", "+"),
    Verdict.OLDER: ("◷", "~"),
    Verdict.INVALID: ("✗", "x"),
    Verdict.MISSING: ("∅", "-"),
    Verdict.MALFORMED: ("!", "!"),
    Verdict.PENDING: ("…", "?"),
}


class VerificationResult(Struct, frozen=True, gc=False):
    """A verdict and its reason in words."""

    verdict: Verdict
    reason: str
    """One sentence, at most 60 characters, for a headline with room."""
    short_reason: str
    """The same in at most 34 characters."""
    secret_id: str | None = None
    """Fingerprint of the ring's secret that fits; None when none does."""
