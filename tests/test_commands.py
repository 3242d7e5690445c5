"""The commands beside the main job, run as a shell runs them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.factories import NOW
from tests.fork_server import run
from webhook_tui.config import API_URL
from webhook_tui.domain.account import Account
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.places import Places
from webhook_tui.storage.accounts import AccountStore

BODY = b'{"id": 1, "name": "ping", "data": {}, "timestamp": 1795443602.5}'


def signature(secret: str, body: bytes) -> str:
    """As PiktID documents it."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


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


def test_verify_says_valid_with_0() -> None:
    """The body comes by standard input."""
    done = run("verify", "--secret", "s", "--signature", signature("s", BODY), given=BODY)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("✓ valid".encode())


def test_verify_says_why_not_with_1(tmp_path: Path) -> None:
    """The body comes from a file, whose last newline an editor added."""
    file = tmp_path / "body.json"
    file.write_bytes(BODY + b"\n")

    done = run("verify", "--secret", "s", "--signature", signature("s", BODY), "--format", "json", str(file))

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
        "headers": [["X-Webhook-Signature", signature("s", BODY)], ["X-Webhook-Event", "ping"]],
        "body_b64": base64.b64encode(BODY).decode(),
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


def test_paths_says_where_things_lie() -> None:
    """Each on a line of its own."""
    done = run("paths")

    assert done.returncode == 0
    assert b"deliveries.db" in done.stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_prints_a_script_that_asks_the_program(shell: str) -> None:
    """And the program answers it."""
    done = run("completion", shell)

    assert done.returncode == 0
    assert b"_WEBHOOK_TUI_COMPLETE" in done.stdout


def test_the_program_completes_its_commands() -> None:
    """As the script asks it to."""
    done = run(_WEBHOOK_TUI_COMPLETE="zsh_complete", COMP_WORDS="webhook-tui ver", COMP_CWORD="1")

    assert b"verify" in done.stdout
