"""What the Signature tab and `verify` show of one signature: received, expected, the ring, and a cause if one fits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webhook_tui.domain.signature.secret_ring import Origin


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a signature does not verify, and what to change."""

    code: str
    """A stable word for scripts, like `trailing-newline`."""
    headline: str
    """At most 60 characters, `It fits ...`."""
    short: str
    """At most 34 characters, `Fits ...`."""
    why: str
    """One to three sentences: what was signed and what arrived."""
    change: str
    """What to change, one or two sentences."""


@dataclass(frozen=True, slots=True)
class RingLine:
    """What one secret of the ring says to this signature; never the secret itself."""

    secret_id: str
    short_id: str
    since: datetime
    until: datetime | None
    origin: Origin
    is_current: bool
    fits: bool
    note: str = ""
    """`fits`, `does not fit`, `fits only without the last newline`"""


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """All that is known of the signature of one delivery."""

    seq: int
    received: tuple[str, ...]
    """The X-Webhook-Signature values as sent (latin-1; sanitise before showing); empty when there is none."""
    expected: str | None
    """What the secret that fits, else the current, else the newest one makes of the body; None without secrets."""
    lines: tuple[RingLine, ...]
    """Newest first."""
    cause: Cause | None = None
    tried: int = 0
    """How many variations were tried."""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    """Lint: what is odd about the delivery, one sentence each (sanitise before showing)."""
