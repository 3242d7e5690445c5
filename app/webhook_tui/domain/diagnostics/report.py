"""What the Signature tab and `verify` show of one signature: received, expected, the ring, and a cause if one fits."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from webhook_tui.domain.signature.secret_ring import Origin


class Cause(Struct, frozen=True):
    """Why a signature does not verify, and what to change."""

    code: str
    """A stable word for scripts, like `trailing-newline`."""
    headline: str
    """At most 60 characters, `It fits ...`."""
    short_reason: str
    """At most 34 characters, `Fits ...`."""
    why: str
    """One to three sentences: what was signed and what arrived."""
    change: str
    """What to change, one or two sentences."""


class RingLine(Struct, frozen=True):
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


class Examination(StrEnum):
    """How far the search for a cause came."""

    NOT_EXAMINED = "not examined yet"
    FOUND = "cause found"
    NO_CAUSE = "no known cause"
    STOPPED = "stopped"
    UNNEEDED = "nothing to explain"


NOT_EXAMINED = "Not examined yet."


class SignatureReport(Struct, frozen=True):
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
    """How many digests were computed and compared."""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    """Lint: what is odd about the delivery, one sentence each (sanitise before showing)."""
    examination: Examination = Examination.NO_CAUSE
    hints: tuple[str, ...] = ()
    """What may have happened, without proof (sanitise before showing)."""
    skipped: tuple[str, ...] = ()
    """What was not tried, and why."""

    @property
    def outcome(self) -> str:
        """How the search ended when no cause was found; "" when there was nothing to search for."""
        if self.examination is Examination.NOT_EXAMINED:
            return NOT_EXAMINED
        if self.examination is Examination.STOPPED:
            return f"The search was stopped after {_duration(self.seconds)}."
        if self.examination is not Examination.NO_CAUSE or not self.tried:
            return ""
        secrets = "1 secret" if len(self.lines) == 1 else f"{len(self.lines)} secrets"
        return f"No known cause matches ({secrets}, {self.effort})."

    @property
    def effort(self) -> str:
        """`832 checks, 14 ms`."""
        return f"{self.tried:,} {'check' if self.tried == 1 else 'checks'}, {_duration(self.seconds)}"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{max(1, round(seconds * 1000))} ms"
    return f"{seconds:.0f} s" if abs(seconds - round(seconds)) < 0.1 else f"{seconds:.1f} s"
