"""What a person who does not look at the screen is told: which deliveries, and how often."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from webhook_tui.domain.delivery.text import shortened, visible

if TYPE_CHECKING:  # the command line needs only the subjects
    from webhook_tui.domain.delivery.delivery import DeliveryRow

PAUSE_SECONDS = 5.0
"""From one alert to the next, however much happens."""
_ENDED = frozenset({"completed", "failed", "aborted"})
"""The statuses of PiktID's job API after which nothing comes."""
_LONGEST_NAME = 60


class Subject(StrEnum):
    """What an alert is about. The value is what `--notify` takes."""

    INVALID = "invalid"
    LOST = "lost"
    JOB = "job"


class Alert(Struct, frozen=True):
    """One thing worth telling."""

    subject: Subject
    sentence: str
    """Sanitised."""


class AlertDigest(Struct, frozen=True):
    """What is told at once: one alert, or the counts of several."""

    sentence: str
    count: int


def lost_alert(event_id: str) -> Alert:
    """Return the alert about an event that no webhook brought."""
    return Alert(Subject.LOST, f"Event {_name(event_id)} was lost: SSE brought it, no webhook did.")


def delivery_alert(row: DeliveryRow) -> Alert | None:
    """Return the alert about a delivery whose verdict is known; None: there is nothing to tell."""
    if row.verdict.is_bad:
        return Alert(Subject.INVALID, f"#{row.seq} {row.verdict}: {_name(row.event or 'no event name')}.")
    summary = row.summary
    is_about_job = bool(summary.job) and not summary.file
    if row.verdict.is_good and row.attempt == 1 and is_about_job and summary.status in _ENDED:
        return Alert(Subject.JOB, f"Job {_name(summary.short_job)} {summary.status}.")
    return None


def _name(received: str) -> str:
    return shortened(visible(received), _LONGEST_NAME)


class AlertLimiter:
    """Turns alerts into digests, at most one every PAUSE_SECONDS. The caller gives the time in monotonic seconds."""

    def __init__(self, subjects: frozenset[Subject]) -> None:
        """`subjects`: the wanted ones."""
        self._subjects = subjects
        self._waiting: list[Alert] = []
        self._counts: Counter[Subject] = Counter()
        self._told_at = float("-inf")

    def add(self, alert: Alert, now: float) -> AlertDigest | None:
        """Take an alert; returns what is told now, if anything."""
        if alert.subject not in self._subjects:
            return None
        self._counts[alert.subject] += 1
        self._waiting = [alert]  # the newest; with others it is told as a count
        return self.take(now)

    def wait_seconds(self, now: float) -> float | None:
        """Return how long until `take` gives what waits; None: nothing waits."""
        return max(0.0, self._told_at + PAUSE_SECONDS - now) if self._waiting else None

    def take(self, now: float) -> AlertDigest | None:
        """Return what waits, if the pause is over."""
        if not self._waiting or now < self._told_at + PAUSE_SECONDS:
            return None
        count = self._counts.total()
        sentence = self._waiting[0].sentence if count == 1 else self._summary()
        self._waiting, self._counts, self._told_at = [], Counter(), now
        return AlertDigest(sentence, count)

    def _summary(self) -> str:
        words = {Subject.INVALID: "invalid", Subject.LOST: "lost", Subject.JOB: "jobs done"}
        return ", ".join(f"{self._counts[subject]:,} {words[subject]}" for subject in Subject if self._counts[subject])
