"""What became of deliveries that were sent on, as the Answer tab shows it: the newest of this run, in memory only."""

from __future__ import annotations

from collections import OrderedDict

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

    def of(self, seq: int) -> tuple[ForwardResult, ...]:
        """Of one delivery, newest first."""
        return self._of.get(seq, ())[::-1]
