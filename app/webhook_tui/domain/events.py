"""Events: what happened in the session, published to its front end in order, from the session's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.forwarding.forward_result import ForwardResult, ReplayProgress
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.status import SessionStatus

if TYPE_CHECKING:
    from webhook_tui.domain.alerts import AlertDigest
    from webhook_tui.domain.diagnostics.report import Cause
    from webhook_tui.domain.forwarding.handler_check import HandlerCheck


class StatusChanged(Struct, frozen=True, gc=False):
    """The status changed; published at most once every 50 ms."""

    status: SessionStatus


class HistoryOpened(Struct, frozen=True):
    """The history is open: `open_rows` and `open_found` may be called."""


class SessionReady(Struct, frozen=True):
    """The receiver listens, the public URL is open and, unless --no-register, the webhook is registered."""

    public_url: str | None
    port: int


class WebhookRegistered(Struct, frozen=True):
    """PUT /webhooks was answered; never carries the secret."""

    webhook_id: int | str | None
    url: str


class WebhookDeleted(Struct, frozen=True):
    """DELETE /webhooks was answered: no webhook is registered now."""


class DeliveryStored(Struct, frozen=True, gc=False):
    """One delivery is on disk; its answer is sent afterwards."""

    row: DeliveryRow
    delivery: Delivery
    is_simulated: bool = False
    """This run sent it itself."""
    is_strict: bool = False
    """The body is known to be strict JSON in UTF-8; False where that was not checked."""


class RequestRefused(Struct, frozen=True):
    """Requests of one status were answered with an error and not stored, since the last of these events."""

    refusal: Refusal


class VerdictChanged(Struct, frozen=True, gc=False):
    """The verdict of a stored delivery, or its reason, changed."""

    row: DeliveryRow
    cause: Cause | None = None
    """Why its signature does not verify, where that was found."""


class RowChanged(Struct, frozen=True, gc=False):
    """Mark, comment or sources of a stored delivery changed."""

    row: DeliveryRow


class DeliveriesDeleted(Struct, frozen=True):
    """Deliveries were deleted from the history."""

    count: int
    is_stopped: bool = False
    """Whether the user stopped the deletion before its end."""


class TunnelChanged(Struct, frozen=True):
    """The tunnel opened, closed or got another public URL."""

    state: str
    public_url: str | None


class EventCompared(Struct, frozen=True):
    """Which channels brought one event: `both`, `sse` or `webhook`."""

    event_id: str
    name: str
    seen: str
    lag_ms: float | None
    equal: bool | None
    reason: str = ""
    """Why one channel did not bring it, in two or three words; "" when both did."""


class ProblemOccurred(Struct, frozen=True):
    """A step or a command failed."""

    problem: Problem
    again: float | None = None
    """Seconds until the next automatic try."""
    fatal: bool = False
    """Retrying cannot help: without a screen the program ends."""
    command: str = ""
    """The name of the command that failed; "" when it was none."""


class Notified(Struct, frozen=True):
    """A command without a visible effect was carried out; one sentence for a toast or a note."""

    sentence: str


class ForeignWebhook(Struct, frozen=True):
    """What GET /webhooks returned about a webhook that is not ours."""

    url: str
    registered_at: str | None = None
    last_response_status: int | str | None = None
    last_response_at: str | None = None


class OwnershipQuestioned(Struct, frozen=True):
    """The session waits for ResolveOwnership before it registers.

    `foreign`: the webhook that would be replaced; None: PiktID does not report whether there is one.
    """

    foreign: ForeignWebhook | None


class TokenRequired(Struct, frozen=True):
    """There is no token, or PiktID refused it; the session waits for a UseToken."""

    problem: Problem | None
    place: str = ""
    """`SessionStatus.token_place`, which a front end may learn after this event."""


class SecretRingChanged(Struct, frozen=True):
    """A secret was added to the ring or removed from it by a command."""


class Forwarded(Struct, frozen=True):
    """A delivery was forwarded to the local app; the answer in its row may have changed."""

    sent: ForwardResult


class Replayed(Struct, frozen=True):
    """A delivery was replayed."""

    sent: ForwardResult
    alone: bool = True
    """False: it is one of several."""


class ReplayAdvanced(Struct, frozen=True):
    """The progress of replaying several deliveries; in the last of these events it is over."""

    progress: ReplayProgress


class HandlerCheckAdvanced(Struct, frozen=True):
    """The progress of checking a handler; unless its state is RUNNING, it is over."""

    check: HandlerCheck


class Alerted(Struct, frozen=True):
    """Something happened that the user wants to be told of without looking (`--notify`)."""

    digest: AlertDigest


class ShutdownStepStarted(Struct, frozen=True):
    """A step of the shutdown began: `deleting webhook 41`, `closing the tunnel`."""

    step: str


class ShutdownStepEnded(Struct, frozen=True):
    """A step of the shutdown ended; `outcome`: `done`, or why not."""

    step: str
    outcome: str


class SessionStopped(Struct, frozen=True):
    """Everything is closed; the last event. `problem`: why it ended, unless `stop` was called."""

    problem: Problem | None = None
    is_unexpected: bool = False
    """The session's process died without giving a reason."""


class SessionUpdated(Struct, frozen=True, gc=False):
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
    | HandlerCheckAdvanced
    | Alerted
    | ShutdownStepStarted
    | ShutdownStepEnded
    | SessionStopped
    | SessionUpdated
)
