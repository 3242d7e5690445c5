"""Queries: what a front end asks the session. Each names the type of its answer, which `SessionPort.query` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from webhook_tui.domain.comparison.compared_event import ComparedEvent
from webhook_tui.domain.diagnostics.report import SignatureReport
from webhook_tui.domain.jobs.job import JobDetail, Jobs
from webhook_tui.domain.run import Run
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import RingEntry
from webhook_tui.domain.statistics.overview import Overview

Answer = TypeVar("Answer")


class Query(Generic[Answer]):
    """A question to the session whose answer has the type `Answer`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ComparedEvents:
    """Every event of this run on both channels, in the order of first appearance; at most 10,000.

    The tuple's elements are shared with the session, not copied.
    """

    version: int
    """For the next GetComparison."""
    events: tuple[ComparedEvent, ...]


@dataclass(frozen=True, slots=True)
class EventSides:
    """The body that each channel brought of one event; None: it brought none, or the body is not kept any more."""

    event_id: str
    webhook: bytes | None
    sse: bytes | None


@dataclass(frozen=True, slots=True)
class SecretTrial:
    """What a secret would change if it were added to the ring."""

    known: RingEntry | None
    """Its entry in the ring; then nothing was tried."""
    matches: int = 0
    """Deliveries that are not valid now and would be."""
    pending: int = 0
    """How many of these are pending, not invalid."""
    tried: int = 0
    """Deliveries that are not valid now and were looked at."""
    is_all: bool = True
    """False: only the newest were looked at."""


@dataclass(frozen=True, slots=True)
class ListSecrets(Query[tuple[RingEntry, ...]]):
    """Return what the ring contains, the current secret first."""


@dataclass(frozen=True, slots=True)
class TrySecret(Query[SecretTrial | None]):
    """Return which stored deliveries a secret would make valid; None when another secret was tried meanwhile."""

    secret: Secret


@dataclass(frozen=True, slots=True)
class RevealSecret(Query[Secret | None]):
    """Return a signing secret of the ring; None when it is not in the ring any more."""

    secret_id: str


@dataclass(frozen=True, slots=True)
class ExplainSignature(Query[SignatureReport | None]):
    """Return all that is known about the signature of delivery `seq`; None when it is not stored."""

    seq: int


@dataclass(frozen=True, slots=True)
class GetComparison(Query[ComparedEvents | None]):
    """Return what webhook and event stream brought; None when nothing changed since `version`."""

    version: int = -1
    """Of the last answer; -1: none yet."""


@dataclass(frozen=True, slots=True)
class GetEventSides(Query[EventSides]):
    """Return what each channel brought of one event."""

    event_id: str


@dataclass(frozen=True, slots=True)
class GetStatistics(Query[Overview]):
    """Return the figures of the Status screen. Each of these queries counts a limited part of the history."""


@dataclass(frozen=True, slots=True)
class ListJobs(Query[Jobs]):
    """Return the jobs; the same object while nothing changed. Each of these reads a limited part of the history."""


@dataclass(frozen=True, slots=True)
class GetJob(Query[JobDetail]):
    """Return all that is known about one job."""

    job_id: str


@dataclass(frozen=True, slots=True)
class ListRuns(Query[tuple[Run, ...]]):
    """Return the runs of the program in the history, oldest first."""


AnyQuery: TypeAlias = (
    ListSecrets
    | TrySecret
    | RevealSecret
    | ExplainSignature
    | GetComparison
    | GetEventSides
    | GetStatistics
    | ListJobs
    | GetJob
    | ListRuns
)
