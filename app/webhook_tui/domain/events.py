"""Events: what happened in the session, published to its front end in order, from the session's thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow
from webhook_tui.domain.diagnostics.report import Cause
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.forwarding.replay_progress import ReplayProgress
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.status import SessionStatus


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The status changed; published at most once every 50 ms."""

    status: SessionStatus


@dataclass(frozen=True, slots=True)
class HistoryOpened:
    """The history is open: `open_rows` and `open_found` may be called."""


@dataclass(frozen=True, slots=True)
class SessionReady:
    """The receiver listens, the public URL is open and, unless --no-register, the webhook is registered."""

    public_url: str | None
    port: int


@dataclass(frozen=True, slots=True)
class WebhookRegistered:
    """PUT /webhooks was answered; never carries the secret."""

    webhook_id: int | str | None
    url: str


@dataclass(frozen=True, slots=True)
class WebhookDeleted:
    """DELETE /webhooks was answered: no webhook is registered now."""


@dataclass(frozen=True, slots=True)
class DeliveryStored:
    """One delivery is on disk; its answer is sent afterwards."""

    row: DeliveryRow
    delivery: Delivery
    is_simulated: bool = False
    """This run sent it itself."""


@dataclass(frozen=True, slots=True)
class RequestRefused:
    """Requests of one status were answered with an error and not stored, since the last of these events."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class VerdictChanged:
    """The verdict of a stored delivery, or its reason, changed."""

    row: DeliveryRow
    cause: Cause | None = None
    """Why its signature does not verify, where that was found."""


@dataclass(frozen=True, slots=True)
class RowChanged:
    """Mark, comment or sources of a stored delivery changed."""

    row: DeliveryRow


@dataclass(frozen=True, slots=True)
class DeliveriesDeleted:
    """Deliveries were deleted from the history."""

    count: int


@dataclass(frozen=True, slots=True)
class TunnelChanged:
    """The tunnel opened, closed or got another public URL."""

    state: str
    public_url: str | None


@dataclass(frozen=True, slots=True)
class EventCompared:
    """Which channels brought one event: `both`, `sse` or `webhook`."""

    event_id: str
    name: str
    seen: str
    lag_ms: float | None
    equal: bool | None
    reason: str = ""
    """Why one channel did not bring it, in two or three words; "" when both did."""


@dataclass(frozen=True, slots=True)
class ProblemOccurred:
    """A step or a command failed."""

    problem: Problem
    again: float | None = None
    """Seconds until the next automatic try."""
    fatal: bool = False
    """Retrying cannot help: without a screen the program ends."""
    command: str = ""
    """The name of the command that failed; "" when it was none."""


@dataclass(frozen=True, slots=True)
class Notified:
    """A command without a visible effect was carried out; one sentence for a toast or a note."""

    sentence: str


@dataclass(frozen=True, slots=True)
class ForeignWebhook:
    """What GET /webhooks returned about a webhook that is not ours."""

    url: str
    registered_at: str | None = None
    last_response_status: int | str | None = None
    last_response_at: str | None = None


@dataclass(frozen=True, slots=True)
class OwnershipQuestioned:
    """The session waits for ResolveOwnership before it registers.

    `foreign`: the webhook that would be replaced; None: PiktID cannot tell whether there is one.
    """

    foreign: ForeignWebhook | None


@dataclass(frozen=True, slots=True)
class TokenRequired:
    """There is no token, or PiktID refused it; the session waits for a UseToken."""

    problem: Problem | None


@dataclass(frozen=True, slots=True)
class SecretRingChanged:
    """A secret was added to the ring or removed from it by a command."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A delivery was forwarded to the local app; the answer in its row may have changed."""

    sent: ForwardResult


@dataclass(frozen=True, slots=True)
class Replayed:
    """A delivery was replayed."""

    sent: ForwardResult
    alone: bool = True
    """False: it is one of several."""


@dataclass(frozen=True, slots=True)
class ReplayAdvanced:
    """The progress of replaying several deliveries; in the last of these events it is over."""

    progress: ReplayProgress


@dataclass(frozen=True, slots=True)
class ShutdownStepStarted:
    """A step of the shutdown began: `deleting webhook 41`, `closing the tunnel`."""

    step: str


@dataclass(frozen=True, slots=True)
class ShutdownStepEnded:
    """A step of the shutdown ended; `outcome`: `done`, or why not."""

    step: str
    outcome: str


@dataclass(frozen=True, slots=True)
class SessionStopped:
    """Everything is closed; the last event. `problem`: why it ended, unless `stop` was called."""

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
    | TunnelChanged
    | EventCompared
    | ProblemOccurred
    | Notified
    | OwnershipQuestioned
    | TokenRequired
    | SecretRingChanged
    | Forwarded
    | Replayed
    | ReplayAdvanced
    | ShutdownStepStarted
    | ShutdownStepEnded
    | SessionStopped
    | SessionUpdated
)
