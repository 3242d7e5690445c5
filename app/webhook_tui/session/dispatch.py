"""Carries out what the front end asks for: each wish is handed to the part of the session that it is for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import singledispatchmethod
from typing import Any

from webhook_tui.domain.commands import (
    AddSecret,
    CheckReachability,
    CommentDelivery,
    DeleteDeliveries,
    DeleteWebhook,
    ExplainSignature,
    GetComparison,
    GetEventSides,
    GetJob,
    GetStatistics,
    ListJobs,
    ListRuns,
    MarkDelivery,
    RegisterWebhook,
    ReplayDeliveries,
    ResolveOwnership,
    RevealSecret,
    SendTestPing,
    SetAnswerRule,
    SetForwarding,
    SimulateEvent,
    StartRegistration,
    StopReplay,
    UseToken,
    Wish,
)
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.events import Notified, ProblemOccurred, SecretRevealed
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import TunnelState
from webhook_tui.session.annotations import Annotations
from webhook_tui.session.answer_rule import ActiveAnswerRule
from webhook_tui.session.comparison import StreamComparison
from webhook_tui.session.diagnostics import Diagnostics
from webhook_tui.session.reachability import ReachabilityCheck
from webhook_tui.session.registration import WebhookRegistration
from webhook_tui.session.replay import Replayer
from webhook_tui.session.reverification import Reverification
from webhook_tui.session.secret_ring import SecretRingRepository
from webhook_tui.session.simulation import EventSimulation
from webhook_tui.session.statistics import Statistics
from webhook_tui.session.status import StatusPublisher


@dataclass(frozen=True, slots=True)
class SessionParts:
    """The parts of one session that wishes are for."""

    board: StatusPublisher
    keeper: SecretRingRepository
    judge: Reverification
    explaining: Diagnostics
    registrar: WebhookRegistration
    proving: ReachabilityCheck
    reconciling: StreamComparison
    surveying: Statistics
    answering: ActiveAnswerRule
    sending: Replayer
    simulating: EventSimulation
    tending: Annotations


class CommandDispatcher:
    """All calls come from the session's loop."""

    def __init__(
        self,
        parts: SessionParts,
        *,
        start: Callable[[Coroutine[Any, Any, None]], object],
        use_token: Callable[[Secret], Coroutine[Any, Any, None]],
        try_tunnel_now: Callable[[], None],
        api_url: str,
    ) -> None:
        """`start` lets a coroutine run beside the others; `api_url`: whose token is kept."""
        self._parts = parts
        self._start = start
        self._use_token = use_token
        self._try_tunnel_now = try_tunnel_now
        self._api_url = api_url

    @singledispatchmethod
    def take(self, wish: Wish) -> None:
        """Carry out one wish; runs on the loop."""
        raise TypeError(f"no such wish: {type(wish).__name__}")

    @take.register
    def _(self, _wish: RegisterWebhook) -> None:
        if self._parts.board.status.tunnel.state in (TunnelState.DOWN, TunnelState.FAILED):
            self._try_tunnel_now()
        self._parts.reconciling.try_now()
        self._parts.registrar.try_again()

    @take.register
    def _(self, _wish: StartRegistration) -> None:
        self._parts.registrar.permit()

    @take.register
    def _(self, _wish: SendTestPing) -> None:
        self._start(self._parts.registrar.test_ping())

    @take.register
    def _(self, _wish: DeleteWebhook) -> None:
        self._start(self._parts.registrar.delete())

    @take.register
    def _(self, wish: ResolveOwnership) -> None:
        self._parts.registrar.answer_guard(wish)

    @take.register
    def _(self, wish: UseToken) -> None:
        if wish.keep:
            self._keep_token(wish.token)
        self._start(self._use_token(wish.token))

    @take.register
    def _(self, wish: AddSecret) -> None:
        if self._parts.keeper.added(wish.secret):
            self._parts.judge.again()
            self._parts.board.emit(Notified("Secret added: every delivery that is not valid is judged again."))
        else:
            self._parts.board.emit(Notified("The ring has this secret already."))

    @take.register
    def _(self, _wish: RevealSecret) -> None:
        current = self._parts.keeper.ring.current
        self._parts.board.emit(
            SecretRevealed(current.secret.reveal() if current else None, current.since if current else None)
        )

    @take.register
    def _(self, wish: ExplainSignature) -> None:
        self._start(self._parts.explaining.explain(wish.seq))

    @take.register
    def _(self, _wish: CheckReachability) -> None:
        self._parts.proving.prove()

    @take.register
    def _(self, wish: GetComparison) -> None:
        self._parts.reconciling.show(wish.version)

    @take.register
    def _(self, wish: GetEventSides) -> None:
        self._start(self._parts.reconciling.show_sides(wish.event_id))

    @take.register
    def _(self, _wish: GetStatistics) -> None:
        self._start(self._parts.surveying.show_overview())

    @take.register
    def _(self, _wish: ListJobs) -> None:
        self._start(self._parts.surveying.show_jobs())

    @take.register
    def _(self, wish: GetJob) -> None:
        self._start(self._parts.surveying.show_jobs(wish.job_id))

    @take.register
    def _(self, wish: SetAnswerRule) -> None:
        self._parts.answering.use(wish.rule)

    @take.register
    def _(self, wish: SetForwarding) -> None:
        self._remember(wish.url)
        self._start(self._parts.sending.forward_to(wish.url))

    @take.register
    def _(self, wish: ReplayDeliveries) -> None:
        self._remember(wish.url)
        self._start(self._parts.sending.replay(wish))

    @take.register
    def _(self, _wish: StopReplay) -> None:
        self._parts.sending.stop_replay()

    @take.register
    def _(self, wish: SimulateEvent) -> None:
        self._remember(wish.url)
        self._start(self._parts.simulating.simulate(wish))

    @take.register
    def _(self, wish: MarkDelivery | CommentDelivery | DeleteDeliveries | ListRuns) -> None:
        self._start(self._parts.tending.carry_out(wish))

    def _remember(self, url: str | None) -> None:
        """For the next time that the user is asked where to."""
        if url is not None:
            self._parts.keeper.remember_url(url)
            self._parts.board.change(used_urls=self._parts.keeper.used_urls)

    def _keep_token(self, token: Secret) -> None:
        accounts, board = self._parts.keeper.accounts, self._parts.board
        try:
            accounts.keep_token(self._api_url, token)
        except ProblemError as error:
            board.emit(ProblemOccurred(error.problem))
        else:
            board.emit(Notified(f"Token kept in {accounts.place}."))
