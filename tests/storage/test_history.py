"""The history: byte for byte, numbered, committed in groups, and an error when it cannot store."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.factories import INVALID, NOW, PENDING, PING, VALID, delivery
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_file import HistoryFile
from webhook_tui.storage.mappers import decode_headers, encode_headers

HEADERS = st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=40)), max_size=12).map(tuple)
LATIN_1 = st.text(st.characters(max_codepoint=255), max_size=40)
DELIVERIES = st.builds(
    Delivery,
    received_at=st.datetimes(timezones=st.just(UTC)),
    method=LATIN_1,
    target=LATIN_1,
    headers=HEADERS,
    body=st.binary(max_size=300),
    client=LATIN_1,
    http_version=st.sampled_from(["1.0", "1.1"]),
)


@given(HEADERS)
def test_headers_come_back_exactly(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    """Order, case, repetition and every byte survive the coding."""
    assert decode_headers(encode_headers(headers)) == headers


async def test_what_is_recorded_is_read_back_byte_for_byte(store: DeliveryStore, account: Account) -> None:
    """Whatever arrived over the wire comes back, and the row says what is in it."""
    sent = delivery(b"\xff\x00 not JSON \r\n", target="/hook?a=\xe9", headers=((b"X-A", b"\x80\xff"), (b"x-a", b"")))

    row = await store.record(sent, INVALID, account=account, answered=200)
    read = await store.stored(row.seq)

    assert read is not None
    assert read.delivery == sent
    assert read.row == row
    assert (row.seq, row.run, row.size, row.event, row.event_id, row.attempt) == (1, 1, len(sent.body), "", None, 1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=DELIVERIES)
async def test_any_bytes_survive(store: DeliveryStore, account: Account, sent: Delivery) -> None:
    """No body, header, target or method is changed by being stored."""
    row = await store.record(sent, VALID, account=account, answered=None)
    read = await store.stored(row.seq)

    assert read is not None
    assert read.delivery == sent


@pytest.mark.parametrize(
    ("body", "event", "event_id"),
    [
        (b'{"id": "\\ud800", "name": "\\udfff!"}', "\ufffd!", '"\\ud800"'),
        (b'{"id": 7, "name": "' + b"n" * 5000 + b'"}', "n" * 256, "7"),
        (b'{"id": "' + b"i" * 5000 + b'"}', "", None),
        (b'{"id": "7", "name": "a\\u0000b"}', "a\x00b", '"7"'),
        (b'{"id": ' + b"9" * 400 + b"}", "", "9" * 400),
        (b"[" * 100_000, "", None),
    ],
)
async def test_hostile_names_and_ids_are_stored(
    store: DeliveryStore, account: Account, body: bytes, event: str, event_id: str | None
) -> None:
    """Lone surrogates, zeros and endless names are harmless in the row, and the body stays as it was."""
    row = await store.record(delivery(body, headers=()), VALID, account=account, answered=200)
    read = await store.stored(row.seq)

    assert (row.event, row.event_id) == (event, event_id)
    assert read is not None
    assert (read.row, read.delivery.body) == (row, body)


async def test_attempts_are_counted_per_event_id_and_account(store: DeliveryStore, account: Account) -> None:
    """The n-th delivery of an id is attempt n; another account, another type of id, and no id count for themselves."""
    other = Account("https://v2.api.piktid.com", "other")
    bodies = [(b'{"id": 7}', account), (b'{"id": 7}', account), (b'{"id": "7"}', account), (b'{"id": 7}', other)]
    bodies += [(b"{}", account), (b"{}", account), (b'{"id": 7}', account)]

    rows = [await store.record(delivery(body), VALID, account=whose, answered=200) for body, whose in bodies]

    assert [row.attempt for row in rows] == [1, 2, 1, 1, 1, 1, 3]


async def test_what_waits_together_is_committed_together(store: DeliveryStore, account: Account) -> None:
    """Fewer transactions than deliveries when many arrive at once; each has its own number."""
    before = store.commits

    rows = await asyncio.gather(*(store.record(delivery(), VALID, account=account, answered=200) for _ in range(300)))

    assert sorted(row.seq for row in rows) == list(range(1, 301))
    assert sorted(row.attempt for row in rows) == list(range(1, 301))
    assert 1 <= store.commits - before < 150


async def test_one_that_cannot_be_stored_takes_no_other_with_it(store: DeliveryStore, account: Account) -> None:
    """A delivery that SQLite refuses is refused alone, though it shared a transaction with others."""
    refused = replace(delivery(), target="\ud800")

    results = await asyncio.gather(
        *(
            store.record(refused if number == 5 else delivery(), VALID, account=account, answered=200)
            for number in range(10)
        ),
        return_exceptions=True,
    )

    assert [isinstance(result, ProblemError) for result in results] == [number == 5 for number in range(10)]
    with closing(store.open_rows()) as rows:
        assert len(rows) == 9


async def test_a_full_disk_is_reported_and_recovered_from(
    store: DeliveryStore, file: HistoryFile, account: Account
) -> None:
    """While there is no room every delivery is refused in the same words; with room again the next one is stored."""
    kept = await store.record(delivery(), VALID, account=account, answered=200)
    _on_writer(file, "PRAGMA max_page_count = 1")

    results = await asyncio.gather(
        *(store.record(delivery(b"x" * 9000), VALID, account=account, answered=200) for _ in range(20)),
        return_exceptions=True,
    )

    assert {str(result) for result in results} == {
        (
            "The disk is full: deliveries are answered 503 and PiktID sends them again. "
            "Free some space; storing resumes by itself."
        )
    }
    _on_writer(file, "PRAGMA max_page_count = 1000000")
    again = await store.record(delivery(b"x" * 9000), VALID, account=account, answered=200)
    assert again.seq == kept.seq + 1


async def test_a_read_only_file_is_reported_and_recovered_from(
    store: DeliveryStore, file: HistoryFile, account: Account
) -> None:
    """The same when the file cannot be written."""
    _on_writer(file, "PRAGMA query_only = ON")

    with pytest.raises(ProblemError) as refused:
        await store.record(delivery(), VALID, account=account, answered=200)

    assert refused.value.problem.message == "The history is not writable: deliveries are answered 503."
    assert refused.value.problem.is_transient
    _on_writer(file, "PRAGMA query_only = OFF")
    assert (await store.record(delivery(), VALID, account=account, answered=200)).seq == 1


def _on_writer(file: HistoryFile, pragma: str) -> None:
    """Set a limit on the connection that writes, while it is idle."""
    file.connection.execute(pragma).fetchall()


async def test_a_locked_file_is_reported_and_recovered_from(
    store: DeliveryStore, file: HistoryFile, account: Account
) -> None:
    """Another program that writes for too long makes deliveries be refused; afterwards they are stored again."""
    _on_writer(file, "PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ProblemError, match="Another program has locked the history"):
            await store.record(delivery(), VALID, account=account, answered=200)

    assert (await store.record(delivery(), VALID, account=account, answered=200)).seq == 1


async def test_a_failure_that_lasts_is_logged_once(
    store: DeliveryStore, file: HistoryFile, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk under load does not fill the log, too; a failure after a success is logged again."""
    for _ in range(2):
        _on_writer(file, "PRAGMA query_only = ON")
        for _ in range(5):
            with pytest.raises(ProblemError):
                await store.record(delivery(), VALID, account=account, answered=200)
        _on_writer(file, "PRAGMA query_only = OFF")
        await store.record(delivery(), VALID, account=account, answered=200)

    rolled_back = [record for record in caplog.records if record.message.startswith("A transaction was rolled back")]
    assert len(rolled_back) == 2, "background work may fail, too"


