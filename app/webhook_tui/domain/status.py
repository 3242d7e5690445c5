"""Where the session stands: one immutable snapshot of the route webhook -> public URL -> receiver -> answer.

Only the session creates snapshots; front ends read them. Times are UTC; front ends compute ages.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from webhook_tui.domain.answer_rules.rules import AnswerRule, Default
from webhook_tui.domain.comparison.compared_event import DifferingDelivery
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.forwarding.forward_result import UsedUrl
from webhook_tui.domain.refusal import Refusal


class ReceiverState(StrEnum):
    """The listening socket."""

    STARTING = "starting"
    LISTENING = "listening"
    STOPPED = "stopped"


class TunnelState(StrEnum):
    """The way from the internet to the receiver."""

    NONE = "none"
    """There is none to open: --hook-url, --tunnel none, --sandbox, --no-register without one."""
    WAITING = "waiting"
    """It opens when the receiver listens."""
    OPENING = "opening"
    LIVE = "live"
    UNVERIFIED = "unverified"
    """Open, but this machine could not reach its own public URL."""
    DOWN = "down"
    """Closed; opened again by itself at `next_try_at`."""
    FAILED = "failed"
    """Closed, and only a person can help."""


class WebhookState(StrEnum):
    """The registration at PiktID."""

    WAITING = "waiting"
    """It is registered when the route before it is open."""
    REGISTERING = "registering"
    AWAITING_CONSENT = "awaiting consent"
    """The user is asked whether one that is not ours may be replaced; nothing is sent before the answer."""
    REGISTERED = "registered"
    STALE = "stale"
    """Registered, but its URL is dead."""
    NOT_REGISTERED = "not registered"
    REFUSED = "refused"
    """PiktID or the user refused; `problem` has the reason."""
    TAKEN = "taken"
    """Another program registered its own URL since."""
    DELETED = "deleted"
    WATCHING = "watching"
    """--no-register: nothing at PiktID is touched."""


class ReceiverStatus(Struct, frozen=True):
    """Of the listening socket."""

    state: ReceiverState = ReceiverState.STARTING
    host: str = "127.0.0.1"
    port: int = 0


class TunnelStatus(Struct, frozen=True):
    """Of the tunnel."""

    state: TunnelState = TunnelState.WAITING
    kind: str = "ssh"
    """ssh, ngrok, command, static, none."""
    server: str = ""
    """Who gives the tunnel, in words: localhost.run, ngrok, the command's program."""
    public_url: str | None = None
    since: datetime | None = None
    """When this state began."""
    next_try_at: datetime | None = None
    tries: int = 0
    deadline_seconds: float = 20.0
    verified_at: datetime | None = None
    problem: Problem | None = None


class WebhookStatus(Struct, frozen=True):
    """Of the registration."""

    state: WebhookState = WebhookState.WAITING
    webhook_id: int | str | None = None
    url: str | None = None
    since: datetime | None = None
    """When this state began."""
    registered_at: datetime | None = None
    secret_since: datetime | None = None
    secret_short_id: str | None = None
    """Of the current signing secret."""
    last_response_status: int | str | None = None
    """The last outcome that PiktID reports, if it does."""
    last_response_at: str | None = None
    taken_by: str | None = None
    next_try_at: datetime | None = None
    problem: Problem | None = None


class Counts(Struct, frozen=True, gc=False):
    """Of this run."""

    received: int = 0
    good: int = 0
    """valid and older"""
    bad: int = 0
    """invalid, missing, malformed"""
    pending: int = 0


class StreamStatus(Struct, frozen=True):
    """Of the event stream (SSE) and what it shows beside the webhook."""

    state: str = "off"
    """off, connecting, live, down"""
    since: datetime | None = None
    last_seen_at: datetime | None = None
    both: int = 0
    only_sse: int = 0
    only_webhook: int = 0
    lost: int = 0
    """Events that arrived by SSE only, without a known reason."""
    differing: int = 0
    """Events that arrived by both with different contents."""
    differing_deliveries: tuple[DifferingDelivery, ...] = ()
    """The newest of them, at most 200."""
    problem: Problem | None = None


class SessionEnd(Struct, frozen=True):
    """The session has ended, and the screen still runs."""

    at: datetime
    problem: Problem
    """Why, and what to do."""
    restarting_since: datetime | None = None


class Deletion(Struct, frozen=True):
    """How far a deletion of many deliveries is."""

    done: int
    total: int


class SessionStatus(Struct, frozen=True):
    """Everything that the status line, the steps and the notice are made of."""

    api_url: str = ""
    sandbox: bool = False
    registers: bool = True
    """False with --no-register."""
    receiver: ReceiverStatus = field(default_factory=ReceiverStatus)
    tunnel: TunnelStatus = field(default_factory=TunnelStatus)
    webhook: WebhookStatus = field(default_factory=WebhookStatus)
    stream: StreamStatus = field(default_factory=StreamStatus)
    counts: Counts = field(default_factory=Counts)
    answer: str = "200"
    """The answer rule in words: `200`, `503 ×3 (1 left)`."""
    rule: AnswerRule = field(default_factory=Default)
    """The same, to be changed."""
    forward_to: str | None = None
    """Where deliveries are forwarded to; what is not answered by the rule is answered as that app does."""
    refusals: tuple[Refusal, ...] = ()
    """The requests of this run that were refused, one entry for each status, the last one refused at the end."""
    used_urls: tuple[UsedUrl, ...] = ()
    """Where the user had this account's deliveries sent to, the last used first."""
    token_place: str = ""
    """Where a token can be kept for the next run, in words; empty: nowhere."""
    ring_place: str = ""
    """Where the ring of secrets lies, in a word or two; empty: nowhere after this run."""
    storing: Problem | None = None
    """Why deliveries cannot be stored now, or None."""
    notes: tuple[Problem, ...] = ()
    """Things worth one line that no link of the route carries (a port that was taken, a database set aside)."""
    deletion: Deletion | None = None
    """Deliveries are being deleted."""
    end: SessionEnd | None = None
    """Set by the screen when its session has ended."""

    @property
    def last_used_url(self) -> str:
        """Where the user had deliveries sent to last, or ""."""
        return self.used_urls[0].url if self.used_urls else ""

    @property
    def refused(self) -> int:
        """How many requests of this run were refused."""
        return sum(refusal.count for refusal in self.refusals)

    @property
    def problem(self) -> Problem | None:
        """The one problem worth the notice: the first link of the route that is broken."""
        if self.end is not None:
            return self.end.problem
        candidates = (self.storing, self.webhook.problem, self.tunnel.problem)
        return next((problem for problem in candidates if problem is not None), None)
