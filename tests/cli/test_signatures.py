"""Commands about signatures."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from tests.factories import NOW, VALID, delivery, signature
from tests.fork_server import run
from tests.handler_check import handlers
from tests.handler_check.handlers import SECRET, Answer, serving
from tests.http.echo import echo
from webhook_tui.config import API_URL
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.event import KNOWN_EVENTS
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.places import Places
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.history import DeliveryStore


async def ran(*arguments: str, given: bytes = b"", **environment: str) -> CompletedProcess[bytes]:
    """The command, while the handler's loop runs."""
    return await asyncio.to_thread(run, *arguments, given=given, **environment)


@pytest.mark.parametrize(
    ("answer", "code"),
    [(handlers.good, 0), (handlers.credulous, 1), (handlers.crashing, 1)],
    ids=["good", "all", "crash"],
)
async def test_the_exit_code_is_the_test(answer: Answer, code: int) -> None:
    """0 for a good handler only; the table says pass and fail in words."""
    async with serving(answer) as url:
        done = await ran("check", url, "--secret", SECRET)

    assert done.returncode == code, done.stderr
    assert ("✗ fail" in done.stdout.decode()) is bool(code)
    assert all(f"valid: {name}" in done.stdout.decode() for name in KNOWN_EVENTS)


async def test_the_forms_for_programs() -> None:
    """The secret may come by the environment, where no process list shows it."""
    async with serving(handlers.good) as url:
        as_json = await ran("check", url, "--format", "json", WEBHOOK_TUI_SECRET=SECRET)
        junit = await ran("check", url.replace("//", "//ada:canary@"), "--format", "junit", WEBHOOK_TUI_SECRET=SECRET)

    assert json.loads(as_json.stdout)["passed"] is True
    assert ET.fromstring(junit.stdout).get("failures") == "0"
    assert b"canary" not in junit.stdout


@pytest.mark.parametrize("url", ["http://192.0.2.1/", "https://example.com/webhook", "http://127.0.0.1@example.com/"])
def test_only_this_machine_is_checked_by_default(url: str) -> None:
    """A server of another machine is not tested by accident."""
    done = run("check", url, "--secret", SECRET)

    assert done.returncode == 2
    assert b"--anywhere" in done.stderr


async def test_anywhere_allows_another_machine() -> None:
    """And a handler that does not listen is one sentence."""
    async with serving(handlers.good) as url:
        done = await ran("check", url, "--secret", SECRET, "--anywhere")
    gone = run("check", url, "--secret", SECRET)

    assert done.returncode == 0
    assert gone.returncode == 1
    assert gone.stderr.decode() == (
        "webhook-tui: The handler did not answer: the connection was refused. Start the handler, then check again.\n"
    )


def test_check_needs_a_secret() -> None:
    """The handler's own."""
    assert run("check", "http://127.0.0.1:1/").returncode == 2


@pytest.mark.parametrize("event", [*KNOWN_EVENTS, "brand_new_event", "événement"])
async def test_an_event_of_any_kind_is_sent(event: str) -> None:
    """A sample, named in header and body, signed as PiktID signs it."""
    async with echo() as server:
        done = await ran("send", event, f"{server.url}/hook?x=1", "--secret", "s")

    request = server.requests[0]
    headers = dict(request.headers)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("✓ 200 OK in ".encode())
    assert (request.method, request.target) == ("POST", b"/hook?x=1")
    assert headers[b"X-Webhook-Event"].decode() == json.loads(request.body)["name"] == event
    assert headers[b"X-Webhook-Signature"].decode() == signature("s", request.body)


async def test_a_body_comes_from_a_file_or_standard_input(tmp_path: Path) -> None:
    """Byte for byte."""
    body = b'{"id": 1}\n\x00\xff'
    file = tmp_path / "body.json"
    file.write_bytes(body)
    async with echo() as server:
        await ran("send", "ping", server.url, "--secret", "s", "--file", str(file))
        await ran("send", "ping", server.url, "--secret", "s", "--file", "-", given=body)

    assert [request.body for request in server.requests] == [body, body]


@pytest.mark.parametrize("status", [404, 302, 500])
async def test_another_answer_than_2xx_is_a_failure(status: int) -> None:
    """The status is printed."""
    async with echo() as server:
        server.statuses.append(status)
        done = await ran("send", "ping", server.url, "--secret", "s")

    assert done.returncode == 1
    assert done.stdout.startswith(f"✗ {status} ".encode())


