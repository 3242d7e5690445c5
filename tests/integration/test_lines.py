"""What `webhook-tui listen` prints: exact NDJSON, lines for people, and nothing that controls a terminal."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.factories import signature
from tests.hostile.listening import exchange
from tests.integration.deliveries import post, watching
from tests.integration.process import Record, program
from tests.session.local_app import local_app
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.delivery.text import visible

FIELDS = {
    "ready": ["public_url", "port", "version", "format"],
    "registered": ["id", "url"],
    "delivery": [
        *("seq", "received_at", "method", "path", "headers", "body_b64", "json"),
        *("event", "event_id", "attempt", "verdict", "reason", "answered"),
    ],
    "verdict": ["seq", "verdict", "reason", "cause", "why", "change"],
    "event": ["event_id", "name", "seen", "lag_ms", "equal"],
    "tunnel": ["state", "public_url"],
    "forwarded": ["seq", "status", "ms"],
    "refused": ["status", "reason", "count"],
    "deleted": [],
    "error": ["message", "code", "exit_code"],
}
"""The fields of each type of line, in order."""


def _is_retry(record: Record) -> bool:
    return bool(record["attempt"] == 2)


async def test_the_sandbox_shows_every_verdict_and_a_retry() -> None:
    """Each line has exactly its fields; the first delivery is there within 5 s of the start, the others soon after."""
    async with program("listen", "--sandbox", "--format", "json", "--port", "0") as listening:
        await listening.record("delivery")
        for verdict in ("valid", "older", "invalid", "missing", "malformed"):
            await listening.record("delivery", lambda record, wanted=verdict: record["verdict"] == wanted)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        retry = await listening.record("delivery", _is_retry)
        await listening.record("verdict")
        assert await listening.left() == 130
    records = listening.records
    assert [list(record) for record in records] == [["type", *FIELDS[record["type"]]] for record in records]
    after = records[records.index({"type": "deleted"}) + 1 :]  # what was under way when it was deleted
    assert {record["type"] for record in after} <= {"delivery", "verdict", "event"}
    registered, ready = listening.of("registered"), listening.of("ready")
    assert len(registered) == len(ready) == 1
    assert ready[0]["public_url"] == registered[0]["url"]
    assert registered[0]["url"].startswith(f"http://127.0.0.1:{ready[0]['port']}/")
    deliveries = listening.of("delivery")
    assert [delivery["seq"] for delivery in deliveries] == list(range(1, len(deliveries) + 1))
    assert deliveries[0]["event"] == "ping"
    assert {delivery["answered"] for delivery in deliveries} == {200}
    first_try = next(delivery for delivery in deliveries if delivery["event_id"] == retry["event_id"])
    assert (first_try["attempt"], first_try["body_b64"]) == (1, retry["body_b64"])
    assert {"batch_edit", "image_result", "identity_preprocessing", "ping"} >= {d["event"] for d in deliveries}


@pytest.mark.parametrize("event_id", [7, "7", 12345678901234567890123, None])
async def test_an_event_id_keeps_its_type(event_id: object) -> None:
    """A number stays a number, however long, and text stays text."""
    body = json.dumps({"id": event_id, "name": "ping", "data": {}, "timestamp": 1.5}).encode()
    async with watching("--ephemeral") as (listening, url):
        assert await post(url, body) == 200
        delivery = await listening.record("delivery")
    assert delivery["event_id"] == event_id
    assert type(delivery["event_id"]) is type(event_id)


async def test_a_delivery_is_reported_unchanged() -> None:
    """Method, target, header names, doubled headers and every byte of the body, and the verdict by a given secret."""
    body = b'{"id": 9, "name": "image_result\xff", "data": {}, "timestamp": 1}\r\n\x00\x1b[2J'
    headers = [
        (b"x-WEBHOOK-signature", signature("s3cret", body).encode()),
        (b"X-Webhook-Event", b"image_result"),
        (b"X-Twice", b"one"),
        (b"x-twice", b"tw\xe9\xff"),
    ]
    async with watching("--ephemeral", "--secret", "s3cret") as (listening, url):
        assert await post(url + "?a=%20b", body, headers) == 200
        delivery = await listening.record("delivery")
    assert delivery["method"] == "POST"
    assert delivery["path"] == "/h/" + url.partition("/h/")[2] + "?a=%20b"
    assert base64.b64decode(delivery["body_b64"]) == body
    said = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in delivery["headers"]]
    assert said[0][0] == b"Host"
    assert said[1:5] == headers
    assert delivery["verdict"] == "valid"
    assert delivery["answered"] == 200


async def test_lines_for_people() -> None:
    """One line an event; a hostile event name is shown harmless; no colours in a pipe."""
    async with program(
        *("listen", "--no-register", "--tunnel", "none", "--port", "0", "--ephemeral"), TERM="xterm-256color"
    ) as listening:
        await listening.until(lambda: b"ready: " in listening.output)
        url = next(word for word in listening.lines[0].replace(";", " ").split() if word.startswith("http"))
        hostile = {"id": "a\x1b]0;owned\x07", "name": "\x1b[31mred\u202e\x9b2J[/]", "data": {}, "timestamp": 1}
        assert await post(url, json.dumps(hostile).encode()) == 200
        await listening.until(lambda: b"#1 " in listening.output)
        assert await listening.left() == 130
    line = next(line for line in listening.lines if line.startswith("#1 "))
    assert "∅ missing" in line
    assert "answered 200" in line
    assert line == visible(line)
    assert b"\x1b" not in listening.output + listening.notes


async def test_json_is_ascii_and_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes, standard output has printable ASCII only."""
    body = '{"id": 1, "name": "\u202e\u0007\x9b31m😀", "data": {}, "timestamp": 1}'.encode()
    async with watching("--ephemeral") as (listening, url):
        assert await post(url, body, [(b"X-Odd", b"\x9b31m\xe2\x80\xae")]) == 200
        await listening.record("delivery")
        await listening.left()
    assert all(32 <= byte < 127 or byte == 10 for byte in listening.output)
    assert b"\x1b" not in listening.notes