async def test_a_cancelled_caller_does_not_disturb_others(store: DeliveryStore, account: Account) -> None:
    """A sender that went away while its delivery was queued: the others are answered."""
    waiting = [asyncio.ensure_future(store.record(delivery(), VALID, account=account, answered=200)) for _ in range(20)]
    await asyncio.sleep(0)
    waiting[3].cancel()

    results = await asyncio.gather(*waiting, return_exceptions=True)

    assert [index for index, one in enumerate(results) if isinstance(one, BaseException)] == [3]


def test_several_loops_may_record_at_once(store: DeliveryStore, account: Account) -> None:
    """Each is reported on its own loop; a loop that ended meanwhile gets nothing."""

    async def record_many() -> list[int]:
        rows = await asyncio.gather(
            *(store.record(delivery(), VALID, account=account, answered=200) for _ in range(50))
        )
        return [row.seq for row in rows]

    async def leave() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(store.record(delivery(), VALID, account=account, answered=200), 0)

    with ThreadPoolExecutor(5) as threads:
        ending = threads.submit(asyncio.run, leave())
        found = [seq for seqs in threads.map(lambda _: asyncio.run(record_many()), range(4)) for seq in seqs]
        ending.result()

    assert len(set(found)) == 200


async def test_unsettled_are_those_that_a_secret_could_change(store: DeliveryStore, account: Account) -> None:
    """Pending and invalid ones of the account, newest first, page by page."""
    other = Account("https://v2.api.piktid.com", "other")
    for verdict in (*Verdict, *Verdict):
        await store.record(delivery(), VerificationResult(verdict, "r", "s"), account=account, answered=200)
    await store.record(delivery(), PENDING, account=other, answered=200)

    first = await store.unsettled(account=account, below=None, limit=3)
    rest = await store.unsettled(account=account, below=first[-1].row.seq, limit=3)

    found = [(one.row.seq, one.row.verdict) for one in (*first, *rest)]
    assert found == [(12, "pending"), (9, "invalid"), (6, "pending"), (3, "invalid")]
    assert first[0].delivery.body == PING


