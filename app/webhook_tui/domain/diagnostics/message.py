"""One candidate for the bytes that were signed."""

from __future__ import annotations

from dataclasses import dataclass

from webhook_tui.domain.diagnostics.causes import Difference


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes that may have been signed, and how they differ from the body that arrived."""

    content: bytes
    differences: tuple[Difference, ...] = ()
    common: bool = False
    """Happens often enough to be tried with every variant of the secret, too."""
