"""Filters over a million deliveries: run by hand, `PYTHONPATH=app:. python tests/benchmarks/filtering.py [rows]`.

Builds a history in a temporary directory (one to two minutes, about 1.5 GB), then prints for each filter when its first
match was there, when it was done, and how long the screen's calls took meanwhile; and what indexes cost `record`.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import tempfile
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from tests.factories import NOW, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.rows import Sort, SortColumn
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.filtering.search_words import WAY, searchable
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.mappers import encode_headers, microseconds

ROWS = 1_000_000
RARE = 1000
"""One delivery in so many, and none of the newest tenth, is what a selective filter looks for."""
ACCOUNT = Account("https://v2.api.piktid.com", "0123456789ab")
FILTERS = [
    *("event:image_*", "event:rare_event", "event:none", "verdict:valid", "verdict:invalid", "!verdict:valid"),
    *("status:2xx", "status:503", "id:5", "id:500005", "attempt:>1", "completed", "rarely", "rare", "job_00", "c", "1"),
    *("1795", "job:job_7", "job:job_0000*", "header:x-rare", "body.data.status=rarely", "body.data.image_index>8"),
    *("size:>10k", "age:<10m", "marked", "!completed", "comment:x", "event:rare_event or verdict:invalid rarely"),
]
SORTS = [("", SortColumn.SIZE), ("verdict:valid", SortColumn.EVENT), ("verdict:invalid", SortColumn.ANSWERED)]
_INSERT = """
    INSERT INTO deliveries (seq, run, account, received_at, client, method, target, event, event_id, verdict, reason,
        short, secret_id, attempt, answered, size, about)
    VALUES (?, 1, ?, ?, '127.0.0.1', 'POST', '/webhook', ?, ?, ?, 'Signed by PiktID.', 'Signed by PiktID.', NULL, ?, ?,
        ?, 'job_7c1e90 completed')
"""


def main(rows: int) -> None:
    """Build, search, and compare."""
    with tempfile.TemporaryDirectory(prefix="webhook-tui-benchmark-") as directory:
        path = Path(directory) / "deliveries.db"
        asyncio.run(_compare_recording(Path(directory)))
        DeliveryStore.open(path, started_at=NOW).close()
        began = perf_counter()
        fill(path, rows)
        say(f"\n{rows:,} deliveries, {path.stat().st_size / 1e6:.0f} MB, in {perf_counter() - began:.0f} s\n")
        say(f"{'filter':45} {'first':>9} {'done':>9} {'matches':>9} {'longest call':>13}")
        with closing(DeliveryStore.open(path, started_at=NOW)) as store:
            for text in FILTERS:
                _search(store, text, Sort())
            for text, column in SORTS:
                _search(store, text, Sort(column, is_descending=True))


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fill(path: Path, rows: int) -> None:
    """Put so many deliveries into an empty history."""
    drawn = random.Random(1)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        for start in range(1, rows + 1, 20_000):
            connection.execute("BEGIN")
            numbers = range(start, min(start + 20_000, rows + 1))
            for seq in numbers:
                _add(connection, seq, rows, drawn)
            connection.execute("UPDATE indexing SET done = ?, way = ?", (numbers[-1], WAY))
            connection.execute("COMMIT")


def _add(connection: sqlite3.Connection, seq: int, rows: int, drawn: random.Random) -> None:
    is_rare = seq % RARE == 5 and seq < rows * 0.9
    event = "rare_event" if is_rare else ("image_result", "batch_edit", "ping")[seq % 3]
    job, status = drawn.getrandbits(32), "rarely" if is_rare else "completed"
    body = (
        f'{{"id": {seq}, "name": "{event}", "data": {{"job_id": "job_{job:08x}", "status": "{status}", '
        f'"image_index": {seq % 9}}}, "timestamp": {1_795_443_602 + seq}}}'
    ).encode()
    headers = (
        (b"Content-Type", b"application/json"),
        (b"X-Webhook-Event", event.encode()),
        (b"X-Webhook-Signature", b"sha256=%064x" % drawn.getrandbits(256)),
        *(((b"X-Rare", b"yes"),) if is_rare else ()),
    )
    at = microseconds(NOW - timedelta(seconds=rows - seq))
    verdict, answered = ("invalid", 503) if is_rare else ("valid", 200)
    size = 20_000 if is_rare else len(body)
    attempt = 2 if is_rare else 1
    connection.execute(_INSERT, (seq, ACCOUNT.key, at, event, str(seq), verdict, attempt, answered, size))
    connection.execute("INSERT INTO bodies VALUES (?, ?, ?)", (seq, encode_headers(headers), body))
    connection.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (seq, searchable(headers, body)))


def _search(store: DeliveryStore, text: str, sort: Sort) -> None:
    news = threading.Event()
    began = perf_counter()
    first, longest, is_done = None, 0.0, False
    with closing(store.open_found(parse(text), sort=sort, now=NOW, changed=news.set)) as rows:
        while not is_done:
            news.wait(60)
            news.clear()
            called = perf_counter()
            count = rows.refresh()
            page = rows.window(count - 40, 40)
            position = rows.position(page[-1].seq) if page else None
            now = perf_counter()
            longest = max(longest, now - called)
            if position is not None and first is None:
                first = now - began
            is_done = rows.progress.is_done
        done = perf_counter() - began
    shown = f"{text or 'everything'} {'' if sort == Sort() else 'by ' + sort.column}"
    say(
        f"{shown:45} {'' if first is None else f'{first * 1e3:.0f} ms':>9} {done * 1e3:>6.0f} ms {count:>9,} "
        f"{longest * 1e3:>10.1f} ms"
    )


async def _compare_recording(directory: Path) -> None:
    """The same deliveries into a history with and without the indexes of searching, in turns."""
    indexes = ("by_event", "by_verdict", "by_answered", "repeated", "marks", "large")
    seconds = {True: 0.0, False: 0.0}
    for turn in range(6):
        is_indexed = turn % 2 == 0
        path = directory / f"turn{turn}.db"
        with closing(DeliveryStore.open(path, started_at=NOW)) as store:
            if not is_indexed:
                with closing(sqlite3.connect(path)) as other:
                    for index in indexes:
                        other.execute(f"DROP INDEX {index}")
            began = perf_counter()
            for _ in range(20):
                await asyncio.gather(
                    *(store.record(delivery(), VALID, account=ACCOUNT, answered=200) for _ in range(500))
                )
            seconds[is_indexed] += perf_counter() - began
    rate = {key: 30_000 / value for key, value in seconds.items()}
    say(f"record: {rate[True]:,.0f}/s with indexes, {rate[False]:,.0f}/s without: {rate[True] / rate[False]:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