async def test_verdicts_and_answers_change_rows(store: DeliveryStore, account: Account) -> None:
    """The changed rows come back in the order asked for; what is not there is left out."""
    for _ in range(3):
        await store.record(delivery(), PENDING, account=account, answered=None)

    changed = await store.set_verdicts([(3, VALID), (99, VALID), (1, INVALID)])
    answered = await store.set_answered(2, 503)

    assert [(row.seq, row.verification) for row in changed] == [(3, VALID), (1, INVALID)]
    assert answered is not None
    assert (answered.answered, answered.verdict) == (503, Verdict.PENDING)
    assert await store.set_answered(99, 200) is None
    assert await store.stored(99) is None


async def test_a_reason_is_that_of_a_verdict(store: DeliveryStore, account: Account) -> None:
    """What was found for an invalid delivery does not take back that it is valid by now."""
    for _ in range(2):
        await store.record(delivery(), INVALID, account=account, answered=200)
    await store.set_verdicts([(1, VALID)])
    found = VerificationResult(Verdict.INVALID, "Signed with another secret.", "Another secret.")
    late, soon, gone = [await store.set_reason(seq, found) for seq in (1, 2, 99)]
    kept = await store.stored(1)

    assert (late, gone) == (None, None)
    assert soon is not None
    assert soon.verification == found
    assert kept is not None
    assert kept.row.verification == VALID


async def test_runs_are_numbered_and_numbers_never_given_twice(tmp_path: Path, account: Account) -> None:
    """A second run goes on where the first ended, even when everything was deleted in between."""
    path = tmp_path / "deliveries.db"
    with closing(DeliveryStore.open(path, started_at=NOW)) as first:
        await first.record(delivery(), VALID, account=account, answered=200)
        assert await first.prune(keep_days=None, keep_rows=0, now=NOW) == 1
    with closing(DeliveryStore.open(path, started_at=NOW)) as second:
        row = await second.record(delivery(), VALID, account=account, answered=200)

    assert (first.run, second.run, row.run, row.seq) == (1, 2, 2, 2)


async def test_close_waits_for_what_is_queued_and_may_be_called_again(tmp_path: Path, account: Account) -> None:
    """What was asked for before closing is stored."""
    path = tmp_path / "deliveries.db"
    store = DeliveryStore.open(path, started_at=NOW)
    waiting = [asyncio.ensure_future(store.record(delivery(), VALID, account=account, answered=200)) for _ in range(50)]
    await asyncio.sleep(0)

    store.close()
    store.close()

    assert [row.seq for row in await asyncio.gather(*waiting)] == list(range(1, 51))
    with pytest.raises(RuntimeError):
        await store.record(delivery(), VALID, account=account, answered=200)


