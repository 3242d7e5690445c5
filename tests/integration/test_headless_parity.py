"""What the screen can do, without it: filter, answer by a rule, forward by rules, run a program."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path

from tests.factories import signature
from tests.integration.deliveries import post, watching
from tests.session.local_app import local_app
from webhook_tui.storage.rows import SqliteRows

PING = b'{"id": 1, "name": "ping", "data": {}}'
IMAGE = b'{"id": 2, "name": "image_result", "data": {}}'
FAILED = b"HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"


def _signed(body: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"X-Webhook-Signature", signature("s", body).encode())]


async def test_a_filter_chooses_what_is_printed() -> None:
    """The rest is received and stored."""
    async with watching("--filter", "event:image_*") as (listening, url):
        assert await post(url, PING) == 200
        assert await post(url, IMAGE) == 200
        await listening.record("delivery")
        assert [(record["seq"], record["event"]) for record in listening.of("delivery")] == [(2, "image_result")]


async def test_an_answer_rule_from_the_start() -> None:
    """As `a` on the screen sets it."""
    async with watching("--answer", "503 x1, 200") as (_, url):
        assert [await post(url, PING), await post(url, PING)] == [503, 200]


async def test_the_first_rule_that_matches_says_where_to_forward(tmp_path: Path) -> None:
    """Its app's answer is ours, and is kept in the history; what passes no rule is answered as ever."""
    async with (
        local_app(FAILED) as images,
        local_app() as valid,
        watching(
            *("--forward-to", f"event:image_*={images.url}", "--forward-to", f"verdict:valid={valid.url}"),
            *("--secret", "s", "--db", str(tmp_path / "h.db")),
        ) as (listening, url),
    ):
        assert await post(url, IMAGE, _signed(IMAGE)) == 500
        assert await post(url, PING, _signed(PING)) == 200
        assert await post(url, PING) == 200
        await listening.record("delivery", lambda record: record["seq"] == 3)
        assert (len(images.requests), len(valid.requests)) == (1, 1)
        assert [record["seq"] for record in listening.of("forwarded")] == [1, 2]
        await listening.left()
        with closing(SqliteRows(tmp_path / "h.db")) as rows:
            assert [result.status for seq in (1, 2) for result in rows.forward_results(seq)] == [500, 200]


async def test_a_program_gets_each_valid_delivery(tmp_path: Path) -> None:
    """As JSON by standard input, what passes the filter; its failure is a note, and its output is no line of ours."""
    script = tmp_path / "program.py"
    script.write_text(
        "import pathlib, sys\n"
        "line = sys.stdin.read()\n"
        "pathlib.Path(sys.argv[1], str(len(line))).write_text(line)\n"
        "print('said by the program')\n"
        "sys.exit(5)\n"
    )
    kept = tmp_path / "kept"
    kept.mkdir()
    command = f"'{sys.executable}' '{script}' '{kept}'"
    async with watching("--secret", "s", "--exec", command, "--filter", "event:ping") as (listening, url):
        await post(url, PING)
        await post(url, IMAGE, _signed(IMAGE))
        await post(url, PING, _signed(PING))
        await listening.until(lambda: "ended with 5 for #3." in listening.words)
        assert "said by the program" in listening.words
        (file,) = kept.iterdir()
        assert json.loads(file.read_text()) == listening.of("delivery")[-1]


async def test_a_program_that_is_not_there_is_a_note() -> None:
    """Receiving goes on."""
    async with watching("--secret", "s", "--exec", "/no/such/program") as (listening, url):
        await post(url, PING, _signed(PING))
        await listening.until(lambda: "cannot be run for #1: " in listening.words)
        assert await post(url, PING) == 200