async def test_a_reader_that_goes_away_ends_it(tmp_path: object) -> None:
    """As `| head -1`: it tidies up and ends without a traceback."""
    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "webhook_tui", "listen", "--sandbox", "--format", "json", "--port", "0"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=writing,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writing)
    with open(reading, "rb", buffering=0) as pipe:  # noqa: ASYNC230, PTH123 -- a descriptor, read when there is something
        await asyncio.to_thread(pipe.read, 1)
    try:
        _, said = await asyncio.wait_for(process.communicate(), TIMEOUT_SECONDS)
    except TimeoutError:
        process.kill()
        raise
    assert b"Traceback" not in said
    assert b"Exception" not in said
    assert process.returncode == 0


async def test_a_forwarded_delivery_has_a_line_of_its_own() -> None:
    """After the delivery's, which was not answered yet then."""
    async with (
        local_app() as app,
        program(
            "listen", "--no-register", "--tunnel", "none", "--format", "json", "--port", "0", "--forward-to", app.url
        ) as listening,
    ):
        ready = await listening.record("ready")
        assert await post(ready["public_url"], b"{}") == 200
        forwarded = await listening.record("forwarded")
        assert await listening.left() == 130
    assert list(forwarded) == ["type", *FIELDS["forwarded"]]
    assert (forwarded["seq"], forwarded["status"]) == (1, 200)
    assert listening.of("delivery")[0]["answered"] is None
    assert app.body() == b"{}"


def _log_in(directory: Path) -> str:
    return "".join(found.read_text() for found in directory.rglob("webhook-tui.log"))


async def test_what_is_refused_is_reported_at_once(tmp_path: Path) -> None:
    """As a line for programs and on standard error for people, with status and reason, and in the log; harmless."""
    async with watching("--ephemeral", XDG_STATE_HOME=str(tmp_path)) as (listening, url):
        port = int(urlsplit(url).port or 0)
        path = urlsplit(url).path.encode()
        for sent, status in (
            (b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 1100000000\r\n\r\n", 413),
            (b"POST /\xe2\x80\xae HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            (b"GET /?\x22%1b HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        ):
            answer, _ = await exchange(port, sent)
            assert answer.startswith(b"HTTP/1.1 %d " % status)
            await listening.record("refused", lambda record, wanted=status: record["status"] == wanted)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        assert await listening.left() == 130
    assert [list(record) for record in listening.of("refused")] == [["type", *FIELDS["refused"]]] * 3
    assert listening.of("refused")[0] == {
        "type": "refused",
        "status": 413,
        "reason": "1.1 GB declared; the limit is 10 MB.",
        "count": 1,
    }
    notes = listening.words.splitlines()
    assert "webhook-tui: Refused a request (413): 1.1 GB declared; the limit is 10 MB." in notes
    assert "webhook-tui: Refused a request (400): it is not valid HTTP." in notes
    assert "webhook-tui: Refused a request (404): not the webhook's path (GET /?\"%1b)." in notes
    log = _log_in(tmp_path)
    assert "Refused a request (413): 1.1 GB declared; the limit is 10 MB." in log
    assert "Refused a request (404): not the webhook's path." in log


async def test_a_flood_of_refused_requests_is_a_few_lines() -> None:
    """All of them are counted."""
    async with watching("--ephemeral") as (listening, url):
        for _ in range(20):
            await asyncio.gather(
                *(exchange(urlsplit(url).port or 0, b"GET /no HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(20))
            )
        await listening.until(lambda: sum(record["count"] for record in listening.of("refused")) == 400)
        assert len(listening.of("refused")) < 40
