"""What a front end asks of the session; what became of it comes back as a fact."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from webhook_tui.domain.answer_rules.rules import AnswerRule
from webhook_tui.domain.signature.secret import Secret


@dataclass(frozen=True, slots=True)
class RegisterWebhook:
    """Go on from the first step that has not worked (receiver, tunnel), then register, again if need be."""


@dataclass(frozen=True, slots=True)
class StartRegistration:
    """The screen is shown: register from now on. Before, a session with a screen only listens and opens the tunnel."""


@dataclass(frozen=True, slots=True)
class SendTestPing:
    """POST /webhooks/test."""

    __test__ = False


@dataclass(frozen=True, slots=True)
class DeleteWebhook:
    """DELETE /webhooks, if this run registered it and still holds it."""


class OwnershipChoice(StrEnum):
    """What to do about a webhook that is not ours."""

    KEEP = "keep"
    WATCH = "watch"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class ResolveOwnership:
    """The answer to OwnershipQuestioned."""

    choice: OwnershipChoice
    restore_previous: bool = False
    """Register the old URL again when leaving."""


@dataclass(frozen=True, slots=True)
class UseToken:
    """The answer to TokenRequired; the session starts over with it."""

    token: Secret
    keep: bool = False
    """Keep it for the next run, in `SessionStatus.token_place`."""


@dataclass(frozen=True, slots=True)
class AddSecret:
    """Put a secret into the ring; stored deliveries that are not valid are judged again."""

    secret: Secret


@dataclass(frozen=True, slots=True)
class RevealSecret:
    """Say the current signing secret in clear."""


@dataclass(frozen=True, slots=True)
class ExplainSignature:
    """Say all that is known of the signature of delivery `seq`; answered by SignatureExplained."""

    seq: int


@dataclass(frozen=True, slots=True)
class CheckReachability:
    """Try now whether the public URL leads here; answered by Notified, and by the tunnel's `verified_at`."""


@dataclass(frozen=True, slots=True)
class GetComparison:
    """Say what webhook and event stream showed; answered by ComparisonShown, or not at all while nothing is new.

    A screen asks about once a second while it shows them, so that a flood of events costs it nothing.
    """

    version: int = -1
    """Of the last ComparisonShown; -1: none yet."""


@dataclass(frozen=True, slots=True)
class GetEventSides:
    """Say what each channel brought of one event; answered by EventSidesShown."""

    event_id: str


@dataclass(frozen=True, slots=True)
class GetStatistics:
    """Say what the Status screen shows; answered by StatisticsShown. Counting goes on a little with each of these."""


@dataclass(frozen=True, slots=True)
class ListJobs:
    """Say which jobs there are; answered by JobsShown. Reading goes on a little with each of these."""


@dataclass(frozen=True, slots=True)
class GetJob:
    """Say all that is known of one job; answered by JobShown. Reading goes on, too."""

    job_id: str


@dataclass(frozen=True, slots=True)
class SetAnswerRule:
    """Answer by another rule, from the next delivery on."""

    rule: AnswerRule


@dataclass(frozen=True, slots=True)
class SetForwarding:
    """Forward every delivery to that URL from now on; None: no more."""

    url: str | None


@dataclass(frozen=True, slots=True)
class ReplayDeliveries:
    """Send deliveries again, in that order, one after the other; each is answered by Replayed.

    Several are answered by ReplayAdvanced, too.
    """

    seqs: tuple[int, ...]
    url: str
    re_sign: bool = False
    """With the current secret; else the signature goes as received."""
    body: bytes | None = None
    """In place of the one received; only of a single delivery."""


@dataclass(frozen=True, slots=True)
class StopReplay:
    """Send no more of the deliveries that are being replayed, and do not wait for the answer to the one under way."""


@dataclass(frozen=True, slots=True)
class SimulateEvent:
    """Send an event of our own, signed with the current secret; answered by Notified or ProblemOccurred."""

    event: str
    url: str | None
    """None: the receiver itself, where it is stored like any delivery."""
    body: bytes | None = None
    """None: a sample."""


@dataclass(frozen=True, slots=True)
class MarkDelivery:
    """Mark a delivery, or take the mark off; answered by RowChanged."""

    seq: int
    marked: bool


@dataclass(frozen=True, slots=True)
class CommentDelivery:
    """Keep the user's words about a delivery, "" to forget them; answered by RowChanged."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class DeleteDeliveries:
    """Delete deliveries from the history for good; answered by DeliveriesDeleted."""

    seqs: tuple[int, ...] | None
    """Their numbers; None: all but the marked, of every run."""


@dataclass(frozen=True, slots=True)
class ListRuns:
    """Say which runs of the program the history remembers; answered by RunsListed."""


Wish: TypeAlias = (
    RegisterWebhook
    | StartRegistration
    | SendTestPing
    | DeleteWebhook
    | ResolveOwnership
    | UseToken
    | AddSecret
    | RevealSecret
    | ExplainSignature
    | CheckReachability
    | GetComparison
    | GetEventSides
    | SetAnswerRule
    | SetForwarding
    | ReplayDeliveries
    | StopReplay
    | SimulateEvent
    | MarkDelivery
    | CommentDelivery
    | DeleteDeliveries
    | ListRuns
    | GetStatistics
    | ListJobs
    | GetJob
)
