"""What `listen` prints: the lines of deliveries that arrived together go out together, and in their order."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.factories import delivery, row
from tests.session.running import leave_connection, settings
from tests.timeouts import TIMEOUT_SECONDS, until
from webhook_tui.domain.events import (
    DeliveryStored,
    Notified,
    RequestRefused,
    SessionEvent,
    SessionStopped,
    WebhookDeleted,
)
from webhook_tui.domain.expectation.expectation import Criteria
from webhook_tui.domain.filtering.filter import Filter
from webhook_tui.domain.refusal import Refusal
from webhook_tui.headless.delivery_selection import DeliverySelection
from webhook_tui.headless.event_queue import EventQueue, Published
from webhook_tui.headless.expectation import DeliveriesArrived, ExitCondition
from webhook_tui.headless.listen import Headless, _run
from webhook_tui.headless.output import JsonWriter, LineWriter
from webhook_tui.session.bus import DeliveriesInserted, DeliveriesStored
from webhook_tui.session.session import Session
from webhook_tui.storage import writer
from webhook_tui.storage.database.connection import transaction
from webhook_tui.streams import OutputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Output(io.StringIO):
    """Notes what was written at each flush."""

    def __init__(self, flushed: list[str]) -> None:
        super().__init__()
        self._flushed = flushed

    def flush(self) -> None:
        """Note it, if it is anything."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        if text:
            self._flushed.append(text)


def _line(event: SessionEvent) -> str | None:
    return f"#{event.row.seq}\n" if isinstance(event, DeliveryStored) else None


def test_lines_that_arrived_together_are_flushed_together_and_before_a_later_note() -> None:
    """A flush for each line would cost more than the line."""
    flushed: list[str] = []
    events = EventQueue()
    stored = [DeliveryStored(row(seq), delivery()) for seq in (1, 2, 3, 4)]
    happened: list[SessionEvent] = [*stored[:3], Notified("Deliveries are stored again."), stored[3], SessionStopped()]
    for event in happened:
        events.put(event)
    Headless(lambda: None, LineWriter(_line, Output(flushed)), Output(flushed)).follow(events)

    assert flushed == ["#1\n#2\n#3\n", "webhook-tui: Deliveries are stored again.\n", "#4\n"]


def _stored(*seqs: int) -> list[DeliveryStored]:
    return [DeliveryStored(row(seq), delivery(b"1" * (seq % 3 * 40 + 1))) for seq in seqs]


def _printed(*happened: Published) -> list[object]:
    """Return the number or the type of each line for these events."""
    out, events = io.BytesIO(), EventQueue()
    for event in (*happened, SessionStopped()):
        events.put(event)
    Headless(lambda: None, JsonWriter(out), io.StringIO()).follow(events)
    written = [json.loads(line) for line in out.getvalue().splitlines()]
    for line in written:
        if "seq" in line:
            assert base64.b64decode(line["body_b64"]) == b"1" * (line["seq"] % 3 * 40 + 1)
    return [line.get("seq", line["type"]) for line in written]


def test_lines_keep_the_order_of_what_happened() -> None:
    """Whether they were encoded before the commit or after it."""
    first, second, third = _stored(1, 2), _stored(3), _stored(4, 5)
    refused = RequestRefused(Refusal(404, "not the webhook's path", "POST /", 2))

    assert _printed(
        *(DeliveriesInserted(first), DeliveriesStored(first), refused, DeliveriesStored(second), WebhookDeleted()),
        *(DeliveriesInserted(third), DeliveriesStored(third)),
    ) == [1, 2, "refused", 3, "deleted", 4, 5]


def test_what_was_not_committed_is_not_written() -> None:
    """Deliveries that were inserted again have the numbers of their commit."""
    failed, other, lost = _stored(1, 2), _stored(3), _stored(4)

    assert _printed(DeliveriesInserted(failed), WebhookDeleted(), DeliveriesInserted(lost)) == ["deleted"]
    assert _printed(DeliveriesInserted(failed), DeliveriesStored(other)) == [3]
    assert _printed(
        *(DeliveriesInserted(failed), DeliveriesInserted(other)), DeliveriesStored(other), DeliveriesStored(lost)
    ) == [3, 4]


