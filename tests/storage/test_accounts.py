"""Secrets, registrations and the guard's answers: never lost, private, shared by several programs."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import NOW
from webhook_tui.domain.account import Account
from webhook_tui.domain.forwarding.forward_result import UsedUrl
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin, SecretRing
from webhook_tui.storage.accounts import MOST_URLS, AccountStore

OTHER = Account("https://v2.api.piktid.com", "other")
LATER = NOW + timedelta(hours=1)

REGISTERS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from webhook_tui.domain.account import Account
from webhook_tui.storage.accounts import AccountStore

store = AccountStore.open(Path(sys.argv[1]))
account = Account("https://v2.api.piktid.com", "0123456789ab")
at = datetime(2026, 11, 23, tzinfo=UTC)
ended = store.record_registration(account, url="https://ended.example/", webhook_id=1, at=at)
store.end_registration(ended, at)
store.record_registration(account, url="https://left.example/", webhook_id=2, at=at)
print("registered", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where accounts.db is made."""
    return tmp_path / "state" / "accounts.db"


@pytest.fixture
def accounts(path: Path) -> Iterator[AccountStore]:
    """A store of accounts of its own."""
    with closing(AccountStore.open(path)) as opened:
        yield opened


@pytest.mark.parametrize("text", ["whsec_abc", "with\nnewline ", "ünïcödé", "\udcff surrogate", "\x00"])
def test_a_secret_comes_back_exactly(accounts: AccountStore, path: Path, account: Account, text: str) -> None:
    """Nothing is stripped, decoded or normalised, also for the next run; another account does not see it."""
    ring = SecretRing().registered(Secret("old"), NOW).registered(Secret(text), LATER).added(Secret("given"), NOW)

    accounts.save_ring(account, ring)

    assert accounts.ring(account) == ring
    assert accounts.ring(OTHER) == SecretRing()
    with closing(AccountStore.open(path)) as again:
        assert again.ring(account) == ring


def test_rings_of_two_programs_become_one(accounts: AccountStore, path: Path, account: Account) -> None:
    """Each saves a ring that does not know the other's secret: both secrets stay, the later one is current."""
    common = SecretRing().registered(Secret("first"), NOW)
    accounts.save_ring(account, common)
    with closing(AccountStore.open(path)) as other:
        other.save_ring(account, common.registered(Secret("theirs"), NOW + timedelta(minutes=1)))
    accounts.save_ring(account, common.registered(Secret("ours"), NOW + timedelta(minutes=2)))

    ring = accounts.ring(account)

    assert [known.secret.reveal() for known in ring.secrets] == ["first", "theirs", "ours"]
    assert ring.current is not None
    assert ring.current.secret == Secret("ours")
    assert [known.until for known in ring.secrets] == [
        NOW + timedelta(minutes=1),
        NOW + timedelta(minutes=2),
        None,
    ]


def test_a_stale_ring_does_not_bring_back_what_ended(accounts: AccountStore, account: Account) -> None:
    """What another program saw deleted stays ended when a ring from before is saved again."""
    ring = SecretRing().registered(Secret("one"), NOW)
    accounts.save_ring(account, ring.ended(LATER))

    accounts.save_ring(account, ring)

    assert accounts.ring(account) == ring.ended(LATER)


def test_a_secret_registered_again_is_current_though_the_clock_went_back(
    accounts: AccountStore, account: Account
) -> None:
    """PiktID may give a former secret again, and clocks go backwards."""
    ring = SecretRing().registered(Secret("one"), NOW).registered(Secret("two"), LATER)
    accounts.save_ring(account, ring)
    again = ring.registered(Secret("one"), NOW - timedelta(hours=1))

    accounts.save_ring(account, again)

    assert accounts.ring(account) == again
    assert accounts.ring(account).current == again.current


