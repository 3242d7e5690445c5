"""What the user asks of forwarding and replaying while the session runs; what became of it is said as facts."""

from __future__ import annotations

from webhook_tui.domain.facts import ProblemOccurred, Replayed, WishGranted
from webhook_tui.domain.problem import Problem, ProblemError, Severity
from webhook_tui.domain.replaying import ReplayProgress
from webhook_tui.domain.secret import Secret
from webhook_tui.domain.sent import Sent
from webhook_tui.domain.wishes import ReplayWish
from webhook_tui.session.board import Board
from webhook_tui.session.forwarding import Forwarding, Replay
from webhook_tui.session.keeper import RingKeeper
from webhook_tui.session.replaying import SetReplay
from webhook_tui.store import DeliveryStore

_NO_SECRET = Problem(
    "There is no current secret to sign with.",
    "Registering gives one.",
    severity=Severity.WARNING,
    screen_hint="u registers and gets one.",
)
_BUSY = Problem(
    "Deliveries are being replayed already.",
    "Wait until they are sent.",
    severity=Severity.WARNING,
    screen_hint="r shows how far it is.",
)


class Sending:
    """Carries out the wishes to forward and to replay."""

    def __init__(self, board: Board, store: DeliveryStore, keeper: RingKeeper, forwarding: Forwarding) -> None:
        self._board = board
        self._store = store
        self._keeper = keeper
        self._forwarding = forwarding
        self._probed: Problem | None = None
        self._set: SetReplay | None = None

    async def forward_to(self, url: str | None) -> None:
        """Forward there from now on, or (None) nowhere; says so when nothing listens there."""
        try:
            self.use(url)
        except ProblemError as error:
            self._board.emit(ProblemOccurred(error.problem))
            return
        if url is not None:
            self._board.emit(WishGranted("Every delivery is forwarded from now on."))
        await self.probe()

    def use(self, url: str | None) -> None:
        """Forward there, or (None) nowhere; raises ProblemError when it must not be."""
        self._forwarding.use(url)
        self._board.change(forward_to=url)

    async def probe(self) -> None:
        """Note it when nothing listens where deliveries are forwarded to."""
        problem = await self._forwarding.probe()
        notes = tuple(note for note in self._board.status.notes if note is not self._probed)
        self._board.change(notes=notes if problem is None else (*notes, problem))
        self._probed = problem

    async def replay(self, wish: ReplayWish) -> None:
        """Send one again, or several in order; a delivery that is gone is left out. One set at a time."""
        try:
            self._forwarding.allow(wish.url)
            how = Replay(self._secret() if wish.sign_anew else None, wish.body)
            if len(wish.seqs) == 1:
                sent = await self._replay_one(wish.seqs[0], wish.url, how)
                if sent is not None:
                    self._board.emit(Replayed(sent))
                return
            await self._replay_all(wish, how)
        except ProblemError as error:
            self._board.emit(ProblemOccurred(error.problem))

    def stop_replay(self) -> None:
        """Send no more of the set."""
        if self._set is not None:
            self._set.stop()

    async def _replay_all(self, wish: ReplayWish, how: Replay) -> None:
        if self._set is not None:
            raise ProblemError(_BUSY)
        first = ReplayProgress(wish.url, len(wish.seqs), wish.sign_anew)
        self._set = SetReplay(
            wish.seqs,
            first,
            replay=lambda seq: self._replay_one(seq, wish.url, how),
            emit=self._board.emit,
        )
        try:
            await self._set.run()
        finally:
            self._set = None

    async def _replay_one(self, seq: int, url: str, how: Replay) -> Sent | None:
        stored = await self._store.stored(seq)
        return None if stored is None else await self._forwarding.replay(stored, url, how)

    def _secret(self) -> Secret:
        current = self._keeper.ring.current
        if current is None:
            raise ProblemError(_NO_SECRET)
        return current.secret
