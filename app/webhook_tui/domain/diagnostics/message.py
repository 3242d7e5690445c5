"""One candidate for the bytes that were signed."""

from __future__ import annotations

import msgspec

from webhook_tui.domain.diagnostics.causes import Difference


class Message(msgspec.Struct, frozen=True):
    """Bytes that may have been signed, and how they differ from the body that arrived."""

    content: bytes
    differences: tuple[Difference, ...] = ()
    common: bool = False
    """Happens often enough to be tried with every variant of the secret, too."""
    base: bytes | None = None
    """JSON of which `content` is another form: what differs is told from the two; None: `differences` says it all."""
