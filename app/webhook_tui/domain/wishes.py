"""What a front end asks of the session; what became of it comes back as a fact."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from webhook_tui.domain.answering import AnswerRule
from webhook_tui.domain.secret import Secret


@dataclass(frozen=True, slots=True)
class RegisterWish:
    """Go on from the first step that has not worked (receiver, tunnel), then register, again if need be."""

    new_secret: bool = False
    """Register also when the registration works: PiktID keeps the URL and replaces the secret."""


@dataclass(frozen=True, slots=True)
class TestPingWish:
    """POST /webhooks/test."""

    __test__ = False


@dataclass(frozen=True, slots=True)
class DeleteWish:
    """DELETE /webhooks, if this run registered it and still holds it."""


class GuardChoice(StrEnum):
    """What to do about a webhook that is not ours."""

    KEEP = "keep"
    WATCH = "watch"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class GuardAnswer:
    """The answer to GuardAsked."""

    choice: GuardChoice
    put_back: bool = False
    """Register the old URL again when leaving."""


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """The answer to TokenAsked; the session starts over with it."""

    token: Secret
    keep: bool = False
    """Keep it for the next run, in `SessionStatus.token_place`."""


@dataclass(frozen=True, slots=True)
class AddSecretWish:
    """Put a secret into the ring; stored deliveries that are not valid are verified again."""

    secret: Secret
    keep: bool = False
    """In the account's ring, for every run; else for this run."""


@dataclass(frozen=True, slots=True)
class RemoveSecret:
    """Take a secret that is not the current one out of the ring; its deliveries are verified again without it."""

    secret_id: str


@dataclass(frozen=True, slots=True)
class ListSecrets:
    """Say what the ring holds; answered by SecretsListed."""


@dataclass(frozen=True, slots=True)
class TrySecret:
    """Say which stored deliveries a secret would make valid; answered by SecretTried, unless another is tried since."""

    secret: Secret


@dataclass(frozen=True, slots=True)
class RevealSecretWish:
    """Say a signing secret of the ring in clear; answered by SecretRevealed."""

    secret_id: str


@dataclass(frozen=True, slots=True)
class ExplainWish:
    """Say all that is known of the signature of delivery `seq`; answered by DeliveryExplained."""

    seq: int


@dataclass(frozen=True, slots=True)
class ProveWish:
    """Try now whether the public URL leads here; answered by WishGranted, and by the tunnel's `proven_at`."""


@dataclass(frozen=True, slots=True)
class StreamWish:
    """Say what webhook and event stream showed; answered by StreamShown, or not at all while nothing is new.

    A screen asks about once a second while it shows them, so that a flood of events costs it nothing.
    """

    version: int = -1
    """Of the last StreamShown; -1: none yet."""


@dataclass(frozen=True, slots=True)
class EventSidesWish:
    """Say what each channel brought of one event; answered by EventSidesShown."""

    event_id: str


@dataclass(frozen=True, slots=True)
class OverviewWish:
    """Say what the Status screen shows; answered by OverviewShown. Counting goes on a little with each of these."""


@dataclass(frozen=True, slots=True)
class JobsWish:
    """Say which jobs there are; answered by JobsShown. Reading goes on a little with each of these."""


@dataclass(frozen=True, slots=True)
class JobWish:
    """Say all that is known of one job; answered by JobShown. Reading goes on, too."""

    job_id: str


@dataclass(frozen=True, slots=True)
class AnswerWish:
    """Answer by another rule, from the next delivery on."""

    rule: AnswerRule


@dataclass(frozen=True, slots=True)
class ForwardWish:
    """Forward every delivery to that URL from now on; None: no more."""

    url: str | None


@dataclass(frozen=True, slots=True)
class ReplayWish:
    """Send deliveries again, in that order, one after the other; each is answered by Replayed.

    Several are answered by ReplayAdvanced, too.
    """

    seqs: tuple[int, ...]
    url: str
    sign_anew: bool = False
    """With the current secret; else the signature goes as received."""
    body: bytes | None = None
    """In place of the one received; only of a single delivery."""


@dataclass(frozen=True, slots=True)
class StopReplayWish:
    """Send no more of the deliveries that are being replayed, and do not wait for the answer to the one under way."""


@dataclass(frozen=True, slots=True)
class SimulateWish:
    """Send an event of our own, signed with the current secret; answered by WishGranted or ProblemOccurred."""

    event: str
    url: str | None
    """None: the receiver itself, where it is stored like any delivery."""
    body: bytes | None = None
    """None: a sample."""


@dataclass(frozen=True, slots=True)
class MarkWish:
    """Mark a delivery, or take the mark off; answered by RowChanged."""

    seq: int
    marked: bool


@dataclass(frozen=True, slots=True)
class CommentWish:
    """Keep the user's words about a delivery, "" to forget them; answered by RowChanged."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class DeleteDeliveriesWish:
    """Delete deliveries from the history for good; answered by DeliveriesDeleted."""

    seqs: tuple[int, ...] | None
    """Their numbers; None: all but the marked, of every run."""


@dataclass(frozen=True, slots=True)
class RunsWish:
    """Say which runs of the program the history remembers; answered by RunsListed."""


Wish: TypeAlias = (
    RegisterWish
    | TestPingWish
    | DeleteWish
    | GuardAnswer
    | TokenAnswer
    | AddSecretWish
    | RemoveSecret
    | ListSecrets
    | TrySecret
    | RevealSecretWish
    | ExplainWish
    | ProveWish
    | StreamWish
    | EventSidesWish
    | AnswerWish
    | ForwardWish
    | ReplayWish
    | StopReplayWish
    | SimulateWish
    | MarkWish
    | CommentWish
    | DeleteDeliveriesWish
    | RunsWish
    | OverviewWish
    | JobsWish
    | JobWish
)
