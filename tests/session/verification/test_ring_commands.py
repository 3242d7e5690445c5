"""Secrets that the user enters: how long each is used, what it changes, and the messages about it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.factories import NOW, delivery, signature
from tests.integration.deliveries import post
from tests.session.forwarding.test_forwarder import watching
from tests.session.running import TOKEN, Running, sandbox_of, session_of, settings
from webhook_tui.config import Settings
from webhook_tui.domain.account import Account
from webhook_tui.domain.commands import (
    AddSecret,
    RegisterWebhook,
    RemoveSecret,
    SendTestPing,
)
from webhook_tui.domain.events import (
    DeliveryStored,
    Notified,
    ProblemOccurred,
    SecretRingChanged,
    SessionReady,
    VerdictChanged,
    WebhookRegistered,
)
from webhook_tui.domain.queries import ListSecrets, RevealSecret, SecretTrial, TrySecret
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin, RingEntry, SecretRing
from webhook_tui.domain.signature.verdict import Verdict, VerificationResult
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.database.schema import ACCOUNTS
from webhook_tui.storage.history import DeliveryStore

GIVEN = Secret("given-by-hand")
ANONYMOUS = Account.of(Settings().api_url, None)


async def _send(running: Running, url: str, secret: Secret, number: int = 1) -> DeliveryStored:
    body = f'{{"id": {number}}}'.encode()
    await post(url, body, [(b"X-Webhook-Signature", signature(secret.reveal(), body).encode())])
    return await running.event(DeliveryStored, lambda event: event.delivery.body == body)


async def _said(running: Running, sentence: str) -> None:
    await running.event(Notified, lambda event: event.sentence == sentence)


async def _ring(running: Running) -> dict[str, RingEntry]:
    """What the session lists, by short id."""
    return {entry.short_id: entry for entry in await running.answer(ListSecrets())}


def _kept(home: Path, account: Account = ANONYMOUS) -> SecretRing:
    with closing(AccountStore.open(settings(home).places.accounts)) as accounts:
        return accounts.ring(account)


@pytest.mark.parametrize("option", ["secrets", "file_secrets"])
async def test_a_secret_of_an_option_lives_as_long_as_the_run(tmp_path: Path, option: str) -> None:
    """It verifies, without a word of PiktID, and the next run does not know it."""
    async with watching(tmp_path, **{option: (GIVEN,)}) as (running, url):
        arrived = await _send(running, url, GIVEN)
        assert arrived.row.verdict is Verdict.VALID
        assert arrived.row.reason == f"Matches the secret you added ({GIVEN.short_id})."
        assert arrived.row.short_reason == "Matches the secret you added."
        entry = (await _ring(running))[GIVEN.short_id]
        assert (entry.origin.is_stored, entry.verifies) == (False, 1)
        assert GIVEN in running.session.known_secrets()
    assert _kept(tmp_path) == SecretRing()

    async with watching(tmp_path) as (running, url):
        assert (await _send(running, url, GIVEN, 2)).row.verdict is not Verdict.VALID
        assert await _ring(running) == {}


async def test_a_secret_is_kept_only_where_that_is_wanted(tmp_path: Path) -> None:
    """For this run; then, added once more, for every run. It is not called PiktID's."""
    async with watching(tmp_path) as (running, url):
        running.ask(AddSecret(GIVEN))
        await _said(running, "Secret added. There was no delivery to re-check.")
        assert _kept(tmp_path) == SecretRing()
        running.ask(AddSecret(GIVEN))
        await _said(running, f"The ring has this secret already: {GIVEN.short_id}.")
        running.ask(AddSecret(GIVEN, keep=True))
        await running.event(SecretRingChanged, lambda _: len(running.all(SecretRingChanged)) == 2)
        assert (await _ring(running))[GIVEN.short_id].origin is Origin.KEPT
    assert [known.origin for known in _kept(tmp_path).secrets] == [Origin.KEPT]

    async with watching(tmp_path, secrets=(GIVEN,)) as (running, url):
        assert (await _send(running, url, GIVEN)).row.reason.startswith("Matches the secret you added")
        assert (await _ring(running))[GIVEN.short_id].origin is Origin.KEPT


