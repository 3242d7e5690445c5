"""`webhook-tui send` with a stored delivery and the editor, run as a shell runs it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.signatures.test_check import ran
from tests.export.receiving import receiving
from tests.factories import NOW, VALID, delivery
from tests.fork_server import run
from tests.test_commands import signature
from webhook_tui.domain.account import Account
from webhook_tui.places import Places
from webhook_tui.storage.history import DeliveryStore

ACCOUNT = Account("https://v2.api.piktid.com", "0123456789ab")
BODY = b'{"id": 1,\r\n "name": "x"}\n\x00\xff'


def history(path: Path) -> Path:
    """A history of one delivery."""

    async def record(store: DeliveryStore) -> None:
        given = replace(delivery(BODY), headers=((b"X-Webhook-Event", b"image_result"), (b"Authorization", b"canary")))
        await store.record(given, VALID, account=ACCOUNT, answered=200)

    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        asyncio.run(record(store))
    return path


async def test_a_stored_delivery_is_sent_as_its_event_re_signed(tmp_path: Path) -> None:
    """Byte for byte, none of its own headers; another event's name and another history can be given."""
    other = await asyncio.to_thread(history, tmp_path / "other.db")
    await asyncio.to_thread(history, Places.of_user().deliveries)
    async with receiving() as handler:
        done = await ran("send", "--seq", "1", handler.url.removeprefix("http://"), "--secret", "s")
        await ran("send", "ping", handler.url, "--seq", "1", "--db", str(other), "--secret", "s")

    assert done.returncode == 0, done.stderr
    assert [request.body for request in handler.arrived] == [BODY, BODY]
    headers = [dict(request.headers) for request in handler.arrived]
    assert [sent[b"X-Webhook-Event"] for sent in headers] == [b"image_result", b"ping"]
    assert headers[0][b"X-Webhook-Signature"].decode() == signature("s", BODY)
    assert b"Authorization" not in headers[0]


async def test_the_editor_has_the_last_word(tmp_path: Path) -> None:
    """What it saves is signed and sent; when it fails nothing is."""
    await asyncio.to_thread(history, Places.of_user().deliveries)
    script = tmp_path / "editor.py"
    script.write_text("import sys, pathlib\np = pathlib.Path(sys.argv[1])\np.write_bytes(p.read_bytes()[::-1])\n")
    async with receiving() as handler:
        arguments = ("send", "--seq", "1", handler.url, "--secret", "s", "--edit")
        done = await ran(*arguments, EDITOR=f"{sys.executable} {script}")
        failed = await ran(*arguments, EDITOR="false")

    assert done.returncode == 0, done.stderr
    assert [request.body for request in handler.arrived] == [BODY[::-1]]
    assert dict(handler.arrived[0].headers)[b"X-Webhook-Signature"].decode() == signature("s", BODY[::-1])
    assert (failed.returncode, failed.stderr) == (
        1,
        b"webhook-tui: The editor failed with exit code 1. Nothing was sent.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--seq", "7", "http://127.0.0.1:1/"), 1, b"There is no delivery 7 in the history."),
        (("ping", "http://127.0.0.1:1/", "--seq", "1", "--file", "-"), 2, b"--file and --seq exclude each other."),
        (("http://127.0.0.1:1/",), 2, b"No URL was given"),
        (("", "http://127.0.0.1:1/"), 2, b"No event was given"),
    ],
)
def test_what_is_missing_is_reported(arguments: tuple[str, ...], code: int, says: bytes) -> None:
    """In a sentence, without a traceback."""
    history(Places.of_user().deliveries)
    done = run("send", *arguments, "--secret", "s")

    assert done.returncode == code
    assert says in done.stderr
    assert b"Traceback" not in done.stderr
