"""Several deliveries sent again, one after the other: how far it came is said after each, and it can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from webhook_tui.domain.events import ReplayAdvanced, Replayed, SessionEvent
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.forwarding.replay_progress import MOST_ODD, ReplayProgress, ReplayState


class BatchReplay:
    """One run through a set of deliveries. All calls come from the session's loop."""

    def __init__(
        self,
        seqs: Sequence[int],
        first: ReplayProgress,
        *,
        replay: Callable[[int], Awaitable[ForwardResult | None]],
        emit: Callable[[SessionEvent], None],
    ) -> None:
        """`replay` sends one; None: it is not in the history any more."""
        self._seqs = seqs
        self._progress = first
        self._replay = replay
        self._emit = emit
        self._missed: list[int] = []
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Send no more."""
        self._stopped.set()

    async def run(self) -> None:
        """Send them; says at once that it begins, and at last that it is over."""
        stopped = asyncio.create_task(self._stopped.wait())
        state = ReplayState.STOPPED
        try:
            for seq in self._seqs:
                self._say(current=seq)
                if not await self._one(seq, stopped):
                    break
            else:
                state = ReplayState.ENDED
                self._progress = replace(self._progress, current=None)
        finally:
            stopped.cancel()
            self._say(state=state, missed=tuple(self._missed))

    async def _one(self, seq: int, stopped: asyncio.Task[bool]) -> bool:
        """Whether it was sent and waited for."""
        sending = asyncio.ensure_future(self._replay(seq))
        try:
            await asyncio.wait({sending, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not sending.done():
                sending.cancel()
        if not sending.done():
            await asyncio.wait({sending})
            return False
        self._note(seq, sending.result())
        if stopped.done():
            self._progress = replace(self._progress, current=None)
        return not stopped.done()

    def _note(self, seq: int, sent: ForwardResult | None) -> None:
        before = self._progress
        if sent is None:
            self._progress = replace(before, gone=before.gone + 1)
            return
        self._emit(Replayed(sent, alone=False))
        if not sent.is_good:
            self._missed.append(seq)
        light = replace(sent, body=b"", headers=())
        self._progress = replace(
            before,
            good=before.good + sent.is_good,
            other=before.other + (sent.status is not None and not sent.is_good),
            failed=before.failed + (sent.status is None),
            last=light,
            odd=(*before.odd, light) if not sent.is_good and len(before.odd) < MOST_ODD else before.odd,
        )

    def _say(self, **changes: Any) -> None:
        self._progress = replace(self._progress, **changes)
        self._emit(ReplayAdvanced(self._progress))
