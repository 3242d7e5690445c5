"""Which deliveries a session without a screen shows: those that pass `--filter`."""

from __future__ import annotations

from datetime import UTC, datetime

from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.events import DeliveryStored, Forwarded, SessionEvent, VerdictChanged
from webhook_tui.domain.filtering.evaluate import Departures, matches
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.domain.jobs.job import USUAL_FIELDS, JobFields

_MOST_HIDDEN = 1000


class DeliverySelection:
    """Leaves out the events of deliveries that do not pass the filter."""

    def __init__(
        self,
        chosen: Filter | None,
        job_fields: JobFields = USUAL_FIELDS,
        departures: Departures = lambda _: (),
    ) -> None:
        """`chosen`: None lets everything pass. `departures`: for `departs:`."""
        self._filter = chosen
        self._job_fields = job_fields
        self._departures = departures
        self._hidden: dict[int, DeliveryStored] = {}
        """The newest that did not pass: with another verdict they may."""

    def select(self, event: SessionEvent) -> SessionEvent | None:
        """Return the event, or None where it is left out; a delivery that passes only later comes then, whole."""
        if self._filter is None:
            return event
        match event:
            case DeliveryStored(row):
                if self._passes(event):
                    return event
                self._hidden[row.seq] = event
                if len(self._hidden) > _MOST_HIDDEN:
                    del self._hidden[next(iter(self._hidden))]
                return None
            case VerdictChanged(row) if row.seq in self._hidden:
                changed = DeliveryStored(row, self._hidden[row.seq].delivery, self._hidden[row.seq].is_simulated)
                if not self._passes(changed):
                    return None
                del self._hidden[row.seq]
                return changed
            case Forwarded(result) if result.seq in self._hidden:
                return None
            case _:
                return event

    def _passes(self, event: DeliveryStored) -> bool:
        assert self._filter is not None
        stored = StoredDelivery(event.row, event.delivery)
        return matches(
            self._filter.expression,
            stored,
            datetime.now(UTC),
            job_fields=self._job_fields,
            departures=self._departures,
        )
