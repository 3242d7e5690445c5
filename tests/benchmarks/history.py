"""A history of many deliveries: filters, memory, and a key's frame while more arrive."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.benchmarks import terminal
from tests.benchmarks.figure import Figure, at_most
from tests.benchmarks.load import Load, Requests
from tests.factories import NOW
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.delivery.rows import Sort
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.filtering.search_words import WAY
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.mappers import encode_headers, microseconds
from webhook_tui.storage.search.word_index import stored_words
from webhook_tui.ui.frame_budget import FRAME_SECONDS

SIZES = (100, 100_000, 1_000_000)
RARE = 1000
"""One delivery in so many, and none of the newest tenth, is what a selective filter searches for."""
FILTERS = (
    *("event:image_*", "event:rare_event", "event:none", "verdict:valid", "verdict:invalid", "!verdict:valid"),
    *("status:2xx", "status:503", "id:5", "id:500005", "attempt:>1", "completed", "rarely", "rare", "job_00", "c", "1"),
    *("1795", "job:job_7", "job:job_0000*", "header:x-rare", "body.data.status=rarely", "body.data.image_index>8"),
    *("size:>10k", "age:<10m", "marked", "!completed", "comment:x", "event:rare_event or verdict:invalid rarely"),
    *("!1795", "!rarely", "nowhere", "rarely verdict:valid"),
)
_MOST_SECONDS = 30.0
_KEYS = 12
"""In each turn."""
_TURNS = 12
"""At each size, one after the other: the speed of a machine may change within seconds by more than what is measured."""
_LOAD_SECONDS = 2.5
"""About as long as to press the keys of a turn takes."""
_GOLDEN = 0.618
"""Its multiples modulo 1 are spread evenly, however many."""
_CURSOR = "▌ *%d ".encode()
"""The row with the cursor."""
_FILL = """
    CREATE TEMP TABLE made AS
    WITH RECURSIVE numbers (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM numbers WHERE seq < :rows),
    drawn AS (
        SELECT seq, seq % :rare = 5 AND seq < :rows * 0.9 AS rare,
            printf('%08x', (seq * 2654435761) & 4294967295) AS job,
            replace('xxxxxxxx', 'x', printf('%08x', (seq * 2246822519) & 4294967295)) AS signature,
            1795443602 + seq AS timestamp
        FROM numbers
    )
    SELECT seq, rare, job, signature, timestamp,
        CASE WHEN rare THEN 'rare_event' WHEN seq % 3 = 0 THEN 'image_result' WHEN seq % 3 = 1 THEN 'batch_edit'
            ELSE 'ping' END AS event,
        iif(rare, 'rarely', 'completed') AS status
    FROM drawn;
    ALTER TABLE made ADD COLUMN body TEXT;
    UPDATE made SET body = printf('{"id": %d, "name": "%s", "data": {"job_id": "job_%s", "status": "%s", '
        || '"image_index": %d}, "timestamp": %d}', seq, event, job, status, seq % 9, timestamp);
    INSERT INTO deliveries (seq, run, account, received_at, client, method, target, event, event_id, verdict, reason,
        short, secret_id, attempt, answered, size, about)
    SELECT seq, 1, 'https://v2.api.piktid.com 0123456789ab', :now - (:rows - seq) * 1000000, '127.0.0.1', 'POST',
        '/webhook', event, seq, iif(rare, 'invalid', 'valid'), 'Signed by PiktID.', 'Signed by PiktID.', NULL,
        iif(rare, 2, 1), iif(rare, 503, 200), iif(rare, 20000, length(body)), 'job_' || job || ' ' || status FROM made;
    INSERT INTO bodies SELECT seq, headers_of(event, signature, rare), CAST(body AS BLOB) FROM made;
    INSERT INTO words (rowid, text) SELECT seq, stored_words(seq, printf('content type application json '
        || 'x webhook event %s x webhook signature sha256 %s %sid %d name %s data job id job %s status %s '
        || 'image index %d timestamp %d', replace(event, '_', ' '), signature, iif(rare, 'x rare yes ', ''), seq,
        replace(event, '_', ' '), job, status, seq % 9, timestamp)) FROM made;
    DROP TABLE made;
"""


def fill(path: Path, rows: int) -> None:
    """Put so many deliveries into an empty history, with their words; a million take one to two minutes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.create_function("headers_of", 3, lambda *values: encode_headers(_headers(*values)))
        connection.create_function("stored_words", 2, stored_words)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -100000")
        connection.execute("BEGIN")
        values = {"rows": rows, "rare": RARE, "now": microseconds(NOW)}
        for statement in _FILL.split(";\n"):
            names = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(statement, names)
        connection.execute("UPDATE indexing SET done = :rows, way = :way, indexed = :rows", {"rows": rows, "way": WAY})
        connection.execute("COMMIT")


