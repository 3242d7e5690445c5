"""A history as sessions left it, with two accounts in it."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import NOW, signature
from webhook_tui.config import API_URL
from webhook_tui.domain.account import Account
from webhook_tui.domain.delivery.delivery import Delivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import SecretRing
from webhook_tui.domain.signature.signature import check_signature
from webhook_tui.places import Places
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.history import DeliveryStore

SECRET = "whsec_of_the_account"
TOKEN = "token-of-the-account"
OWN = Account.of(API_URL, Secret(TOKEN))
OTHER = Account.of("http://127.0.0.1:8080", Secret("another"))
JOB = b'{"id": %d, "name": "image_result", "data": {"job_id": "job_ec536688", "status": "completed"}}'


def received(body: bytes, event: bytes, signed: bytes | None = None) -> Delivery:
    """A delivery with that body, signed with SECRET as if the body were `signed`; b"": without a signature."""
    headers: Headers = ((b"Content-Type", b"application/json"), (b"X-Webhook-Event", event))
    if signed != b"":
        value = signature(SECRET, body if signed is None else signed).encode()
        headers = (*headers, (b"X-Webhook-Signature", value))
    return Delivery(NOW, "POST", "/h/0123456789abcdef0123456789abcdef", headers, body)


def record(path: Path, *deliveries: tuple[Account, Delivery]) -> None:
    """Store deliveries as a session does."""

    async def store_all(store: DeliveryStore) -> None:
        for account, delivery in deliveries:
            ring = SecretRing().registered(Secret(SECRET), NOW) if account == OWN else SecretRing()
            verification = check_signature(delivery.headers, delivery.body, ring, zone_now=NOW)
            await store.record(delivery, verification, account=account, answered=200)

    with closing(DeliveryStore.open(path, started_at=NOW)) as store:
        asyncio.run(store_all(store))


@pytest.fixture
def history() -> Path:
    """1: valid; 2: its last newline was not signed; 3: no signature; 4: of another account, hostile, no JSON."""
    places = Places.of_user()
    with closing(AccountStore.open(places.accounts)) as accounts:
        accounts.save_ring(OWN, SecretRing().registered(Secret(SECRET), NOW))
    body = JOB % 2
    record(
        places.deliveries,
        (OWN, received(JOB % 1, b"image_result")),
        (OWN, received(body + b"\n", b"image_result", body)),
        (OWN, received(b'{"id": "a", "name": "ping", "data": {}}', b"ping", b"")),
        (OTHER, received(b"\x1b[31m\xff", b"\x1b]0;x\x07")),
    )
    return places.deliveries
