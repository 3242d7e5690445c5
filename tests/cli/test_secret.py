"""`webhook-tui secret` and `forget`: what is stored of an account."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

from tests.factories import NOW
from tests.fork_server import run
from webhook_tui.config import API_URL
from webhook_tui.domain.account import Account
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.places import Places
from webhook_tui.storage.accounts import AccountStore


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