def test_secrets_of_one_run_are_not_kept(accounts: AccountStore, account: Account) -> None:
    """Whatever gave them; the same secret is kept once it is wanted in every run, and registered counts for more."""
    ring = SecretRing()
    for origin in (Origin.OPTION, Origin.FILE, Origin.ENTERED):
        ring = ring.added(Secret(origin.value), NOW, origin)
    accounts.save_ring(account, ring)
    assert accounts.ring(account) == SecretRing()

    wanted = ring.added(Secret("entered"), LATER)
    accounts.save_ring(account, wanted)
    assert [known.origin for known in accounts.ring(account).secrets] == [Origin.KEPT]
    accounts.save_ring(account, wanted.registered(Secret("entered"), NOW))
    accounts.save_ring(account, wanted)
    assert [known.origin for known in accounts.ring(account).secrets] == [Origin.REGISTERED]


def test_a_removed_secret_does_not_come_back_by_itself(accounts: AccountStore, account: Account) -> None:
    """Not when a program that still has it saves its ring; adding it again brings it back."""
    ring = SecretRing().registered(Secret("current"), NOW).added(Secret("wrong"), NOW)
    accounts.save_ring(account, ring)
    accounts.save_ring(OTHER, ring)
    removed = ring.secrets[1]

    accounts.remove_secret(account, removed)
    accounts.save_ring(account, ring)

    assert accounts.ring(account) == ring.removed(removed.secret_id)
    assert accounts.ring(OTHER) == ring
    assert accounts.withdrawn(account) == {removed.secret_id}
    accounts.save_ring(account, accounts.ring(account).added(Secret("wrong"), NOW - timedelta(hours=1)))
    assert len(accounts.ring(account)) == 2


def test_a_token_is_kept_for_its_api_until_it_is_forgotten(accounts: AccountStore, path: Path) -> None:
    """The last one counts, also for the next run; and no export may hold it."""
    accounts.save_token("https://v2.api.piktid.com", Secret("first"))
    accounts.save_token("https://v2.api.piktid.com", Secret("second"))

    with closing(AccountStore.open(path)) as later:
        assert later.token("https://v2.api.piktid.com") == Secret("second")
        assert later.token("https://other.example") is None
        assert list(later.all_secrets()) == [Secret("second")]
        assert later.forget_token("https://v2.api.piktid.com")
        assert not later.forget_token("https://v2.api.piktid.com")
    assert accounts.token("https://v2.api.piktid.com") is None


def test_the_guard_asks_once_per_account(accounts: AccountStore, path: Path, account: Account) -> None:
    """It is remembered in the next run, too."""
    assert not accounts.was_ownership_asked(account)

    accounts.record_ownership_asked(account, NOW)
    accounts.record_ownership_asked(account, LATER)

    with closing(AccountStore.open(path)) as again:
        assert again.was_ownership_asked(account)
        assert not again.was_ownership_asked(OTHER)


def test_what_a_living_process_registered_is_not_abandoned(
    accounts: AccountStore, path: Path, account: Account
) -> None:
    """Neither the registration of this process nor that of another one that runs."""
    accounts.record_registration(account, url="https://ours.example/", webhook_id="a-b", at=NOW)
    with closing(AccountStore.open(path)) as other:
        assert accounts.abandoned(account) == []
        assert other.abandoned(account) == []