def test_a_delivery_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its commit, where that is announced."""
    encoded = _encoded(monkeypatch)
    stored = _stored(1, 2)

    assert _printed(DeliveriesInserted(stored), Notified("In between."), DeliveriesStored(stored)) == [1, 2]
    assert encoded == [stored]


def _encoded(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[DeliveryStored]]:
    """Return what is encoded from now on."""
    encode = JsonWriter.encoded
    seen: list[Sequence[DeliveryStored]] = []

    def encoded(writer: JsonWriter, deliveries: Sequence[DeliveryStored]) -> bytearray:
        lines = encode(writer, deliveries)
        seen.append(deliveries)
        return lines

    monkeypatch.setattr(JsonWriter, "encoded", encoded)
    return seen


def test_conditions_are_checked_also_while_lines_wait() -> None:
    """After about a thousand lines, not after as many groups of them."""
    events, condition = EventQueue(), _Counted()
    front = Headless(lambda: None, JsonWriter(io.BytesIO()), io.StringIO(), condition=condition)
    for _ in range(100):
        events.put_stored(DeliveriesStored([DeliveryStored(row(1), delivery())] * 64))
    events.put(SessionStopped())
    front.follow(events)

    assert condition.checks == 100 * 64 // (64 * 17) + 1


class _Counted(ExitCondition):
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.checks = 0

    def is_met(self) -> bool:
        """Count; it is never met."""
        self.checks += 1
        return False


@pytest.mark.parametrize("kind", [DeliveriesInserted, DeliveriesStored])
def test_an_error_of_the_encoder_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch, kind: type[DeliveriesInserted | DeliveriesStored]
) -> None:
    """It ends the program, as every error that is not expected."""
    monkeypatch.setattr(JsonWriter, "encoded", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        _printed(kind(_stored(1)))


@pytest.mark.parametrize(
    ("output", "chosen", "condition", "is_early"),
    [
        ("json", None, ExitCondition(), True),
        ("text", None, ExitCondition(), False),
        ("json", "event:ping", ExitCondition(), False),
        ("json", None, DeliveriesArrived(Criteria(), Path, since_seq=None, output="json"), False),
    ],
)
def test_lines_are_prepared_where_all_are_printed_as_json_and_nothing_is_waited_for(
    output: str, chosen: str | None, condition: ExitCondition, is_early: bool
) -> None:
    """Everything else is printed after the commit."""
    lines = JsonWriter(io.BytesIO()) if output == "json" else LineWriter(_line, io.StringIO())
    selection = DeliverySelection(None if chosen is None else Filter.parse(chosen))
    front = Headless(lambda: None, lines, io.StringIO(), condition=condition, selection=selection)

    assert front.prepares is is_early


@pytest.mark.parametrize("chosen", ["event:ping", None])
def test_only_chosen_deliveries_are_written(chosen: str | None) -> None:
    """With a filter the front end looks at each."""
    out, events = io.BytesIO(), EventQueue()
    selection = DeliverySelection(None if chosen is None else Filter.parse(chosen))
    front = Headless(lambda: None, JsonWriter(out), io.StringIO(), selection=selection)
    stored = [DeliveryStored(row(1, event="ping"), delivery()), DeliveryStored(row(2, event="other"), delivery())]
    events.put_stored(DeliveriesStored(stored))
    events.put(SessionStopped())
    front.follow(events)

    assert [json.loads(line)["seq"] for line in out.getvalue().splitlines()] == ([1, 2] if chosen is None else [1])


def test_a_reader_that_has_left_ends_it() -> None:
    """Without an error; what comes later is not encoded."""
    stops: list[None] = []
    events, stored, later = EventQueue(), _stored(1), _stored(2)
    writer = JsonWriter(_Unread())
    front = Headless(lambda: stops.append(None), writer, io.StringIO())
    for event in (DeliveriesInserted(stored), DeliveriesStored(stored), SessionStopped()):
        events.put(event)
    front.follow(events)

    assert stops
    assert front.exit_code == 0
    assert writer.encoded(later) == b""


class _Unread(io.BytesIO):
    """The standard output of a program whose reader has left."""

    def write(self, content: ReadableBuffer, /) -> int:
        """As a write to the pipe."""
        raise OutputError(BrokenPipeError())


class _Commits:
    """Stands in for the writer's `transaction`: what happens before a commit on the session's loop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, before: Callable[[], object]) -> None:
        self._before = before
        monkeypatch.setattr(writer, "transaction", self._transaction)

    @contextmanager
    def _transaction(self, connection: sqlite3.Connection) -> Iterator[None]:
        try:
            with transaction(connection):
                yield
                if threading.current_thread().name == "session":
                    self._before()
        except sqlite3.OperationalError:  # meanwhile another program stores some
            connection.execute("INSERT INTO sqlite_sequence VALUES ('deliveries', 41)")
            raise