async def test_an_ephemeral_history_leaves_nothing(account: Account) -> None:
    """It is a real file, private, until it is closed."""
    store = DeliveryStore.open(None, started_at=NOW)
    await store.record(delivery(), VALID, account=account, answered=200)

    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    store.close()
    assert not store.path.parent.exists()


async def test_pruning_keeps_the_newest_the_young_and_the_marked(store: DeliveryStore, account: Account) -> None:
    """Old ones go in batches; a marked one stays; after a young one nothing goes, whatever the clock said."""
    ages = [9, 9, 9, 1, 9, 0]
    for days in ages:
        sent = delivery(received_at=NOW - timedelta(days=days))
        await store.record(sent, VALID, account=account, answered=200)
    marked = await store.set_marked(2, True)

    gone = await store.prune(keep_days=7, keep_rows=None, now=NOW)

    assert marked is not None
    assert marked.marked
    assert gone == 2
    with closing(store.open_rows()) as rows:
        assert [row.seq for row in rows.window(0, 10)] == [2, 4, 5, 6]
    assert await store.prune(keep_days=None, keep_rows=1, now=NOW) == 2
    assert await store.prune(keep_days=None, keep_rows=None, now=NOW) == 0


async def test_pruning_counts_deliveries_where_numbers_are_missing(store: DeliveryStore, account: Account) -> None:
    """Those that were deleted do not count, in the middle and at the end."""
    for _ in range(12):
        await store.record(delivery(), VALID, account=account, answered=200)
    await store.delete([6, 7, 8, 9, 12])

    kept = []
    with closing(store.open_rows()) as rows:
        for keep_rows in (7, 5, 2, 0):
            await store.prune(keep_days=None, keep_rows=keep_rows, now=NOW)
            rows.refresh()
            kept.append([row.seq for row in rows.window(0, 20)])
    assert kept == [[1, 2, 3, 4, 5, 10, 11], [3, 4, 5, 10, 11], [10, 11], []]


async def test_a_clock_wrong_forwards_deletes_nothing_young(tmp_path: Path, account: Account) -> None:
    """Neither when it is set a year ahead nor when it starts so, twice; what is old by every clock is deleted."""
    path = tmp_path / "deliveries.db"
    day, wrong = timedelta(days=1), NOW + timedelta(days=365)

    async def run(at: datetime, then: datetime, running: timedelta = timedelta(0)) -> int:
        """One run that records a delivery at its start; how many go when the clock says `then`."""
        with closing(DeliveryStore.open(path, started_at=at)) as store:
            await store.record(delivery(received_at=at), VALID, account=account, answered=200)
            gone = await store.prune(keep_days=30, keep_rows=None, now=then, running_seconds=running.total_seconds())
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE runs SET ended_at = started_at")
        return gone

    assert [await run(at, at) for at in (NOW - 50 * day, NOW - 15 * day, NOW - 2 * day, NOW - day)] == [0, 0, 0, 1]
    assert await run(NOW, wrong) == 0
    assert await run(wrong, wrong, running=day / 8) == 0
    assert await run(wrong, wrong + day / 12, running=day / 12) == 0
    assert await run(NOW + day, NOW + day) == 0
    assert await run(NOW + 2 * day, NOW + 30 * day, running=28 * day) == 3


def test_files_are_private(tmp_path: Path) -> None:
    """The history is for its owner only, and so are the directories that were made for it."""
    path = tmp_path / "a" / "b" / "deliveries.db"
    with closing(DeliveryStore.open(path, started_at=NOW)):
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}

    assert set(modes.values()) == {0o600}
    assert {"deliveries.db", "deliveries.db-wal", "deliveries.db-shm"} <= set(modes)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_commits_are_synced(store: DeliveryStore, file: HistoryFile) -> None:
    """Power may fail right after an answer."""
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert file.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert file.connection.execute("PRAGMA fullfsync").fetchone() == (1,)