def test_what_a_killed_process_registered_is_abandoned(accounts: AccountStore, path: Path, account: Account) -> None:
    """Only after its death, and only what it had not ended; ending it settles the matter."""
    with subprocess.Popen(
        [sys.executable, "-c", REGISTERS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "registered\n"
        assert accounts.abandoned(account) == []
        process.kill()
        process.wait()

    (left,) = accounts.abandoned(account)

    assert (left.url, left.webhook_id) == ("https://left.example/", 2)
    assert accounts.abandoned(account) == [left]
    assert accounts.abandoned(OTHER) == []
    accounts.end_registration(left.registration_id, NOW)
    assert accounts.abandoned(account) == []


def test_closing_abandons_what_was_not_ended(path: Path, account: Account) -> None:
    """--no-clean and a DELETE that failed leave a registration that the next run may take for ours."""
    with closing(AccountStore.open(path)) as first:
        first.record_registration(account, url="https://left.example/", webhook_id=None, at=NOW)

    with closing(AccountStore.open(path)) as second:
        (left,) = second.abandoned(account)
        assert (left.url, left.webhook_id, left.at) == ("https://left.example/", None, NOW)
        assert len(list(path.parent.glob("*.alive"))) == 1


def test_the_file_is_private(path: Path, account: Account) -> None:
    """0600 in a directory 0700, also when it was opened to others before."""
    with closing(AccountStore.open(path)):
        pass
    path.chmod(0o644)

    with closing(AccountStore.open(path)) as accounts:
        accounts.save_ring(account, SecretRing().added(Secret("s"), NOW))
        modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}

    assert modes == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_in_memory_it_keeps_nothing(account: Account) -> None:
    """For the sandbox: everything works, nothing is on disk, nothing is ever abandoned."""
    with closing(AccountStore.open(None)) as accounts:
        ring = SecretRing().registered(Secret("s"), NOW)
        accounts.save_ring(account, ring)
        accounts.record_registration(account, url="http://127.0.0.1/", webhook_id=1, at=NOW)

        assert accounts.ring(account) == ring
        assert accounts.abandoned(account) == []


def test_all_secrets_are_those_of_every_account(accounts: AccountStore, account: Account) -> None:
    """Each once, of every account: an export must hold none of them."""
    accounts.save_ring(account, SecretRing().registered(Secret("a"), NOW).registered(Secret("b"), LATER))
    accounts.save_ring(OTHER, SecretRing().added(Secret("b"), NOW).added(Secret("c"), NOW))

    assert list(accounts.all_secrets()) == [Secret("a"), Secret("b"), Secret("c")]


def test_what_this_process_registered_is_live(accounts: AccountStore, account: Account) -> None:
    """Until it is ended; another account's is not returned."""
    registration = accounts.record_registration(account, url="https://a.example/", webhook_id=1, at=NOW)
    accounts.record_registration(OTHER, url="https://b.example/", webhook_id=2, at=NOW)

    assert [one.url for one in accounts.live(account)] == ["https://a.example/"]
    accounts.end_registration(registration, LATER)
    assert not accounts.live(account)


def test_a_removed_file_is_made_again_with_what_is_registered(path: Path, account: Account) -> None:
    """The registered process still counts as running, under the same number; ended ones do not come back."""
    with closing(AccountStore.open(path)) as store:
        ended = store.record_registration(account, url="https://ended.example/", webhook_id=1, at=NOW)
        store.end_registration(ended, NOW)
        held = store.record_registration(account, url="https://held.example/", webhook_id=2, at=NOW)
        for file in path.parent.iterdir():
            file.unlink()
        path.parent.rmdir()

        store.save_ring(account, SecretRing().registered(Secret("kept"), NOW))

        with closing(AccountStore.open(path)) as other:
            assert [registration.url for registration in other.live(account)] == ["https://held.example/"]
            assert other.ring(account).current is not None
        store.end_registration(held, NOW)
        assert store.live(account) == []


def test_used_urls_are_remembered_for_each_account(accounts: AccountStore, path: Path, account: Account) -> None:
    """The last used first, each once, the oldest of more than 20 go; another program and the next run see them."""
    for number in range(MOST_URLS + 2):
        accounts.record_used_url(account, UsedUrl(f"http://127.0.0.1/{number}", NOW + timedelta(seconds=number)))
    again = UsedUrl("http://127.0.0.1/5", LATER)
    accounts.record_used_url(account, again)
    accounts.record_used_url(OTHER, UsedUrl("http://other/", NOW))

    with closing(AccountStore.open(path)) as other:
        urls = other.used_urls(account)
        assert urls[0] == again
        assert [used.url.rpartition("/")[2] for used in urls[1:]] == [
            str(number) for number in range(MOST_URLS + 1, 1, -1) if number != 5
        ]
        assert [used.url for used in other.used_urls(OTHER)] == ["http://other/"]
