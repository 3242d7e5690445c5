"""JMESPath in its own process: what is found, and that nothing takes too long or too much."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator

import pytest

from tests.timeouts import TIMEOUT_SECONDS
from tests.tunnels.watching import descendants
from webhook_tui.domain.payload.query import Mistake, QueryResult
from webhook_tui.payload_query.process import QueryHost

BODY = b'{"items": [{"id": 1, "name": "b"}, {"id": 2, "name": "a"}], "big": 12345678901234567890123, "half": "\\ud800"}'


@pytest.fixture(scope="module")
def host() -> Iterator[QueryHost]:
    """One process for all tests of the module; its environment holds nothing."""
    querying = QueryHost({}, deadline_seconds=20)
    yield querying
    querying.close()


def ask(host: QueryHost, expression: str, body: bytes = BODY) -> QueryResult:
    """The newest query."""
    found = host.query(host.ticket(), expression, body)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("items[].id", [1, 2]),
        ("items[?name=='a'] | [0].id", 2),
        ("sort_by(items, &name)[*].{n: name}", [{"n": "a"}, {"n": "b"}]),
        ("nothing.there", None),
        ("big", 12345678901234567890123),
        ("half", "\ud800"),
        ("length(@)", 3),
    ],
)
def test_what_is_found(host: QueryHost, expression: str, found: object) -> None:
    """As JSON text; numbers keep their digits, half a character stays one."""
    assert json.loads(ask(host, expression).content) == found


def test_payloads_that_cannot_be_queried(host: QueryHost) -> None:
    """Each says why, and the process lives on."""
    assert ask(host, "a", b"nope").mistake == Mistake("the payload is not JSON")
    assert ask(host, "a", b"[" * 200_000).mistake == Mistake("the payload is nested too deeply to be queried")
    assert ask(host, "a", b'\xef\xbb\xbf{"a": 1}').content == b"1"


def test_a_result_without_end_is_refused(host: QueryHost) -> None:
    """One that repeats itself is small in memory and endless as text."""
    expression = " | ".join(["[@, @]"] * 60)

    assert ask(host, expression).mistake == Mistake("the result is too large to be shown")


def test_ten_mebibytes_are_queried(host: QueryHost) -> None:
    """And the payload is sent once."""
    row = {"id": 7, "text": "x" * 900}
    body = json.dumps([row] * 11_000).encode()
    assert len(body) > 10_000_000

    assert ask(host, "[?id==`7`] | length(@)", body).content == b"11000"
    assert ask(host, "[10999].id", body).content == b"7"


def test_a_query_that_takes_too_long_is_ended() -> None:
    """Its process too; the next query has another one."""
    host = QueryHost({}, deadline_seconds=0.7)
    others = descendants(os.getpid())
    try:
        endless = " | ".join(["[@, @][]"] * 60)
        assert ask(host, endless).mistake == Mistake("it takes longer than 0.7 s")
        assert descendants(os.getpid()) == others
        host.deadline_seconds = 20
        assert ask(host, "items[0].id").content == b"1"
    finally:
        host.close()
    assert descendants(os.getpid()) == others
    assert host.query(host.ticket(), "@", BODY) is None


def test_only_the_newest_query_is_answered() -> None:
    """One that was asked for before finds nothing, whichever thread comes first; ending one answers at once."""
    host = QueryHost({}, deadline_seconds=20)
    try:
        early, late = host.ticket(), host.ticket()
        assert host.query(late, "big", BODY) is not None
        assert host.query(early, "big", BODY) is None
        found: list[QueryResult | None] = []
        endless = " | ".join(["[@, @][]"] * 60)
        number, begins = host.ticket(), threading.Event()

        def query() -> None:
            begins.set()
            found.append(host.query(number, endless, BODY))

        thread = threading.Thread(target=query)
        thread.start()
        begins.wait(TIMEOUT_SECONDS)
        host.rest()
        thread.join(TIMEOUT_SECONDS)
        assert found == [None]
    finally:
        host.close()
