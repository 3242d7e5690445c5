"""The delivery in the detail pane and what is read along with it; no widgets."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Sequence

from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.delivery.delivery import DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.headers import SIGNATURE_HEADER, values
from webhook_tui.domain.delivery.rows import DeliveryRows
from webhook_tui.domain.diagnostics.report import SignatureReport
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.images.image import ImageLink
from webhook_tui.domain.images.image_links import image_links
from webhook_tui.ui.format.delivery.attempts import Sameness, has_enough
from webhook_tui.ui.widgets.table.row_reader import LOADING

PAYLOAD, HEADERS, SIGNATURE, RAW, ATTEMPTS, ANSWER = "Payload", "Headers", "Signature", "Raw", "Attempts", "Answer"
IMAGE = "Image"
TABS = (PAYLOAD, HEADERS, SIGNATURE, RAW)
"""The tabs of every delivery."""
MOST_DELIVERIES = 300
MOST_EACH = 5
_MOST_COMPARED = 50
"""Attempts whose bodies are compared; each is read whole."""
_MOST_OF_RUN = 1000
"""Deliveries before and after one among which other events' retry delays are looked for."""


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


class ShownDelivery:
    """One delivery at a time; empty until the first `load`."""

    def __init__(self) -> None:
        self.rows: DeliveryRows | None = None
        self.stored: StoredDelivery | None = None
        self.failure: Problem | None = None
        """Why it holds none."""
        self.attempts: tuple[DeliveryRow, ...] = ()
        """All deliveries of the same event, oldest first."""
        self.report: SignatureReport | None = None
        self.problem = ""
        """Why there is no report."""
        self.departures: tuple[Departure, ...] | None = None
        """Where it departs from the deliveries before it; None: not known yet."""
        self.images: tuple[ImageLink, ...] = ()
        """The images that it links to; none unless its signature is valid, since the links may then be anyone's."""
        self.forward_history = ForwardHistory()

    @property
    def seq(self) -> int | None:
        """The number of the delivery."""
        return None if self.stored is None else self.stored.row.seq

    @property
    def forward_results(self) -> tuple[ForwardResult, ...]:
        """The outcomes of its forwards and replays, newest first."""
        return () if self.seq is None else self.forward_history.of(self.seq)

    @property
    def tabs(self) -> tuple[str, ...]:
        """The tabs that it has."""
        attempts = (ATTEMPTS,) if len(self.attempts) > 1 else ()
        image = (IMAGE,) if self.images else ()
        return (*TABS, *image, *attempts, *((ANSWER,) if self.forward_results else ()))

    def load(self, rows: DeliveryRows, seq: int) -> bool:
        """Read delivery `seq`; return False and change nothing if it does not exist.

        If it cannot be read, or not yet, return False, too, with `failure`, and hold none.
        """
        self.failure = None
        try:
            stored, attempts, forward_results = rows.stored(seq), rows.attempts(seq), rows.forward_results(seq)
        except ProblemError as error:
            if self.seq != seq or error.problem is not LOADING:
                self.failure = error.problem
                self.stored, self.attempts, self.images = None, (), ()
            return False
        if stored is None:
            return False
        if self.stored is None or (self.seq, self.stored.delivery) != (seq, stored.delivery):
            self.departures = None
        if self.stored is None or stored.row != self.stored.row:
            self.report, self.problem = None, ""
            self.images = image_links(stored.delivery.body) if stored.row.verdict.is_good else ()
        self.rows, self.stored = rows, stored
        self.attempts = tuple(attempts)
        self.forward_history.load(seq, forward_results)
        return True

    def reload_attempts(self) -> bool:
        """Read the attempts again after others were stored or deleted; return whether they are others.

        Those of a delivery that was deleted itself stay.
        """
        if self.rows is None or self.stored is None or self.stored.row.event_id is None:
            return False
        before = self.attempts
        with contextlib.suppress(ProblemError):
            self.attempts = tuple(self.rows.attempts(self.stored.row.seq)) or before
        return self.attempts != before

    def comparisons(self) -> tuple[Sameness, ...]:
        """Compare bodies and signatures of the attempts with those of the first."""
        first = self._read(self.attempts[0].seq)
        same = [Sameness(None, None)]
        for row in self.attempts[1:]:
            other = self._read(row.seq) if len(same) < _MOST_COMPARED else None
            if first is None or other is None:
                same.append(Sameness(None, None))
                continue
            signatures = [values(one.delivery.headers, SIGNATURE_HEADER) for one in (first, other)]
            same.append(Sameness(first.delivery.body == other.delivery.body, signatures[0] == signatures[1]))
        return tuple(same)

    def _read(self, seq: int) -> StoredDelivery | None:
        with contextlib.suppress(ProblemError):
            return None if self.rows is None else self.rows.stored(seq)
        return None

    def neighbours(self) -> Sequence[DeliveryRow]:
        """Deliveries of the same run at about that time, if the delays of this event alone show no rule."""
        if self.rows is None or self.stored is None or has_enough(self.attempts):
            return ()
        place = self.rows.position(self.stored.row.seq)
        if place is None:
            return ()
        around = self.rows.window(max(0, place - _MOST_OF_RUN), 2 * _MOST_OF_RUN)
        return [row for row in around if row.run == self.stored.row.run]
