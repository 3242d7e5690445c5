"""Commands that a front end sends to the session. The outcome is published as events."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from webhook_tui.domain.answer_rules.rules import AnswerRule
from webhook_tui.domain.signature.secret import Secret


class RegisterWebhook(Struct, frozen=True):
    """Retry the first step that failed (tunnel, event stream), then register the webhook if it is not registered."""

    new_secret: bool = False
    """Register also when the registration works: PiktID keeps the URL and replaces the secret."""


class StartRegistration(Struct, frozen=True):
    """The screen is shown: connect to PiktID and register from now on.

    Before, a session with a screen only listens and opens the tunnel; all other commands wait for this one.
    """


class SendTestPing(Struct, frozen=True):
    """Ask PiktID for a test ping (POST /webhooks/test)."""

    __test__ = False


class DeleteWebhook(Struct, frozen=True):
    """Delete the webhook if this run registered it and it is still ours (DELETE /webhooks)."""


class OwnershipChoice(StrEnum):
    """What to do about a webhook that is not ours."""

    KEEP = "keep"
    WATCH = "watch"
    REPLACE = "replace"


class ResolveOwnership(Struct, frozen=True):
    """The answer to OwnershipQuestioned."""

    choice: OwnershipChoice
    restore_previous: bool = False
    """Register the previous URL again on exit."""


class UseToken(Struct, frozen=True):
    """Use another API token; the answer to TokenRequired."""

    token: Secret
    keep: bool = False
    """Save it for the next run, in `SessionStatus.token_place`."""


class AddSecret(Struct, frozen=True):
    """Add a secret to the ring; stored deliveries that are not valid are verified again."""

    secret: Secret
    keep: bool = False
    """In the account's ring, for every run; else for this run."""


class RemoveSecret(Struct, frozen=True):
    """Remove a secret that is not the current one from the ring; its deliveries are verified again without it."""

    secret_id: str


class CheckReachability(Struct, frozen=True):
    """Check now whether the public URL reaches the receiver; ends in Notified."""


class SetAnswerRule(Struct, frozen=True):
    """Answer deliveries by another rule, from the next one on."""

    rule: AnswerRule


class SetForwarding(Struct, frozen=True):
    """Forward every delivery to `url` from now on; None stops forwarding."""

    url: str | None


class ReplayDeliveries(Struct, frozen=True):
    """Send stored deliveries again, in this order, one after the other.

    Each ends in Replayed; several also publish ReplayAdvanced.
    """

    seqs: tuple[int, ...]
    url: str
    re_sign: bool = False
    """Sign with the current secret; False keeps the original signature."""
    body: bytes | None = None
    """Replaces the received body; for a single delivery only."""


class StopReplay(Struct, frozen=True):
    """Stop the replay of several deliveries without waiting for the response under way."""


class PauseReplay(Struct, frozen=True):
    """Pause the replay of several deliveries after the response under way, or resume it."""

    is_paused: bool


class SimulateEvent(Struct, frozen=True):
    """Send an event of our own, signed with the current secret; ends in Notified or ProblemOccurred."""

    event: str
    url: str | None
    """Where to; None: our own receiver, which stores it like any delivery."""
    body: bytes | None = None
    """None: a sample of that event."""


class CheckHandler(Struct, frozen=True):
    """Send valid, forged and malformed deliveries, signed with the current secret, to a handler.

    Publishes HandlerCheckAdvanced; a check that is under way is stopped first.
    """

    url: str
    elsewhere: bool = False
    """Also when it is not on this machine."""


class StopHandlerCheck(Struct, frozen=True):
    """Stop the check of a handler without waiting for the response under way."""


class MarkDelivery(Struct, frozen=True):
    """Mark or unmark a delivery; ends in RowChanged."""

    seq: int
    marked: bool


class CommentDelivery(Struct, frozen=True):
    """Set the comment of a delivery, "" removes it; ends in RowChanged."""

    seq: int
    text: str


class DeleteDeliveries(Struct, frozen=True):
    """Delete deliveries from the history; ends in DeliveriesDeleted."""

    seqs: tuple[int, ...] | None
    """Their numbers; None: all but the marked ones, of every run."""


class StopDeletion(Struct, frozen=True):
    """Stop deleting deliveries, also those that are too old; what is deleted stays so."""


Command: TypeAlias = (
    RegisterWebhook
    | StartRegistration
    | SendTestPing
    | DeleteWebhook
    | ResolveOwnership
    | UseToken
    | AddSecret
    | RemoveSecret
    | CheckReachability
    | SetAnswerRule
    | SetForwarding
    | ReplayDeliveries
    | StopReplay
    | PauseReplay
    | SimulateEvent
    | CheckHandler
    | StopHandlerCheck
    | MarkDelivery
    | CommentDelivery
    | DeleteDeliveries
    | StopDeletion
)
