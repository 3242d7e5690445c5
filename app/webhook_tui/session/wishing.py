"""Carries out what the front end asks for: each wish is handed to the part of the session that it is for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import singledispatchmethod
from typing import Any

from webhook_tui.domain.facts import ProblemOccurred, WishGranted
from webhook_tui.domain.problem import ProblemError
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.status import TunnelState
from webhook_tui.domain.wishes import (
    AddSecretWish,
    AnswerWish,
    CommentWish,
    DeleteDeliveriesWish,
    DeleteWish,
    EventSidesWish,
    ExplainWish,
    ForwardWish,
    GuardAnswer,
    JobsWish,
    JobWish,
    ListSecrets,
    MarkWish,
    OverviewWish,
    ProveWish,
    RegisterWish,
    RemoveSecret,
    ReplayWish,
    RevealSecretWish,
    RunsWish,
    SimulateWish,
    StopReplayWish,
    StreamWish,
    TestPingWish,
    TokenAnswer,
    TrySecret,
    Wish,
)
from webhook_tui.session.answering import Answering
from webhook_tui.session.board import Board
from webhook_tui.session.explaining import Explaining
from webhook_tui.session.keeper import RingKeeper
from webhook_tui.session.proving import Proving
from webhook_tui.session.reconciling import Reconciling
from webhook_tui.session.registrar import Registrar
from webhook_tui.session.ring_commands import RingCommands
from webhook_tui.session.sending import Sending
from webhook_tui.session.simulating import Simulating
from webhook_tui.session.surveying import Surveying
from webhook_tui.session.tending import Tending


@dataclass(frozen=True, slots=True)
class SessionParts:
    """The parts of one session that wishes are for."""

    board: Board
    keeper: RingKeeper
    ring_commands: RingCommands
    explaining: Explaining
    registrar: Registrar
    proving: Proving
    reconciling: Reconciling
    surveying: Surveying
    answering: Answering
    sending: Sending
    simulating: Simulating
    tending: Tending


class Wishing:
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
    def _(self, wish: RegisterWish) -> None:
        if self._parts.board.status.tunnel.state in (TunnelState.DOWN, TunnelState.FAILED):
            self._try_tunnel_now()
        self._parts.reconciling.try_now()
        self._parts.registrar.register(new_secret=wish.new_secret)

    @take.register
    def _(self, _wish: TestPingWish) -> None:
        self._start(self._parts.registrar.test_ping())

    @take.register
    def _(self, _wish: DeleteWish) -> None:
        self._start(self._parts.registrar.delete())

    @take.register
    def _(self, wish: GuardAnswer) -> None:
        self._parts.registrar.answer_guard(wish)

    @take.register
    def _(self, wish: TokenAnswer) -> None:
        if wish.keep:
            self._keep_token(wish.token)
        self._start(self._use_token(wish.token))

    @take.register
    def _(self, wish: AddSecretWish | RemoveSecret | ListSecrets | TrySecret | RevealSecretWish) -> None:
        self._start(self._parts.ring_commands.carry_out(wish))

    @take.register
    def _(self, wish: ExplainWish) -> None:
        self._start(self._parts.explaining.explain(wish.seq))

    @take.register
    def _(self, _wish: ProveWish) -> None:
        self._parts.proving.prove()

    @take.register
    def _(self, wish: StreamWish) -> None:
        self._parts.reconciling.show(wish.version)

    @take.register
    def _(self, wish: EventSidesWish) -> None:
        self._start(self._parts.reconciling.show_sides(wish.event_id))

    @take.register
    def _(self, _wish: OverviewWish) -> None:
        self._start(self._parts.surveying.show_overview())

    @take.register
    def _(self, _wish: JobsWish) -> None:
        self._start(self._parts.surveying.show_jobs())

    @take.register
    def _(self, wish: JobWish) -> None:
        self._start(self._parts.surveying.show_jobs(wish.job_id))

    @take.register
    def _(self, wish: AnswerWish) -> None:
        self._parts.answering.use(wish.rule)

    @take.register
    def _(self, wish: ForwardWish) -> None:
        self._remember(wish.url)
        self._start(self._parts.sending.forward_to(wish.url))

    @take.register
    def _(self, wish: ReplayWish) -> None:
        self._remember(wish.url)
        self._start(self._parts.sending.replay(wish))

    @take.register
    def _(self, _wish: StopReplayWish) -> None:
        self._parts.sending.stop_replay()

    @take.register
    def _(self, wish: SimulateWish) -> None:
        self._remember(wish.url)
        self._start(self._parts.simulating.simulate(wish))

    @take.register
    def _(self, wish: MarkWish | CommentWish | DeleteDeliveriesWish | RunsWish) -> None:
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
            board.emit(WishGranted(f"Token kept in {accounts.place}."))