async def test_adding_a_secret_says_what_it_changed(tmp_path: Path) -> None:
    """Of the deliveries that were checked again, how many are valid now; the trial before said the same."""
    async with watching(tmp_path, secrets=(Secret("other"),)) as (running, url):
        for number in range(4):
            await _send(running, url, GIVEN if number < 2 else Secret("third"), number)

        assert await running.answer(TrySecret(GIVEN)) == SecretTrial(None, 2, 0, 4, True)
        running.ask(AddSecret(GIVEN))
        await _said(running, "Secret added. Re-checked 4 deliveries: 2 are now valid.")
        assert (await running.until(lambda status: status.counts.good == 2)).counts.bad == 2
        known = await running.answer(TrySecret(GIVEN))
        assert known is not None
        assert known.known is not None
        assert known.known.origin is Origin.ENTERED


async def test_removing_a_secret_takes_back_what_it_verified(tmp_path: Path) -> None:
    """Its deliveries are not valid any more, in this run and the next; another program cannot bring it back."""
    async with watching(tmp_path, secrets=(Secret("other"),)) as (running, url):
        running.ask(AddSecret(GIVEN, keep=True))
        await running.event(SecretRingChanged)
        assert (await _send(running, url, GIVEN)).row.verdict is Verdict.VALID
        with closing(AccountStore.open(settings(tmp_path).places.accounts)) as other:
            before = other.ring(ANONYMOUS)
            running.ask(RemoveSecret(GIVEN.fingerprint()))
            await _said(running, f"Secret {GIVEN.short_id} removed. 1 delivery is no longer valid.")
            other.save_ring(ANONYMOUS, before)
        changed = await running.event(VerdictChanged)
        assert changed.row.verdict is Verdict.INVALID
        await running.until(lambda status: (status.counts.good, status.counts.bad) == (0, 1))
        assert GIVEN.short_id not in await _ring(running)
        assert await running.answer(RevealSecret(GIVEN.fingerprint())) is None
    assert _kept(tmp_path) == SecretRing()


async def test_what_was_removed_between_two_runs_verifies_nothing(tmp_path: Path) -> None:
    """What it verified is verified again when the next run begins."""
    async with watching(tmp_path) as (running, url):
        running.ask(AddSecret(GIVEN, keep=True))
        await running.event(SecretRingChanged)
        await _send(running, url, GIVEN)
    with closing(AccountStore.open(settings(tmp_path).places.accounts)) as accounts:
        accounts.remove_secret(ANONYMOUS, accounts.ring(ANONYMOUS).secrets[0])

    async with watching(tmp_path, secrets=(Secret("other"),)) as (running, url):
        changed = await running.event(VerdictChanged)
        assert (changed.row.seq, changed.row.verdict) == (1, Verdict.INVALID)


async def test_the_current_secret_cannot_be_removed(tmp_path: Path) -> None:
    """PiktID signs with it; the status says which it is."""
    async with sandbox_of() as (sandbox, api_url), session_of(settings(tmp_path, api_url=api_url)) as running:
        await running.event(WebhookRegistered)
        assert sandbox.registry.current is not None
        secret = sandbox.registry.current.secret
        assert (await running.until(lambda status: status.webhook.secret_short_id is not None)).ring_place
        assert running.status.webhook.secret_short_id == secret.short_id
        running.ask(RemoveSecret(secret.fingerprint()))
        problem = (await running.event(ProblemOccurred)).problem
        assert problem.message == f"Secret {secret.short_id} is the current one: PiktID signs with it."
        assert (await _ring(running))[secret.short_id].is_current


async def test_a_registration_that_works_keeps_its_secret(tmp_path: Path) -> None:
    """Registering goes on from what does not work; a new secret must be wanted."""
    async with sandbox_of() as (sandbox, api_url), session_of(settings(tmp_path, api_url=api_url)) as running:
        await running.event(WebhookRegistered)
        assert sandbox.registry.current is not None
        first = sandbox.registry.current.secret
        running.ask(RegisterWebhook())
        running.ask(SendTestPing())
        await running.event(DeliveryStored, lambda event: event.row.seq == 2)
        assert sandbox.registry.current.secret == first
        running.ask(RegisterWebhook(new_secret=True))
        await running.event(WebhookRegistered, lambda _: len(running.all(WebhookRegistered)) == 2)
        assert sandbox.registry.current.secret != first


