"""Carries out the commands to forward and to replay; several deliveries are replayed one after the other."""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec.structs import replace

from webhook_tui.domain.commands import ReplayDeliveries
from webhook_tui.domain.errors import Problem, ProblemError, delivery_gone
from webhook_tui.domain.events import Notified, ReplayAdvanced, Replayed
from webhook_tui.domain.forwarding.forward_result import MOST_ODD, ForwardResult, ReplayProgress, ReplayState
from webhook_tui.session import messages
from webhook_tui.session.bus import EventBus
from webhook_tui.session.forwarding.forwarder import Forwarder, Replay
from webhook_tui.session.status import StatusPublisher
from webhook_tui.session.verification.secret_ring import SecretRingRepository
from webhook_tui.storage.history import DeliveryStore


class Replayer:
    """Forwards and replays. Belongs to the session's loop."""

    def __init__(
        self,
        store: DeliveryStore,
        secret_ring: SecretRingRepository,
        status: StatusPublisher,
        bus: EventBus,
        forwarder: Forwarder,
    ) -> None:
        self._store = store
        self._secret_ring = secret_ring
        self._status = status
        self._bus = bus
        self._forwarder = forwarder
        self._probe_note: Problem | None = None
        self._batch: BatchReplay | None = None

    async def forward_to(self, url: str | None) -> None:
        """Forward to `url` from now on, or (None) not at all. Raises ProblemError when it is not allowed."""
        self._secret_ring.remember_url(url)
        self.set_forwarding(url)
        if url is not None:
            self._bus.publish(Notified(messages.FORWARDING))
        await self.probe()

    def set_forwarding(self, url: str | None) -> None:
        """Set where to forward. Raises ProblemError when it is not allowed."""
        self._forwarder.set_url(url)
        self._status.change(forward_to=url)

    async def probe(self) -> None:
        """Add a note when nothing listens where deliveries are forwarded to."""
        problem = await self._forwarder.probe()
        self._status.remove_note(self._probe_note)
        if problem is not None:
            self._status.add_note(problem)
        self._probe_note = problem

    async def replay(self, command: ReplayDeliveries) -> None:
        """Replay one delivery, or several in order; of several those that are not stored any more are skipped.

        Raises ProblemError when the URL is not allowed, there is no secret to sign with, the only one is not stored any
        more, or several are under way.
        """
        self._secret_ring.remember_url(command.url)
        self._forwarder.allow(command.url)
        how = Replay(self._secret_ring.signing_secret() if command.re_sign else None, command.body)
        if len(command.seqs) > 1:
            await self._replay_batch(command, how)
            return
        stored = await self._store.stored(command.seqs[0])
        if stored is None:
            raise ProblemError(delivery_gone(command.seqs[0]))
        self._bus.publish(Replayed(await self._forwarder.replay(stored, command.url, how)))

    def stop(self) -> None:
        """Stop replaying several deliveries."""
        if self._batch is not None:
            self._batch.stop()

    def pause(self, *, is_paused: bool) -> None:
        """Pause the replay of several deliveries, or resume it."""
        if self._batch is not None:
            self._batch.pause(is_paused=is_paused)

    async def _replay_batch(self, command: ReplayDeliveries, how: Replay) -> None:
        if self._batch is not None:
            raise ProblemError(messages.REPLAY_UNDER_WAY)
        self._batch = BatchReplay(command, how, self._store, self._forwarder, self._bus)
        try:
            await self._batch.run()
        finally:
            self._batch = None


class BatchReplay:
    """Replays several deliveries once. Belongs to the session's loop."""

    def __init__(
        self, command: ReplayDeliveries, how: Replay, store: DeliveryStore, forwarder: Forwarder, bus: EventBus
    ) -> None:
        self._command = command
        self._how = how
        self._store = store
        self._forwarder = forwarder
        self._bus = bus
        self._progress = ReplayProgress(command.url, len(command.seqs), command.re_sign)
        self._missed: list[int] = []
        self._is_stopped = asyncio.Event()
        self._may_send = asyncio.Event()
        self._may_send.set()

    def stop(self) -> None:
        """Send no more of them, and do not wait for the response under way."""
        self._is_stopped.set()

    def pause(self, *, is_paused: bool) -> None:
        """Send no more of them until it is resumed; the one under way is finished."""
        if is_paused:
            self._may_send.clear()
        else:
            self._may_send.set()
        self._advance(state=ReplayState.PAUSED if is_paused else ReplayState.RUNNING)

    async def run(self) -> None:
        """Send them; publishes ReplayAdvanced before each and at the end, also when an error is raised."""
        stopped = asyncio.create_task(self._is_stopped.wait())
        state = ReplayState.STOPPED
        try:
            for seq in self._command.seqs:
                if not self._may_send.is_set() and not await self._resumed(stopped):
                    break
                self._advance(current=seq)
                if not await self._sent(seq, stopped):
                    break
            else:
                state = ReplayState.ENDED
                self._progress = replace(self._progress, current=None)
        finally:
            stopped.cancel()
            self._advance(state=state, missed=tuple(self._missed))

    async def _resumed(self, stopped: asyncio.Task[bool]) -> bool:
        """Wait until it is resumed; False when it was stopped."""
        self._advance(current=None)
        resumed = asyncio.create_task(self._may_send.wait())
        try:
            await asyncio.wait({resumed, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            resumed.cancel()
        return not stopped.done()

    async def _sent(self, seq: int, stopped: asyncio.Task[bool]) -> bool:
        """Send one and count its outcome; False when it was stopped."""
        sending = asyncio.create_task(self._replay(seq))
        try:
            await asyncio.wait({sending, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not sending.done():
                sending.cancel()
        if not sending.done():
            await asyncio.wait({sending})
            return False
        self._count(seq, sending.result())
        if stopped.done():
            self._progress = replace(self._progress, current=None)
        return not stopped.done()

    async def _replay(self, seq: int) -> ForwardResult | None:
        stored = await self._store.stored(seq)
        return None if stored is None else await self._forwarder.replay(stored, self._command.url, self._how)

    def _count(self, seq: int, result: ForwardResult | None) -> None:
        before = self._progress
        if result is None:
            self._progress = replace(before, gone=before.gone + 1)
            return
        self._bus.publish(Replayed(result, alone=False))
        if not result.is_good:
            self._missed.append(seq)
        light = replace(result, body=b"", headers=())
        self._progress = replace(
            before,
            good=before.good + result.is_good,
            other=before.other + (result.status is not None and not result.is_good),
            failed=before.failed + (result.status is None),
            last=light,
            odd=(*before.odd, light) if not result.is_good and len(before.odd) < MOST_ODD else before.odd,
        )

    def _advance(self, **changes: Any) -> None:
        self._progress = replace(self._progress, **changes)
        self._bus.publish(ReplayAdvanced(self._progress))
