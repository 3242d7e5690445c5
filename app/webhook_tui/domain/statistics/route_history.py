"""The history of the tunnel and of the registration in this run, derived from successive statuses; bounded."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from webhook_tui.domain.status import SessionStatus, TunnelState, TunnelStatus, WebhookState, WebhookStatus

_MOST = 100


class Phase(StrEnum):
    """What a tunnel did for a while. The value is the word on the screen."""

    OPENING = "opening"
    OPEN = "open"
    REOPENED = "open again"
    DOWN = "down"
    FAILED = "gave up"


class TunnelPhase(Struct, frozen=True):
    """A period and its description."""

    phase: Phase
    since: datetime
    until: datetime | None = None
    """None: it still does."""
    public_url: str | None = None
    """Raw: sanitise before showing."""
    reason: str = ""
    """Why it is down (raw)."""
    tries: int = 0
    """How often it was tried to open it again."""


class Call(StrEnum):
    """What was asked of PiktID, or (OTHER) what another program did."""

    PUT = "PUT"
    DELETE = "DELETE"
    OTHER = "other"


class RegistrationStep(Struct, frozen=True):
    """One change of the registration."""

    call: Call
    at: datetime
    webhook_id: int | str | None
    url: str | None
    """Raw: sanitise before showing."""
    outcome: str
    """A few words, or PiktID's message (raw)."""
    worked: bool


class RouteHistory:
    """Records statuses with their times; keeps the newest hundred changes of each, oldest first."""

    def __init__(self) -> None:
        self._phases: deque[TunnelPhase] = deque(maxlen=_MOST)
        self._steps: deque[RegistrationStep] = deque(maxlen=_MOST)
        self._tunnel: TunnelStatus | None = None
        self._webhook = WebhookStatus()
        self._was_open = False

    @property
    def phases(self) -> tuple[TunnelPhase, ...]:
        """Of the tunnel."""
        return tuple(self._phases)

    @property
    def steps(self) -> tuple[RegistrationStep, ...]:
        """Of the registration."""
        return tuple(self._steps)

    def record(self, status: SessionStatus, at: datetime) -> None:
        """Another status, since `at`."""
        if status.tunnel is not self._tunnel:
            self._tunnel = status.tunnel
            self._look_at_tunnel(status.tunnel, at)
        before, self._webhook = self._webhook, status.webhook
        if before is not status.webhook:
            step = _step(before, status.webhook, status.tunnel.public_url, at)
            if step is not None:
                self._steps.append(step)

    def _look_at_tunnel(self, tunnel: TunnelStatus, at: datetime) -> None:
        last = self._phases[-1] if self._phases else None
        phase = self._phase(tunnel, last)
        if phase is None:
            return
        reason = tunnel.problem.message if tunnel.problem is not None else ""
        is_open = phase in (Phase.OPEN, Phase.REOPENED)
        url = tunnel.public_url if is_open else None
        self._was_open = self._was_open or is_open
        if last is not None and (last.phase, last.public_url) == (phase, url):
            self._phases[-1] = replace(
                last, reason=reason or last.reason, tries=max(last.tries, 0 if is_open else tunnel.tries)
            )
            return
        if last is not None:
            self._phases[-1] = replace(last, until=at)
        self._phases.append(TunnelPhase(phase, at, None, url, reason, 0 if is_open else tunnel.tries))

    def _phase(self, tunnel: TunnelStatus, last: TunnelPhase | None) -> Phase | None:
        match tunnel.state:
            case TunnelState.OPENING:
                # Trying again is part of being down.
                is_trying = last is not None and last.phase in (Phase.DOWN, Phase.FAILED)
                return last.phase if last is not None and is_trying else Phase.OPENING
            case TunnelState.LIVE | TunnelState.UNVERIFIED:
                if last is not None and last.public_url is not None and last.public_url == tunnel.public_url:
                    return last.phase
                return Phase.REOPENED if self._was_open else Phase.OPEN
            case TunnelState.DOWN:
                return Phase.DOWN
            case TunnelState.FAILED:
                return Phase.FAILED
            case _:
                return None


def _step(before: WebhookStatus, now: WebhookStatus, public_url: str | None, at: datetime) -> RegistrationStep | None:
    said = now.problem.message if now.problem is not None else ""
    if before.state in (WebhookState.REGISTERING, WebhookState.AWAITING_CONSENT):
        return _put(now, public_url, at, said)
    if before.state is now.state:
        return None
    match now.state:
        case WebhookState.DELETED:
            call = Call.OTHER if said else Call.DELETE
            return RegistrationStep(call, at, now.webhook_id, now.url, said or "deleted", worked=not said)
        case WebhookState.TAKEN:
            return RegistrationStep(Call.OTHER, at, now.webhook_id, now.url, said or "taken", worked=False)
        case WebhookState.REGISTERED:
            return RegistrationStep(Call.OTHER, at, now.webhook_id, now.url, "ours after all", worked=True)
        case _:
            return None


def _put(now: WebhookStatus, public_url: str | None, at: datetime, said: str) -> RegistrationStep | None:
    match now.state:
        case WebhookState.REGISTERED:
            return RegistrationStep(Call.PUT, at, now.webhook_id, now.url, "registered", worked=True)
        case WebhookState.NOT_REGISTERED | WebhookState.REFUSED if said:
            return RegistrationStep(Call.PUT, at, None, public_url, said, worked=False)
        case WebhookState.NOT_REGISTERED | WebhookState.WATCHING:
            return RegistrationStep(
                Call.PUT, at, None, public_url, "not sent: the webhook that is there stays", worked=False
            )
        case _:
            return None
