"""What a JMESPath query of a payload found, or why it found nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why there is no result."""

    sentence: str
    """Harmless, one line, without a full stop."""
    start: int | None = None
    """The first character of the expression that it is about; None: it is not about the expression."""
    end: int = 0
    """The first character behind that."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """JSON text, or the mistake."""

    content: bytes = b""
    mistake: Mistake | None = None
