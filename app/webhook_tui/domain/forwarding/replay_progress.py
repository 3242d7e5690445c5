"""How far the replay of several deliveries has come, and what their answers were."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from webhook_tui.domain.forwarding.forward_result import ForwardResult


class ReplayState(StrEnum):
    """Whether it goes on."""

    RUNNING = "running"
    ENDED = "ended"
    """Each was sent, or is not in the history any more."""
    STOPPED = "stopped"
    """The user stopped it before its end."""


class ReplayProgress(Struct, frozen=True):
    """One moment of it."""

    url: str
    total: int
    re_sign: bool = False
    state: ReplayState = ReplayState.RUNNING
    current: int | None = None
    """The delivery that is under way; once stopped, the one whose answer was not waited for."""
    good: int = 0
    """Answered 2xx."""
    other: int = 0
    """Answered something else."""
    failed: int = 0
    """Not answered."""
    gone: int = 0
    """Not in the history any more."""
    last: ForwardResult | None = None
    """The newest outcome."""
    odd: tuple[ForwardResult, ...] = ()
    """The first that were not answered 2xx, at most MOST_ODD, without their bodies."""
    missed: tuple[int, ...] = ()
    """All that were not answered 2xx, in order; known when it is over."""

    @property
    def done(self) -> int:
        """How many are behind it."""
        return self.good + self.other + self.failed + self.gone

    @property
    def is_over(self) -> bool:
        """Whether nothing more is sent."""
        return self.state is not ReplayState.RUNNING


MOST_ODD = 5


def summary(progress: ReplayProgress) -> str:
    """`Replayed 97 of 100: 90 answered 2xx, 5 something else, 2 nothing.`"""
    sent = progress.good + progress.other + progress.failed
    how_many = f"{sent:,} of {progress.total:,}" if sent != progress.total else f"all {sent:,}"
    parts = [f"{progress.good:,} answered 2xx"]
    if progress.other:
        parts.append(f"{progress.other:,} something else")
    if progress.failed:
        parts.append(f"{progress.failed:,} nothing")
    said = ", ".join(parts)
    gone = f" {progress.gone:,} are not in the history any more." if progress.gone else ""
    return f"Replayed {how_many}: {said}.{gone}"