def _headers(event: str, signature: str, rare: int) -> Headers:
    return (
        (b"Content-Type", b"application/json"),
        (b"X-Webhook-Event", event.encode()),
        (b"X-Webhook-Signature", b"sha256=" + signature.encode()),
        *(((b"X-Rare", b"yes"),) if rare else ()),
    )


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Figure]:
    """Memory and a key's frame at each size, and the filters over the largest."""
    with tempfile.TemporaryDirectory(prefix="webhook-tui-benchmark-") as directory:
        paths = {rows: Path(directory) / str(rows) / "history.db" for rows in sizes}
        for rows, path in paths.items():
            path.parent.mkdir()
            DeliveryStore.open(path, started_at=NOW).close()
            fill(path, rows)
        yield from measure_filters(paths[sizes[-1]], sizes[-1])  # before the screen: what arrives then has no words yet
        memory = {rows: _megabytes(path, rows) for rows, path in paths.items()}
        yield at_most(f"memory of both processes at {sizes[-1]:,}", memory[sizes[-1]], 120, "MB")
        yield at_most("memory more than at 100", memory[sizes[-1]] - memory[sizes[0]], 15, "MB")
        keys = _key_medians(paths)
        for rows in sizes:
            yield at_most(f"key to frame at 500/s, {rows:,} stored", keys[rows] * 1000, 20, "ms", "(median)")
        spread = max(keys.values()) / min(keys.values())
        yield at_most("the slowest of these to the fastest", spread, 1.2, "x")


def _megabytes(path: Path, rows: int) -> float:
    """Memory in MB of a screen with these deliveries, after keys were pressed while others arrived."""
    copy = path.with_name("copy.db")  # what arrives is one too many for the history of a million
    shutil.copyfile(path, copy)
    try:
        with _on_first_row(copy, rows) as screen:  # one alone: memory that several processes share counts in part
            _key_seconds(screen)
            return screen.megabytes()
    finally:
        copy.unlink()


def _key_medians(paths: Mapping[int, Path]) -> Mapping[int, float]:
    """The median seconds from a key to its frame at 500 deliveries a second, by the number of deliveries stored."""
    times: dict[int, list[float]] = {rows: [] for rows in paths}
    with ExitStack() as stack:
        screens = {rows: stack.enter_context(_on_first_row(path, rows)) for rows, path in paths.items()}
        for _ in range(_TURNS):
            for rows, screen in screens.items():
                times[rows] += _key_seconds(screen)
    return {rows: median(found) for rows, found in times.items()}


@contextmanager
def _on_first_row(path: Path, rows: int) -> Iterator[terminal.Screen]:
    with terminal.screen(path.parent, "--db", str(path)) as screen:
        screen.wait_for(_CURSOR % rows)
        frames = screen.press(b"g")
        screen.wait_for(_CURSOR % 1, frames)
        yield screen


def _key_seconds(screen: terminal.Screen) -> list[float]:
    """Seconds from each key to its frame.

    `k` and `j` move the cursor among the old rows, far from those that arrive. The pauses between the keys are spread
    evenly over the interval of the frames: with equal ones the keys would meet one moment of a frame again and again.
    """
    load = Load(screen.port, Requests())  # not in the thread: to sign them takes longer than to press the keys
    sending = threading.Thread(target=load.scheduled, args=(500, _LOAD_SECONDS))
    sending.start()
    times: list[float] = []
    while len(times) < _KEYS and sending.is_alive():
        for key, row in ((b"j", 2), (b"k", 1)):
            times.append(screen.key_seconds(key, _CURSOR % row))
            threading.Event().wait(FRAME_SECONDS * (1 + len(times) * _GOLDEN % 1))
    sending.join()
    return times


def measure_filters(path: Path, rows: int) -> Iterator[Figure]:
    """For each kind of word the time until the first match could be shown."""
    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        for text in FILTERS:
            first, done, count = _search(store, text)
            what = f"filter {text}: first of {count:,} matches in {rows:,}"
            if count:
                yield at_most(what, first * 1000, 100, "ms", f"(all {done * 1000:,.0f} ms)")
            else:
                yield Figure(what, f"none; all {done * 1000:,.0f} ms")


def _search(store: DeliveryStore, text: str) -> tuple[float, float, int]:
    """Seconds to the first match and to the end, and the number of matches."""
    news = threading.Event()
    began = perf_counter()
    first: float | None = None
    with closing(store.open_found(parse(text), sort=Sort(), now=NOW, changed=news.set)) as rows:
        while perf_counter() - began < _MOST_SECONDS:
            news.wait(1)
            news.clear()
            count = rows.refresh()
            if count and first is None and rows.window(count - 40, 40):
                first = perf_counter() - began
            if rows.progress.is_done:
                break
        return first or 0.0, perf_counter() - began, count
