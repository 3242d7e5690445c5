"""What became of deliveries that were sent on, as the Answer tab shows it: of this run, and what the history keeps."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from webhook_tui.domain.forwarding.forward_result import ForwardResult

MOST_DELIVERIES = 300
MOST_EACH = 5


class ForwardHistory:
    """The last 5 sendings of the 300 deliveries that were sent last."""

    def __init__(self) -> None:
        self._of: OrderedDict[int, tuple[ForwardResult, ...]] = OrderedDict()

    def add(self, sent: ForwardResult) -> None:
        """Keep one."""
        self._of[sent.seq] = (*self._of.get(sent.seq, ()), sent)[-MOST_EACH:]
        self._of.move_to_end(sent.seq)
        if len(self._of) > MOST_DELIVERIES:
            self._of.popitem(last=False)

    def load(self, seq: int, stored: Sequence[ForwardResult]) -> None:
        """Add what earlier runs kept of one delivery, `stored` newest first."""
        if stored:
            known = {sent.at: sent for sent in (*reversed(stored), *self._of.get(seq, ()))}
            self._of[seq] = tuple(known[at] for at in sorted(known))[-MOST_EACH:]

    def of(self, seq: int) -> tuple[ForwardResult, ...]:
        """Of one delivery, newest first."""
        return self._of.get(seq, ())[::-1]