async def test_no_answer_is_a_failure() -> None:
    """One sentence with the reason."""
    async with echo() as server:
        pass
    done = run("send", "ping", server.url, "--secret", "s")

    assert done.returncode == 1
    assert done.stderr == (
        b"webhook-tui: No answer: the connection was refused. "
        b"Nothing listens there: start your app, or compare its port with the URL.\n"
    )


async def test_without_a_url_it_goes_to_the_running_webhook_tui() -> None:
    """By the URL that it registered, with the account's current secret."""
    account, now = Account.of("https://v2.api.piktid.com", Secret("t")), datetime.now(UTC)
    async with echo() as server:
        with closing(AccountStore.open(Places.of_user().accounts)) as accounts:
            accounts.save_ring(account, SecretRing().registered(Secret("kept"), now))
            accounts.record_registration(account, url=f"{server.url}/h/1", webhook_id=1, at=now)
            done = await ran("send", "ping", PIKTID_TOKEN="t")
        over = await ran("send", "ping", PIKTID_TOKEN="t")

    assert done.returncode == 0, done.stderr
    assert server.requests[0].target == b"/h/1"
    assert dict(server.requests[0].headers)[b"X-Webhook-Signature"].decode() == signature(
        "kept", server.requests[0].body
    )
    assert over.returncode == 2
    assert b"No URL was given" in over.stderr


@pytest.mark.parametrize("event", ["", " ", "a\nb", "a\r\nX-Injected: 1", "\x1b[31m"])
def test_what_is_no_name_is_not_sent(event: str) -> None:
    """No header is smuggled in."""
    done = run("send", event, "http://127.0.0.1:1/", "--secret", "s")

    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_send_needs_a_secret() -> None:
    """Nothing unsigned is sent."""
    assert run("send", "ping", "http://127.0.0.1:1/").returncode == 2


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
    async with echo() as server:
        done = await ran("send", "--seq", "1", server.url.removeprefix("http://"), "--secret", "s")
        await ran("send", "ping", server.url, "--seq", "1", "--db", str(other), "--secret", "s")

    assert done.returncode == 0, done.stderr
    assert [request.body for request in server.requests] == [BODY, BODY]
    headers = [dict(request.headers) for request in server.requests]
    assert [sent[b"X-Webhook-Event"] for sent in headers] == [b"image_result", b"ping"]
    assert headers[0][b"X-Webhook-Signature"].decode() == signature("s", BODY)
    assert b"Authorization" not in headers[0]


async def test_the_editor_has_the_last_word(tmp_path: Path) -> None:
    """What it saves is signed and sent; when it fails nothing is."""
    await asyncio.to_thread(history, Places.of_user().deliveries)
    script = tmp_path / "editor.py"
    script.write_text("import sys, pathlib\np = pathlib.Path(sys.argv[1])\np.write_bytes(p.read_bytes()[::-1])\n")
    async with echo() as server:
        arguments = ("send", "--seq", "1", server.url, "--secret", "s", "--edit")
        done = await ran(*arguments, EDITOR=f"{sys.executable} {script}")
        failed = await ran(*arguments, EDITOR="false")

    assert done.returncode == 0, done.stderr
    assert [request.body for request in server.requests] == [BODY[::-1]]
    assert dict(server.requests[0].headers)[b"X-Webhook-Signature"].decode() == signature("s", BODY[::-1])
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


def test_a_kept_token_is_used_until_it_is_forgotten() -> None:
    """By every command that needs one and is given none."""
    account = Account.of(API_URL, Secret("kept"))
    with closing(AccountStore.open(Places.of_user().accounts)) as accounts:
        accounts.save_token(API_URL, Secret("kept"))
        accounts.save_ring(account, SecretRing().registered(Secret("whsec_kept"), NOW))

    kept = run("secret")
    other = run("secret", PIKTID_TOKEN="other")
    forgotten, again = run("forget"), run("forget")
    without = run("secret")

    assert kept.stdout == b"whsec_kept\n", kept.stderr
    assert other.returncode == 1
    assert (forgotten.stdout, again.stdout) == (b"The token was deleted.\n", b"No token is stored.\n")
    assert (without.returncode, without.stdout) == (2, b"")


