"""What the session tells its front end: facts in the past tense, posted from the I/O thread, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from webhook_tui.domain.delivery import Delivery, DeliveryRow
from webhook_tui.domain.job import JobDetail, Jobs
from webhook_tui.domain.overview import Overview
from webhook_tui.domain.problem import Problem
from webhook_tui.domain.reconciled import ReconciledEvent
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.replaying import ReplayProgress
from webhook_tui.domain.report import SignatureReport
from webhook_tui.domain.ring import RingEntry
from webhook_tui.domain.run import Run
from webhook_tui.domain.sent import Sent
from webhook_tui.domain.status import SessionStatus


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The route or the counts changed; at most one is under way per 50 ms."""

    status: SessionStatus


@dataclass(frozen=True, slots=True)
class HistoryOpened:
    """The store is open: the front end may ask the session for its DeliveryRows now."""


@dataclass(frozen=True, slots=True)
class BecameReady:
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
class DeliveryRecorded:
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
    """The answer to RunsWish: all runs, oldest first."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class TunnelChanged:
    """The tunnel opened, closed or has another public URL."""

    state: str
    public_url: str | None


@dataclass(frozen=True, slots=True)
class EventReconciled:
    """Where one event id was seen: `both`, `sse` or `webhook`."""

    event_id: str
    name: str
    seen: str
    lag_ms: float | None
    equal: bool | None
    reason: str = ""
    """Why only one of them has it, in two or three words; "" when both have."""


@dataclass(frozen=True, slots=True)
class StreamShown:
    """The answer to StreamWish: every event of this run on both channels, in the order in which they were first seen.

    The tuple's elements are shared with the session, not copied; at most 10,000.
    """

    version: int
    """For the next StreamWish."""
    events: tuple[ReconciledEvent, ...]


@dataclass(frozen=True, slots=True)
class EventSidesShown:
    """The answer to EventSidesWish: what each channel brought; None: it did not, or it is not kept any more."""

    event_id: str
    webhook: bytes | None
    sse: bytes | None


@dataclass(frozen=True, slots=True)
class OverviewShown:
    """The answer to OverviewWish."""

    overview: Overview


@dataclass(frozen=True, slots=True)
class JobsShown:
    """The answer to JobsWish; the same object while nothing is new."""

    jobs: Jobs


@dataclass(frozen=True, slots=True)
class JobShown:
    """The answer to JobWish."""

    detail: JobDetail


@dataclass(frozen=True, slots=True)
class ProblemOccurred:
    """A step failed or a wish was refused; `again`: seconds until the next try by itself."""

    problem: Problem
    again: float | None = None
    fatal: bool = False
    """It cannot mend itself: without a screen the program ends."""


@dataclass(frozen=True, slots=True)
class WishGranted:
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
class GuardAsked:
    """The session waits for a GuardAnswered before it registers.

    `foreign`: the webhook that would be replaced; None: PiktID cannot say whether there is one.
    """

    foreign: ForeignWebhook | None


@dataclass(frozen=True, slots=True)
class TokenAsked:
    """There is no token, or PiktID refused it; the session waits for a TokenAnswer."""

    problem: Problem | None


@dataclass(frozen=True, slots=True)
class SecretRevealed:
    """The answer to RevealSecretWish: a signing secret in clear, for the dialog that asked; None: it is gone."""

    secret_id: str
    secret: str | None


@dataclass(frozen=True, slots=True)
class SecretsListed:
    """What the ring holds: the answer to ListSecrets, and said after a secret was added or removed."""

    entries: tuple[RingEntry, ...]
    """The current one first."""


@dataclass(frozen=True, slots=True)
class SecretTried:
    """The answer to TrySecret."""

    secret_id: str
    known: RingEntry | None
    """What the ring has of it already; then nothing was tried."""
    matches: int = 0
    pending: int = 0
    """How many of these are pending, not invalid."""
    tried: int = 0
    """Deliveries that are not valid now and were looked at."""
    is_all: bool = True
    """False: only the newest were looked at."""


@dataclass(frozen=True, slots=True)
class DeliveryExplained:
    """The answer to ExplainWish."""

    report: SignatureReport


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A delivery was sent on to the local app; its row may say another answer now."""

    sent: Sent


@dataclass(frozen=True, slots=True)
class Replayed:
    """A delivery was sent again as the user asked."""

    sent: Sent
    alone: bool = True
    """False: as one of several."""


@dataclass(frozen=True, slots=True)
class ReplayAdvanced:
    """Several deliveries are being replayed, and it came this far; the last one of these is over."""

    progress: ReplayProgress


@dataclass(frozen=True, slots=True)
class TidyingStarted:
    """Leaving takes a step: `deleting webhook 41`, `closing the tunnel`."""

    what: str


@dataclass(frozen=True, slots=True)
class TidyingEnded:
    """That step's outcome: `done`, or why not."""

    what: str
    outcome: str


@dataclass(frozen=True, slots=True)
class SessionStopped:
    """Everything is closed; `problem`: why it ended, if not because it was asked to."""

    problem: Problem | None = None


Fact: TypeAlias = (
    StatusChanged
    | HistoryOpened
    | BecameReady
    | WebhookRegistered
    | WebhookDeleted
    | DeliveryRecorded
    | RequestRefused
    | VerdictChanged
    | RowChanged
    | DeliveriesDeleted
    | RunsListed
    | TunnelChanged
    | EventReconciled
    | StreamShown
    | EventSidesShown
    | OverviewShown
    | JobsShown
    | JobShown
    | ProblemOccurred
    | WishGranted
    | GuardAsked
    | TokenAsked
    | SecretRevealed
    | SecretsListed
    | SecretTried
    | DeliveryExplained
    | Forwarded
    | Replayed
    | ReplayAdvanced
    | TidyingStarted
    | TidyingEnded
    | SessionStopped
)
