"""Deliveries in memory, as the screen reads them: what is added shows after the next refresh."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from msgspec.structs import replace

from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.rows import Progress, Sort, SortColumn
from webhook_tui.domain.delivery.summary import summarize
from webhook_tui.domain.filtering.filter import Expression, matches
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.domain.signature.verdict import Verdict

START = datetime(2026, 11, 23, 14, 2, 11, 100_000, tzinfo=UTC)

_REASONS = {
    Verdict.VALID: ("Signed by PiktID.", "Signed by PiktID."),
    Verdict.OLDER: ("Valid with secret 41d0 of 14:02, replaced at 14:19.", "Valid with secret 41d0 of 14:02."),
    Verdict.INVALID: ("It fits without the newline at the end of the body.", "Fits without the last newline."),
    Verdict.MISSING: ("No X-Webhook-Signature header: anyone can have sent it.", "No signature header."),
    Verdict.MALFORMED: ("The signature has 63 hex digits; sha256 has 64.", "63 hex digits, not 64."),
    Verdict.PENDING: ("Its secret is not known yet; it is verified when it arrives.", "The secret is not known yet."),
}


class MemoryRows:
    """Implements domain.rows.DeliveryRows; deliveries may be added from any thread."""

    def __init__(self, deliveries: Sequence[StoredDelivery] = ()) -> None:
        self.lock = threading.Lock()
        self.kept = list(deliveries)
        self._seen = list(deliveries)
        self.windows: list[tuple[int, int]] = []
        """Every window that was asked for: its first row and how many."""
        self.closed = False

    @classmethod
    def of(cls, rows: Iterable[DeliveryRow] = ()) -> Self:
        """Return rows whose deliveries no test looks at."""
        return cls(_with_deliveries(rows))

    def put(self, rows: Iterable[DeliveryRow]) -> None:
        """Have these rows, without deliveries, from the next refresh on."""
        with self.lock:
            self.kept = _with_deliveries(rows)

    def add(self, stored: StoredDelivery) -> None:
        """Record one."""
        with self.lock:
            self.kept.append(stored)

    def change(self, seq: int, verdict: Verdict) -> DeliveryRow:
        """Change a verdict."""
        reason, short = _REASONS[verdict]
        with self.lock:
            for index, stored in enumerate(self.kept):
                if stored.row.seq == seq:
                    row = replace(stored.row, verdict=verdict, reason=reason, short_reason=short)
                    self.kept[index] = StoredDelivery(row, stored.delivery)
                    return row
        raise KeyError(seq)

    def set(self, seq: int, **changes: Any) -> DeliveryRow:
        """Change fields of a row."""
        with self.lock:
            for index, stored in enumerate(self.kept):
                if stored.row.seq == seq:
                    self.kept[index] = replace(stored, row=replace(stored.row, **changes))
                    return self.kept[index].row
        raise KeyError(seq)

    def delete(self, seqs: Sequence[int] | None) -> int:
        """Delete those, or (None) all but the marked; how many went."""
        with self.lock:
            before = len(self.kept)
            self.kept = [
                stored
                for stored in self.kept
                if (not stored.row.marked if seqs is None else stored.row.seq in seqs) is False
            ]
            return before - len(self.kept)

    def __len__(self) -> int:
        return len(self._seen)

    def refresh(self) -> int:
        with self.lock:
            self._seen = list(self.kept)
        return len(self._seen)

    def window(self, start: int, count: int) -> Sequence[DeliveryRow]:
        self.windows.append((start, count))
        return [stored.row for stored in self._seen[max(0, start) : max(0, start) + count]]

    def position(self, seq: int) -> int | None:
        return next((index for index, stored in enumerate(self._seen) if stored.row.seq == seq), None)

    def stored(self, seq: int) -> StoredDelivery | None:
        return next((stored for stored in self._seen if stored.row.seq == seq), None)

    def attempts(self, seq: int) -> Sequence[DeliveryRow]:
        wanted = self.stored(seq)
        if wanted is None:
            return []
        if wanted.row.event_id is None:
            return [wanted.row]
        return [stored.row for stored in self._seen if stored.row.event_id == wanted.row.event_id]

    def forward_results(self, seq: int) -> Sequence[ForwardResult]:
        return []

    def close(self) -> None:
        self.closed = True


def _with_deliveries(rows: Iterable[DeliveryRow]) -> list[StoredDelivery]:
    return [StoredDelivery(row, Delivery(row.received_at, "POST", "/", (), b"", "127.0.0.1")) for row in rows]


_ORDER: dict[SortColumn, Callable[[DeliveryRow], Any]] = {
    SortColumn.NUMBER: lambda row: row.seq,
    SortColumn.VERDICT: lambda row: list(Verdict).index(row.verdict),
    SortColumn.EVENT: lambda row: row.event,
    SortColumn.JOB: lambda row: row.summary.job,
    SortColumn.STATUS: lambda row: row.summary.status,
    SortColumn.RESULT: lambda row: row.summary.result,
    SortColumn.ATTEMPT: lambda row: row.attempt,
    SortColumn.ANSWERED: lambda row: row.answered or 0,
    SortColumn.SIZE: lambda row: row.size,
}


class MemoryFound(MemoryRows):
    """Implements domain.rows.FoundRows; a test says when the search goes on, unless it is done at once."""

    def __init__(self, of: MemoryRows, expression: Expression, sort: Sort, now: datetime) -> None:
        super().__init__()
        self._of = of
        self.expression = expression
        self._sort = sort
        self._now = now
        self.is_done = True
        self.reconsidered: list[int] = []

    def refresh(self) -> int:
        if not self.is_done:
            return 0
        with self._of.lock:
            found = [stored for stored in self._of.kept if matches(self.expression, stored, now=self._now)]
        self._seen = sorted(found, key=lambda stored: (_ORDER[self._sort.column](stored.row), stored.row.seq))
        if self._sort.is_descending:
            self._seen.reverse()
        return len(self._seen)

    @property
    def progress(self) -> Progress:
        return Progress(40, 100, is_done=self.is_done)

    def reconsider(self, seqs: Sequence[int]) -> None:
        self.reconsidered += seqs


def stored_delivery(
    seq: int,
    verdict: Verdict = Verdict.VALID,
    *,
    event: str = "ping",
    event_id: str | None = None,
    at: datetime | None = None,
    attempt: int = 1,
    answered: int | None = 200,
    body: bytes = b'{"id": 1, "name": "ping", "data": {}, "timestamp": 1795443602.418}',
    headers: tuple[tuple[bytes, bytes], ...] | None = None,
    size: int | None = None,
) -> StoredDelivery:
    """One delivery with its row; what is not said is usual."""
    received_at = at or START + timedelta(seconds=seq)
    reason, short = _REASONS[verdict]
    usual = (
        (b"Host", b"b7c41d09ee2f4a.lhr.life"),
        (b"User-Agent", b"python-httpx/0.28.1"),
        (b"Content-Type", b"application/json"),
        (b"X-Webhook-Event", event.encode()),
        (b"X-Webhook-Signature", b"sha256=" + b"5f1c9e0b7a2d4c6e8f001b223d445f66778a99aabbccddee0f011223344556e1"),
        (b"X-Forwarded-For", b"203.0.113.24"),
    )
    row = DeliveryRow(
        seq=seq,
        run=1,
        received_at=received_at,
        event=event,
        event_id=event_id,
        verdict=verdict,
        reason=reason,
        short_reason=short,
        secret_id=None,
        attempt=attempt,
        answered=answered,
        size=len(body) if size is None else size,
        summary=summarize(body),
    )
    delivery = Delivery(received_at, "POST", "/h/4f9c", headers if headers is not None else usual, body, "127.0.0.1")
    return StoredDelivery(row, delivery)


def mock_up_rows() -> list[StoredDelivery]:
    """The twelve deliveries of the mock-ups."""
    job = (
        b'{"id":90412,"name":"image_result","data":{"job_id":"job_7c1e90","status":"completed","image_index":3,'
        b'"group_index":0,"version":1,"quality_score":0.914,"output":{"full_size":"https://cdn.example.com/jobs/'
        b'job_7c1e90/full/3.png","thumbnail":"https://cdn.example.com/jobs/job_7c1e90/thumb/3.png"},'
        b'"error_message":null},"timestamp":1795443602.418}\n'
    )

    def at(clock: str) -> datetime:
        hours, minutes, seconds = (float(part) for part in clock.split(":"))
        return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(hours=hours, minutes=minutes, seconds=seconds)

    v = Verdict
    return [
        stored_delivery(1, v.VALID, event="ping", at=at("14:02:11.2"), size=96),
        stored_delivery(2, v.VALID, event="batch_edit", at=at("14:02:40.7"), size=412),
        stored_delivery(
            3, v.VALID, event="image_result", at=at("14:02:58.114"), size=688, answered=503, event_id="90377", body=job
        ),
        stored_delivery(
            4, v.VALID, event="image_result", at=at("14:03:29.021"), size=688, attempt=2, event_id="90377", body=job
        ),
        stored_delivery(5, v.VALID, event="ping", at=at("14:19:02"), size=96),
        stored_delivery(6, v.OLDER, event="batch_edit", at=at("14:19:05.12"), size=415),
        stored_delivery(7, v.VALID, event="batch_edit", at=at("14:19:31"), size=415),
        stored_delivery(8, v.INVALID, event="image_result", at=at("14:20:02.418"), size=694, body=job),
        stored_delivery(9, v.MISSING, event="identity_preprocessing", at=at("14:20:02.9"), size=301),
        stored_delivery(10, v.MALFORMED, event="image_result", at=at("14:20:44"), size=1200),
        stored_delivery(11, v.VALID, event="batch_edit", at=at("14:21:10"), size=420),
        stored_delivery(12, v.PENDING, event="ping", at=at("14:21:37"), size=96),
    ]
