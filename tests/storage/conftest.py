"""Stores in the test's own directory, closed at its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import NOW
from webhook_tui.domain.account import Account
from webhook_tui.storage.history import DeliveryStore


@pytest.fixture
def account() -> Account:
    """Whose deliveries they are."""
    return Account("https://v2.api.piktid.com", "0123456789ab")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DeliveryStore]:
    """A history of its own."""
    opened = DeliveryStore.open(tmp_path / "state" / "deliveries.db", started_at=NOW)
    yield opened
    opened.close()
