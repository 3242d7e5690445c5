"""Queries: what a front end asks the session. Each names the type of its answer, which `SessionPort.query` returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from msgspec import Struct

from webhook_tui.domain.jobs.job import JobDetail, Jobs
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import RingEntry
from webhook_tui.domain.statistics.counts import Run

if TYPE_CHECKING:  # loaded with the first answer
    from webhook_tui.domain.comparison.compared_event import ComparedEvent
    from webhook_tui.domain.contract.departures import Departure  # noqa: F401 -- quoted names are used
    from webhook_tui.domain.contract.event_contract import ContractSnapshot  # noqa: F401 -- in annotations
    from webhook_tui.domain.diagnostics.report import SignatureReport  # noqa: F401 -- in annotations
    from webhook_tui.domain.forwarding.handler_check import HandlerExchange  # noqa: F401 -- in annotations
    from webhook_tui.domain.statistics.overview import Overview  # noqa: F401 -- in annotations

Answer = TypeVar("Answer")


class Query(Generic[Answer]):
    """A question to the session whose answer has the type `Answer`."""

    __slots__ = ()


class ComparedEvents(Struct, frozen=True):
    """Every event of this run on both channels, in the order of first appearance; at most 10,000.

    The tuple's elements are shared with the session, not copied.
    """

    version: int
    """For the next GetComparison."""
    events: tuple[ComparedEvent, ...]


class EventSides(Struct, frozen=True):
    """The body that each channel brought of one event; None: it brought none, or the body is not kept any more."""

    event_id: str
    webhook: bytes | None
    sse: bytes | None


class SecretTrial(Struct, frozen=True):
    """What a secret would change if it were added to the ring."""

    known: RingEntry | None
    """Its entry in the ring; then nothing was tried."""
    matches: int = 0
    """Deliveries that are not valid now and would be."""
    pending: int = 0
    """How many of these are pending, not invalid."""
    tried: int = 0
    """Deliveries that are not valid now and were tried."""
    is_all: bool = True
    """False: only the newest were tried."""


class ListSecrets(Query[tuple[RingEntry, ...]], Struct, frozen=True):
    """Return what the ring contains, the current secret first."""


class TrySecret(Query[SecretTrial | None], Struct, frozen=True):
    """Return which stored deliveries a secret would make valid; None when another secret was tried meanwhile."""

    secret: Secret


class RevealSecret(Query[Secret | None], Struct, frozen=True):
    """Return a signing secret of the ring; None when it is not in the ring any more."""

    secret_id: str


class ExplainSignature(Query["SignatureReport | None"], Struct, frozen=True):
    """Return all that is known about the signature of delivery `seq`; None when it is not stored."""

    seq: int


class GetComparison(Query[ComparedEvents | None], Struct, frozen=True):
    """Return what webhook and event stream brought; None when nothing changed since `version`."""

    version: int = -1
    """Of the last answer; -1: none yet."""


class GetEventSides(Query[EventSides], Struct, frozen=True):
    """Return what each channel brought of one event."""

    event_id: str


class GetStatistics(Query["Overview"], Struct, frozen=True):
    """Return the figures of the Status screen. Each of these queries counts a limited part of the history."""


class ListJobs(Query[Jobs], Struct, frozen=True):
    """Return the jobs; the same object while nothing changed. Each of these reads a limited part of the history."""


class GetJob(Query[JobDetail], Struct, frozen=True):
    """Return all that is known about one job."""

    job_id: str


class ListRuns(Query[tuple[Run, ...]], Struct, frozen=True):
    """Return the runs of the program in the history, oldest first."""


class GetContract(Query["ContractSnapshot"], Struct, frozen=True):
    """Return what the payloads of this account hold. Each of these queries reads a limited part of the history."""

    event: str | None = None
    """The one that is returned whole; None: that with most deliveries."""
    all_verdicts: bool = False
    """Also of deliveries that are neither valid nor older."""


class GetDepartures(Query["tuple[Departure, ...]"], Struct, frozen=True):
    """Return where delivery `seq` departs from what was usual in the deliveries of the account in use before it.

    () for one of another account.
    """

    seq: int


class GetHandlerExchanges(Query["tuple[HandlerExchange, ...]"], Struct, frozen=True):
    """Return what the last check sent to the handler in the case of that name, and what was answered."""

    case: str


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
    | GetContract
    | GetDepartures
    | GetHandlerExchanges
)
