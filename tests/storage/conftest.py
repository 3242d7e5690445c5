"""Stores in the test's own directory, closed at its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import NOW
from webhook_tui.domain.account import Account
from webhook_tui.domain.jobs.job import USUAL_FIELDS
from webhook_tui.storage.database.files import make_private_directory
from webhook_tui.storage.history import DeliveryStore
from webhook_tui.storage.history_file import HistoryFile


@pytest.fixture
def account() -> Account:
    """Whose deliveries they are."""
    return Account("https://v2.api.piktid.com", "0123456789ab")


@pytest.fixture
def file(tmp_path: Path) -> HistoryFile:
    """The file of `store`, which closes it."""
    path = tmp_path / "state" / "deliveries.db"
    make_private_directory(path.parent)
    return HistoryFile(path, NOW)


@pytest.fixture
def store(file: HistoryFile) -> Iterator[DeliveryStore]:
    """A history of its own."""
    opened = DeliveryStore(file, job_fields=USUAL_FIELDS)
    yield opened
    opened.close()