def test_secret_prints_the_current_one_and_nothing_else() -> None:
    """For `export WEBHOOK_SECRET=$(webhook-tui secret)`."""
    accounts = AccountStore.open(Places.of_user().accounts)
    account = Account.of("https://v2.api.piktid.com", Secret("t"))
    now = datetime.now(UTC)
    accounts.save_ring(account, SecretRing().registered(Secret("former"), now).registered(Secret("current"), now))
    accounts.close()

    done = run("secret", PIKTID_TOKEN="t")

    assert (done.returncode, done.stdout) == (0, b"current\n")
    assert run("secret", PIKTID_TOKEN="other").returncode == 1
    assert run("secret").returncode == 2


def test_secret_lists_the_ring_and_removes_from_it() -> None:
    """By id, none revealed; the current one stays, and an id that is none or of several is an error."""
    at = datetime(2026, 11, 12, 12, tzinfo=UTC)
    account = Account.of(API_URL, Secret("t"))
    former, current, kept = Secret("former"), Secret("current"), Secret("kept")
    ring = SecretRing().registered(former, at).registered(current, at).added(kept, at)
    with closing(AccountStore.open(Places.of_user().accounts)) as accounts:
        accounts.save_ring(account, ring)

    listed = run("secret", "--list", PIKTID_TOKEN="t")
    refused = run("secret", "--remove", current.short_id, PIKTID_TOKEN="t")
    unknown = [run("secret", "--remove", wanted, PIKTID_TOKEN="t") for wanted in ("ffff", kept.short_id[:3], "")]
    removed = run("secret", "--remove", kept.short_id, PIKTID_TOKEN="t")
    rest = run("secret", "--list", PIKTID_TOKEN="t")

    day = listed.stdout.decode().splitlines()[0][26:36]
    assert listed.stdout.decode().splitlines() == [
        f"{current.short_id}  registered          {day}current",
        f"{kept.short_id}  added by hand       {day}every run",
        f"{former.short_id}  registered          {day}until {day.rstrip()}",
    ]
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"webhook-tui: Secret {current.short_id} is the current one".encode())
    assert {done.returncode for done in unknown} == {1}
    assert removed.stdout == f"Secret {kept.short_id} removed.\n".encode()
    assert len(rest.stdout.splitlines()) == 2
    assert run("secret", "--list", PIKTID_TOKEN="other").stdout == b"No secret is stored.\n"


VERIFIED_BODY = b'{"id": 1, "name": "ping", "data": {}, "timestamp": 1795443602.5}'


def test_verify_says_valid_with_0() -> None:
    """The body comes by standard input."""
    done = run("verify", "--secret", "s", "--signature", signature("s", VERIFIED_BODY), given=VERIFIED_BODY)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("✓ valid".encode())


def test_verify_says_why_not_with_1(tmp_path: Path) -> None:
    """The body comes from a file, whose last newline an editor added."""
    file = tmp_path / "body.json"
    file.write_bytes(VERIFIED_BODY + b"\n")

    done = run("verify", "--secret", "s", "--signature", signature("s", VERIFIED_BODY), "--format", "json", str(file))

    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert (said["verdict"], said["cause"]) == ("invalid", "trailing-newline")


def test_verify_takes_a_delivery_line(tmp_path: Path) -> None:
    """The line of `listen --format json` is enough."""
    line = {
        "type": "delivery",
        "received_at": "2026-11-23T14:20:02.418Z",
        "method": "POST",
        "path": "/h/1",
        "headers": [["X-Webhook-Signature", signature("s", VERIFIED_BODY)], ["X-Webhook-Event", "ping"]],
        "body_b64": base64.b64encode(VERIFIED_BODY).decode(),
    }
    file = tmp_path / "delivery.json"
    file.write_text(json.dumps({"type": "ready"}) + "\n" + json.dumps(line))

    assert run("verify", "--secret", "s", "--delivery", str(file)).returncode == 0
    assert run("verify", "--secret", "other", "--delivery", str(file)).returncode == 1


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"type": "delivery"}', "\x00"])
def test_a_file_without_a_delivery_is_a_usage_error(tmp_path: Path, content: str) -> None:
    """One sentence, no traceback."""
    file = tmp_path / "none.json"
    file.write_text(content)

    done = run("verify", "--secret", "s", "--delivery", str(file))

    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_verify_without_a_secret_is_a_usage_error() -> None:
    """An empty one is none."""
    assert run("verify", "--signature", "x").returncode == 2
    assert run("verify", "--signature", "x", "--secret", "").returncode == 2
