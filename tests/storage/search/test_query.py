"""The filter in SQL finds what the evaluator says, whatever the deliveries, the filter and the state of the index."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import cache
from typing import Any, TypeAlias
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.factories import NOW, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import Delivery, DeliveryRow, StoredDelivery
from webhook_tui.domain.delivery.rows import Sort, SortColumn
from webhook_tui.domain.filtering.filter import Expression, FilterError, matches, parse
from webhook_tui.domain.jobs.job import USUAL_FIELDS
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.storage.database.schema import HISTORY
from webhook_tui.storage.insertion import insert_deliveries, recordable
from webhook_tui.storage.mappers import find_stored
from webhook_tui.storage.retention import delete_some
from webhook_tui.storage.search import query, scan, word_index
from webhook_tui.storage.search.column_indexes import index_columns
from webhook_tui.storage.search.query import build_query
from webhook_tui.storage.search.scan import Published, Scan, Search
from webhook_tui.storage.search.word_index import LARGEST_INDEXED, WordIndex

WORDS = [
    "failed",
    "Failed",
    "job_7c1",
    "a b",
    "é",
    "12",
    "12.0",
    "nul\0l",
    "ß",
    "line\nend",
    'say "x"',
    "\ud83d\ude00x",
]
scalars = st.sampled_from(WORDS) | st.integers(-20, 20) | st.sampled_from([None, True, 1.5, 12, 12.0, 1e300, 10**30])
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["status", "job_id", "n", "0"]), inner, max_size=3)
    ),
    max_leaves=6,
)
bodies = st.one_of(
    st.fixed_dictionaries(
        {"id": scalars, "name": st.sampled_from([*WORDS, "image_result", "ping"]), "data": values}
    ).map(lambda value: json.dumps(value).encode()),
    values.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")),
    values.map(lambda value: json.dumps(value).encode("utf-16")),
    st.binary(max_size=20),
    st.sampled_from([10_000, 10_001]).map(b"failed".ljust),
    st.sampled_from([b'{"data": {"status": "failed"}}' + b" " * LARGEST_INDEXED, b"failed \\n [", b"\xff{failed"]),
)
names = st.sampled_from([b"X-Foo", b"x-foo", b"X-Webhook-Event", b"Content-Type", b"X-\xe9"])
headers = st.lists(
    st.tuples(names, st.sampled_from([b"bar", b"Bar Baz", b"image_result", b"\xe9t\xe9", b"12", b"", b"ping"])),
    max_size=3,
).map(tuple)
deliveries = st.builds(
    lambda body, sent, ago: delivery(body, headers=sent, received_at=NOW - timedelta(seconds=ago)),
    bodies,
    headers,
    st.sampled_from([-5, 0, 60, 600, 7200]),
)
Recorded: TypeAlias = tuple[Delivery, Verdict, int | None, bool, str, set[str]]
"""A delivery with its verdict, its answer, its mark, its comment and the flags that are set."""
stored = st.tuples(
    deliveries,
    st.sampled_from(Verdict),
    st.sampled_from([None, 0, 200, 204, 404, 503]),
    st.booleans(),
    st.sampled_from(["", "look later", "Ähnlich"]),
    st.sets(st.sampled_from(["differs", "replayed", "imported"])),
)
TERMS = [
    *("failed", '"failed"', "fai", "f", "job_7c", '"a b"', "é", "12", "ß", "SS", "lin", "end", "nend", "say", "foo"),
    *(
        "invalid",
        "valid",
        "m",
        "pending",
        '"valid"',
        "503",
        "200",
        "20",
        '"503"',
        "image_res",
        "ping",
        "none",
        "404x",
        "reset",
        "r",
    ),
    *("event:ping", "event:IMAGE_*", "event:*", "event:*e*", 'event:"a b"', "event:FAILED", 'event:""', "event:none"),
    *("verdict:valid", "verdict:pending", "status:2xx", "status:404", "status:>=4xx", "status:none", "status:<3xx"),
    *("id:12", "id:12.0", "id:failed", "id:job_*", 'id:"a b"', "id:é", 'id:"line', "id:null", "id:*2*"),
    *(
        "job:job_7c1",
        "job:job_*",
        "job:12",
        "job:*",
        "job:é",
        'job:"say *',
        "job:-3",
        "job:7",
        "job:7*",
        "job:j",
        'job:"job_7c1"',
        'job:"7c1"',
        "job:1",
        "job:_",
        'job:"nul\0l"',
    ),
    *(
        "header:x-foo",
        "header:x-foo=bar",
        "header:X-Foo=bar*",
        "header:x-foo!=bar",
        "header:x-é=été",
        "header:x-foo>11",
    ),
    *("header:content-type=*baz", 'header:x-foo=""', "header:x-webhook-event=*", "body.data", "body.data.status"),
    *("body.data.status=failed", "body.data.status!=failed", "body.data.status=*b", "body.data.n>5", "body.data.n<=12"),
    *("body.0", "body.data.0.n=12", "body.data.status=true", "body.data.status=null", "body.n=12", 'body.n="12"'),
    *(
        "body.data.status>e",
        "body.name=ping",
        "body.name=fail*",
        "body.data.n=1.5",
        "size:>40",
        "size:0",
        "size:>=260k",
        "size:>10k",
        "size:>=10k",
        "has:data.0",
        "has:data.job_id",
        "size:10k",
        "size:>9k",
    ),
    *("size:!=2", "age:<1m", "age:>=1m", "age:<2h", "age:>1h", "attempt:>1", "attempt:1", "attempt:2", "attempt:<2"),
    *("attempt:>=3", "run:1", "run:2", "comment:later", "comment:äH", "comment:*", "source:sse", "source:webhook"),
    *("marked", "is:marked", "is:commented", "is:differs", "is:retried", "is:REPLAYED", "is:imported"),
    *("status:failed", "status:FAIL*", "status:*e*", 'status:"a b"', 'status:"12"', "status:é", 'status:"none"'),
    *("answered:503", "answered:<3xx", "answered:none"),
]


def _readable(text: str) -> bool:
    try:
        parse(text)
    except FilterError:
        return False
    return True


terms = st.tuples(st.sampled_from(["", "", "!"]), st.sampled_from([t for t in TERMS if _readable(t)])).map("".join)
branches = st.lists(terms, min_size=1, max_size=3).map(" ".join)
filters = st.lists(branches, min_size=1, max_size=3).map(" or ".join)


@cache
def _empty_history() -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript("\n".join(HISTORY.migrations))
        return connection.serialize()


@contextmanager
def _history(what: Sequence[Recorded]) -> Iterator[sqlite3.Connection]:
    """A history in memory; what is in it alternates between two accounts."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(_empty_history())
        for number, (received, verdict, answered, marked, comment, flags) in enumerate(what):
            verification = VerificationResult(verdict, "", "", None)
            account = Account("https://v2.api.piktid.com", "ab"[number % 2])
            record = recordable(received, verification, account=account, answered=answered)
            (row,) = insert_deliveries(connection, [record], run=1 + number // 4)
            connection.execute(
                "UPDATE deliveries SET marked = ?, comment = ? WHERE seq = ?", (marked, comment, row.seq)
            )
            for flag in flags:
                connection.execute(f"UPDATE deliveries SET {flag} = 1 WHERE seq = ?", (row.seq,))
        yield connection


def _all(connection: sqlite3.Connection) -> list[StoredDelivery]:
    found = connection.execute("SELECT seq FROM deliveries ORDER BY seq").fetchall()
    return [one for (seq,) in found if (one := find_stored(connection, seq)) is not None]


def _scanned(connection: sqlite3.Connection, expression: Expression, sort: Sort, chunks: Sequence[int]) -> list[int]:
    published: list[Published] = []
    search = Search(expression, sort, NOW, USUAL_FIELDS)
    one = Scan(connection, search, published.append, lambda: False, chunks=chunks)
    while one.has_older:
        one.advance()
    one.publish()
    connection.execute("DROP TABLE IF EXISTS temp.found")
    view = published[-1].view
    assert [view.position(view.at(place)) for place in range(len(view))] == list(range(len(view)))
    return [view.at(place) for place in range(len(view))]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@example(
    what=[(delivery(), Verdict.VALID, None, False, "", set())] * 3,
    texts=["id:12 event:other"],
    indexed=0,
    gone=[],
    most_words=30,
    block_rows=131_072,
)
@given(
    what=st.lists(stored, max_size=8),
    texts=st.lists(filters, min_size=1, max_size=4),
    indexed=st.integers(0, 9),
    gone=st.lists(st.integers(1, 8), max_size=2),
    most_words=st.sampled_from([0, 30]),
    block_rows=st.sampled_from([1, 3, 131_072]),
)
def test_the_search_finds_what_the_evaluator_says(
    what: list[Recorded],
    texts: list[str],
    indexed: int,
    gone: list[int],
    *,
    most_words: int,
    block_rows: int,
) -> None:
    """Row by row, along indexes, and in small chunks; the index of words is whole, partly filled or empty.

    It has one block or several. The words with one beginning are followed one by one or merged, and those of two
    deliveries are counted together.
    """
    with (
        _history(what[:indexed]) as connection,
        patch.object(query, "_MOST_WORDS", most_words),
        patch.object(scan, "_COUNTED", 2),
        patch.object(word_index, "BLOCK_ROWS", block_rows),
    ):
        WordIndex().step(connection)
        WordIndex().step(connection)
        index_columns(connection)
        delete_some(connection, gone)
        for received, verdict, answered, *_ in what[indexed:]:
            account = Account("https://v2.api.piktid.com", "a")
            record = recordable(received, VerificationResult(verdict, "", ""), account=account, answered=answered)
            insert_deliveries(connection, [record], run=9)
        there = _all(connection)
        for text in texts:
            expression = parse(text)
            expected = [one.row.seq for one in there if matches(expression, one, NOW)]

            assert _scanned(connection, expression, Sort(), (1000, 1000)) == expected, text
            assert _scanned(connection, expression, Sort(), (1, 1000)) == expected, text
            assert _scanned(connection, expression, Sort(is_descending=True), (1, 2)) == expected[::-1], text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    what=st.lists(stored, max_size=8),
    column=st.sampled_from([column for column in SortColumn if column is not SortColumn.NUMBER]),
    is_descending=st.booleans(),
)
def test_matches_are_sorted_by_a_column(what: list[Recorded], column: SortColumn, is_descending: bool) -> None:
    """Equal ones in the order of arrival; the other direction is exactly the reverse."""
    rank = {verdict: place for place, verdict in enumerate(Verdict)}
    with _history(what) as connection:
        rows = [one.row for one in _all(connection) if one.row.size]
        keys: dict[SortColumn, Callable[[DeliveryRow], Any]] = {
            SortColumn.VERDICT: lambda row: rank[row.verdict],
            SortColumn.EVENT: lambda row: row.event.encode(),
            SortColumn.JOB: lambda row: row.summary.job.encode(),
            SortColumn.STATUS: lambda row: row.summary.status.encode(),
            SortColumn.RESULT: lambda row: row.summary.result.encode(),
            SortColumn.ATTEMPT: lambda row: row.attempt,
            SortColumn.ANSWERED: lambda row: -1 if row.answered is None else row.answered,
            SortColumn.SIZE: lambda row: row.size,
        }
        rows.sort(key=lambda row: (keys[column](row), row.seq), reverse=is_descending)

        found = _scanned(connection, parse("size:>0"), Sort(column, is_descending), (3, 3))

    assert found == [row.seq for row in rows]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("event:ping", "by_event"),
        ("event:p* size:>5", "by_event"),
        ("verdict:valid", "by_verdict"),
        ("!verdict:invalid", "by_verdict"),
        ("!event:x*", "by_event"),
        ("status:2xx", "by_answered"),
        ("id:12", "attempts"),
        ("attempt:>1", "repeated"),
        ("has:data.id", "w VIRTUAL TABLE INDEX"),
        ("has:data.id verdict:valid", "by_verdict"),
        ("size:>10k", "sizes"),
        ("size:12000 !ping", "sizes"),
        ("marked verdict:valid", "marks"),
        ("failed", "w VIRTUAL TABLE INDEX"),
        ("invalid", "by_verdict"),
        ("200", "by_answered"),
        ("job:job_7c1", "w VIRTUAL TABLE INDEX"),
        ("body.data.status=failed", "w VIRTUAL TABLE INDEX"),
        ("header:x-foo", "w VIRTUAL TABLE INDEX"),
        ("marked or verdict:valid !ping", "by_verdict"),
        ("source:sse", "streamed"),
        ("is:marked", "marks"),
        ("is:commented event:ping", "comments"),
        ("comment:later event:ping", "comments"),
        ("is:differs", "differing"),
        ("is:retried", "repeated"),
        ("is:replayed", "replays"),
        ("is:imported", "imports"),
        ("status:failed", "w VIRTUAL TABLE INDEX"),
    ],
)
def test_an_index_leads_to_the_matches(text: str, index: str) -> None:
    """No query scans the table."""
    sample: Recorded = (delivery(b'{"id": 12}'), Verdict.VALID, 200, False, "", set())
    with _history([sample, sample]) as connection:
        WordIndex().step(connection)
        index_columns(connection)
        built = build_query(parse(text), NOW, connection, 1)
        plan = connection.execute(f"EXPLAIN QUERY PLAN {built.sql}", {**built.parameters, "lo": 1, "hi": 9})
        steps = "\n".join(step for *_, step in plan)

    assert index in steps
    assert "TEMP B-TREE" not in steps or not index.startswith("w "), "the first match does not wait for the last one"
    assert "SCAN deliveries" not in steps
    assert "SCAN d\n" not in steps


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_more_names_than_can_be_listed_are_asked_one_by_one(steps: int) -> None:
    """With a thousand names of events searches are slower, and right, also while not all names are in the index."""
    made_up: list[Recorded] = [
        (delivery(json.dumps({"name": f"made_up_{number}"}).encode(), headers=()), Verdict.VALID, 200, False, "", set())
        for number in range(1100)
    ]
    with _history(made_up) as connection:
        for _ in range(steps):
            index_columns(connection)
        assert _scanned(connection, parse("event:made_up_77*"), Sort(), (1, 9999)) == [78, *range(771, 781)]