def _file_of_version_2(home: Path, account: Account, *secrets: tuple[Secret, str]) -> None:
    """accounts.db as it was before a run's secrets were distinguished from others."""
    path = settings(home).places.accounts
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("\n".join(ACCOUNTS.migrations[:2]))
        for secret, origin in secrets:
            connection.execute(
                "INSERT INTO secrets (account, secret, since, until, origin) VALUES (?, ?, ?, ?, ?)",
                (account.key, secret.key, int(NOW.timestamp()) * 1_000_000, None, origin),
            )
        connection.execute(f"PRAGMA application_id = {ACCOUNTS.application_id}")
        connection.execute("PRAGMA user_version = 2")
        connection.commit()


async def test_what_an_earlier_version_added_is_believed_no_more(tmp_path: Path) -> None:
    """A message says so once, what it verified is verified again, and adding it again helps; registered ones stay."""
    account = Account.of(Settings().api_url, TOKEN)
    registered = Secret("from-piktid")
    _file_of_version_2(tmp_path, account, (registered, "registered"), (GIVEN, "added"))
    chosen = settings(tmp_path, register=False)
    signed = VerificationResult(Verdict.VALID, "Signed by PiktID.", "Signed by PiktID.", GIVEN.fingerprint())
    store = DeliveryStore.open(chosen.deliveries_path, started_at=datetime.now(UTC))
    body = b'{"id": 7}'
    headers = ((b"X-Webhook-Signature", signature(GIVEN.reveal(), body).encode()),)
    await store.record(delivery(body, headers=headers), signed, account=account, answered=200)
    store.close()

    async with session_of(chosen) as running:
        changed = await running.event(VerdictChanged)
        assert (changed.row.seq, changed.row.verdict) == (1, Verdict.INVALID)
        (note,) = running.status.notes
        assert note.sentence() == (
            f"A secret added in an earlier version verifies nothing any more: {GIVEN.short_id}. "
            "It kept --secret for every run; add again what you trust."
        )
        ring = await _ring(running)
        assert ring[registered.short_id].is_current
        assert (ring[GIVEN.short_id].origin, ring[GIVEN.short_id].is_trusted) == (Origin.EARLIER, False)
        assert GIVEN in running.session.known_secrets()

    async with session_of(chosen) as running:
        await running.event(SessionReady)
        assert running.status.notes == ()
        tried = await running.answer(TrySecret(GIVEN))
        assert tried is not None
        assert tried.matches == 1
        running.ask(AddSecret(GIVEN, keep=True))
        await _said(running, "Secret added. Re-checked 1 delivery: 1 is now valid.")
    assert {known.origin for known in _kept(tmp_path, account).secrets} == {Origin.REGISTERED, Origin.KEPT}


async def test_a_secret_that_is_given_and_was_kept_by_an_earlier_version(tmp_path: Path) -> None:
    """It verifies as the option's; the history shows it, too, in place of what it said before."""
    account = Account.of(Settings().api_url, TOKEN)
    _file_of_version_2(tmp_path, account, (GIVEN, "added"))
    chosen = settings(tmp_path, register=False, secrets=(GIVEN,))
    signed = VerificationResult(Verdict.VALID, "Signed by PiktID.", "Signed by PiktID.", GIVEN.fingerprint())
    store = DeliveryStore.open(chosen.deliveries_path, started_at=datetime.now(UTC))
    body = b'{"id": 7}'
    headers = ((b"X-Webhook-Signature", signature(GIVEN.reveal(), body).encode()),)
    await store.record(delivery(body, headers=headers), signed, account=account, answered=200)
    store.close()

    async with session_of(chosen) as running:
        changed = await running.event(VerdictChanged)
        assert changed.row.verification == VerificationResult(
            Verdict.VALID,
            f"Matches the secret you added ({GIVEN.short_id}).",
            "Matches the secret you added.",
            GIVEN.fingerprint(),
        )
    assert [known.origin for known in _kept(tmp_path, account).secrets] == [Origin.EARLIER]
