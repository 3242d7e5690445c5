"""What the session tells its front end: facts in the past tense, posted from the I/O thread, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from webhook_tui.domain.comparison.compared_event import ComparedEvent
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow
from webhook_tui.domain.diagnostics.report import SignatureReport
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.forwarding.replay_progress import ReplayProgress
from webhook_tui.domain.jobs.job import JobDetail, Jobs
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.run import Run
from webhook_tui.domain.statistics.overview import Overview
from webhook_tui.domain.status import SessionStatus


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The route or the counts changed; at most one is under way per 50 ms."""

    status: SessionStatus


@dataclass(frozen=True, slots=True)
class HistoryOpened:
    """The store is open: the front end may ask the session for its DeliveryRows now."""


@dataclass(frozen=True, slots=True)
class SessionReady:
    """The receiver listens, the route to it is open and, if it is to be, the webhook is registered."""

    public_url: str | None
    port: int


@dataclass(frozen=True, slots=True)
class WebhookRegistered:
    """PUT /webhooks was answered; never carries the secret."""

    webhook_id: int | str | None
    url: str


@dataclass(frozen=True, slots=True)
class WebhookDeleted:
    """DELETE /webhooks was answered: nothing is registered any more."""


@dataclass(frozen=True, slots=True)
class DeliveryStored:
    """One delivery is on disk and was answered as its row says."""

    row: DeliveryRow
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class RequestRefused:
    """Requests were answered with an error and not stored: so many of one status since the last of these."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class VerdictChanged:
    """A stored delivery was judged again."""

    row: DeliveryRow


@dataclass(frozen=True, slots=True)
class RowChanged:
    """Mark, comment or sources of a stored delivery are others."""

    row: DeliveryRow


@dataclass(frozen=True, slots=True)
class DeliveriesDeleted:
    """So many deliveries are not in the history any more."""

    count: int


@dataclass(frozen=True, slots=True)
class RunsListed:
    """The answer to ListRuns: all runs, oldest first."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class TunnelChanged:
    """The tunnel opened, closed or has another public URL."""

    state: str
    public_url: str | None


@dataclass(frozen=True, slots=True)
class EventCompared:
    """Where one event id was seen: `both`, `sse` or `webhook`."""

    event_id: str
    name: str
    seen: str
    lag_ms: float | None
    equal: bool | None
    reason: str = ""
    """Why only one of them has it, in two or three words; "" when both have."""


@dataclass(frozen=True, slots=True)
class ComparisonShown:
    """The answer to GetComparison: every event of this run on both channels, in the order of their first appearance.

    The tuple's elements are shared with the session, not copied; at most 10,000.
    """

    version: int
    """For the next GetComparison."""
    events: tuple[ComparedEvent, ...]


@dataclass(frozen=True, slots=True)
class EventSidesShown:
    """The answer to GetEventSides: what each channel brought; None: it did not, or it is not kept any more."""

    event_id: str
    webhook: bytes | None
    sse: bytes | None


@dataclass(frozen=True, slots=True)
class StatisticsShown:
    """The answer to GetStatistics."""

    overview: Overview


@dataclass(frozen=True, slots=True)
class JobsShown:
    """The answer to ListJobs; the same object while nothing is new."""

    jobs: Jobs


@dataclass(frozen=True, slots=True)
class JobShown:
    """The answer to GetJob."""

    detail: JobDetail


@dataclass(frozen=True, slots=True)
class ProblemOccurred:
    """A step failed or a wish was refused; `again`: seconds until the next try by itself."""

    problem: Problem
    again: float | None = None
    fatal: bool = False
    """It cannot mend itself: without a screen the program ends."""


@dataclass(frozen=True, slots=True)
class Notified:
    """A wish whose effect is not on the screen was carried out; one sentence for a toast or a note."""

    sentence: str


@dataclass(frozen=True, slots=True)
class ForeignWebhook:
    """What GET /webhooks says of a webhook that is not ours."""

    url: str
    registered_at: str | None = None
    last_response_status: int | str | None = None
    last_response_at: str | None = None


@dataclass(frozen=True, slots=True)
class OwnershipQuestioned:
    """The session waits for a GuardAnswered before it registers.

    `foreign`: the webhook that would be replaced; None: PiktID cannot say whether there is one.
    """

    foreign: ForeignWebhook | None


@dataclass(frozen=True, slots=True)
class TokenRequired:
    """There is no token, or PiktID refused it; the session waits for a UseToken."""

    problem: Problem | None


@dataclass(frozen=True, slots=True)
class SecretRevealed:
    """The answer to SecretRequested: the current signing secret in clear, for the dialog that asked."""

    secret: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class SignatureExplained:
    """The answer to ExplainSignature."""

    report: SignatureReport


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A delivery was sent on to the local app; its row may say another answer now."""

    sent: ForwardResult


@dataclass(frozen=True, slots=True)
class Replayed:
    """A delivery was sent again as the user asked."""

    sent: ForwardResult
    alone: bool = True
    """False: as one of several."""


@dataclass(frozen=True, slots=True)
class ReplayAdvanced:
    """Several deliveries are being replayed, and it came this far; the last one of these is over."""

    progress: ReplayProgress


@dataclass(frozen=True, slots=True)
class ShutdownStepStarted:
    """Leaving takes a step: `deleting webhook 41`, `closing the tunnel`."""

    what: str


@dataclass(frozen=True, slots=True)
class ShutdownStepEnded:
    """That step's outcome: `done`, or why not."""

    what: str
    outcome: str


@dataclass(frozen=True, slots=True)
class SessionStopped:
    """Everything is closed; `problem`: why it ended, if not because it was asked to."""

    problem: Problem | None = None
    is_unexpected: bool = False
    """The session's process died and could not say why."""


@dataclass(frozen=True, slots=True)
class SessionUpdated:
    """What changed since the last of these: for a front end in another process, in place of the single events."""

    status: SessionStatus | None = None
    newest_seq: int | None = None
    """Number of the newest delivery; None: no new one."""
    reverified: tuple[int, ...] = ()
    """Deliveries whose verdict was determined again."""
    changed: tuple[int, ...] = ()
    """Deliveries whose mark, comment, sources or answer changed."""
    results: tuple[ForwardResult, ...] = ()
    replay: ReplayProgress | None = None

    def followed_by(self, later: SessionUpdated) -> SessionUpdated:
        """Return both as one."""
        return SessionUpdated(
            later.status or self.status,
            later.newest_seq or self.newest_seq,
            tuple(dict.fromkeys((*self.reverified, *later.reverified))),
            tuple(dict.fromkeys((*self.changed, *later.changed))),
            (*self.results, *later.results),
            later.replay or self.replay,
        )


SessionEvent: TypeAlias = (
    StatusChanged
    | HistoryOpened
    | SessionReady
    | WebhookRegistered
    | WebhookDeleted
    | DeliveryStored
    | RequestRefused
    | VerdictChanged
    | RowChanged
    | DeliveriesDeleted
    | RunsListed
    | TunnelChanged
    | EventCompared
    | ComparisonShown
    | EventSidesShown
    | StatisticsShown
    | JobsShown
    | JobShown
    | ProblemOccurred
    | Notified
    | OwnershipQuestioned
    | TokenRequired
    | SecretRevealed
    | SignatureExplained
    | Forwarded
    | Replayed
    | ReplayAdvanced
    | ShutdownStepStarted
    | ShutdownStepEnded
    | SessionStopped
    | SessionUpdated
)