def test_a_damaged_delivery_does_not_end_a_search() -> None:
    """Its headers are as if there were none."""
    with _history([(delivery(b'{"a": 1}'), Verdict.VALID, 200, False, "", set())] * 2) as connection:
        connection.execute("UPDATE bodies SET headers = x'01' WHERE seq = 1")

        assert _scanned(connection, parse("header:content-type"), Sort(), (9, 9)) == [2]
        assert _scanned(connection, parse("body.a=1"), Sort(), (9, 9)) == [1, 2]


def test_the_job_of_a_row_needs_no_body() -> None:
    """Also in a row of an earlier version, whose summary is one text; another job field is looked for in the body."""
    bodies = [{"job_id": "job_7a"}, {"job_id": "job_7b"}, {"job_id": "x", "task_id": "job_7c"}, {"job_id": "job_8"}]
    history: list[Recorded] = [
        (delivery(json.dumps({"data": data}).encode()), Verdict.VALID, 200, False, "", set()) for data in bodies
    ]
    with _history(history) as connection:
        WordIndex().step(connection)
        whole = _scanned(connection, parse("job:7"), Sort(), (9, 9))
        connection.execute("UPDATE deliveries SET job = NULL, about = 'job_7b' WHERE seq = 2")
        connection.execute("UPDATE bodies SET body = x''")
        without = _scanned(connection, parse("job:7"), Sort(), (9, 9))

    assert (whole, without) == ([1, 2, 3], [1, 2])
