"""What a JMESPath query of a payload found, or why it found nothing."""

from __future__ import annotations

from msgspec import Struct


class Mistake(Struct, frozen=True):
    """Why there is no result."""

    sentence: str
    """Harmless, one line, without a full stop."""
    start: int | None = None
    """The first character of the expression that it is about; None: it is not about the expression."""
    end: int = 0
    """The first character behind that."""


class QueryResult(Struct, frozen=True):
    """JSON text, or the mistake."""

    content: bytes = b""
    mistake: Mistake | None = None