class _Listening:
    """A session and what `listen --format json` prints of it, each in its thread."""

    def __init__(self, home: Path) -> None:
        self._out, events = io.BytesIO(), EventQueue()
        self._session = Session.open(settings(home, register=False, sse=False), asks=False)
        front = Headless(self._session.stop, JsonWriter(self._out), io.StringIO())
        self._threads = [
            threading.Thread(target=_run, args=(self._session, events, events.put_inserted), name="session"),
            threading.Thread(target=front.follow, args=(events,)),
        ]
        for thread in self._threads:
            thread.start()

    async def send(self) -> bytes:
        """Send a delivery; return the first bytes of the answer."""
        await until(lambda: self._session.hook_url)
        url = urlsplit(str(self._session.hook_url))
        reader, sender = await asyncio.open_connection("127.0.0.1", url.port)
        sender.write(f"POST {url.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        answer = await reader.readexactly(12)
        sender.close()
        return answer

    @property
    def seqs(self) -> list[int]:
        """The numbers of the deliveries printed so far."""
        records = [json.loads(line) for line in self._out.getvalue().splitlines()]
        return [record["seq"] for record in records if record["type"] == "delivery"]

    async def stop(self) -> None:
        """Stop the session, and wait until all is printed."""
        self._session.stop()
        for thread in self._threads:
            await asyncio.to_thread(thread.join, TIMEOUT_SECONDS)
            assert not thread.is_alive()


@pytest.fixture
async def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[_Listening]:
    """One that has begun, and whose loop commits."""
    leave_connection(monkeypatch)
    listening = _Listening(tmp_path)
    try:
        yield listening
    finally:
        await listening.stop()


async def test_a_line_is_encoded_before_its_commit_and_written_after_it(
    listening: _Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the disk takes."""
    may_commit, encoded = threading.Event(), _encoded(monkeypatch)
    _Commits(monkeypatch, lambda: may_commit.wait(TIMEOUT_SECONDS))
    sent = asyncio.create_task(listening.send())
    try:
        await until(lambda: encoded)
        await asyncio.sleep(0.05)  # several times what lines wait for
        before = listening.seqs
    finally:
        may_commit.set()
    answer = await sent
    await until(lambda: listening.seqs)

    assert (before, listening.seqs, len(encoded)) == ([], [1], 1)
    assert answer == b"HTTP/1.1 200"


async def test_a_line_has_the_number_of_the_commit_that_succeeded(
    listening: _Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was encoded for the one that failed is not written."""

    def fail() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    _Commits(monkeypatch, fail)
    answer = await listening.send()
    await listening.stop()

    assert answer == b"HTTP/1.1 200"
    assert listening.seqs == [42]


async def test_a_session_that_stops_after_a_commit_has_printed_its_line(listening: _Listening) -> None:
    """Although nothing wakes the thread that prints."""
    for _ in range(3):
        await listening.send()
    await listening.stop()

    assert listening.seqs == [1, 2, 3]
