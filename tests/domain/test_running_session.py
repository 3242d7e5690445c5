"""Where a session is reached that announced itself."""

from __future__ import annotations

import msgspec
import pytest

from tests.storage.test_running_sessions import SESSION
from webhook_tui.domain.account import Account


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:9876/h/1"),
        ("0.0.0.0", "http://127.0.0.1:9876/h/1"),
        ("", "http://127.0.0.1:9876/h/1"),
        ("::1", "http://[::1]:9876/h/1"),
    ],
)
def test_where_the_hook_is_on_this_machine(host: str, url: str) -> None:
    """An address that means every interface is reached by loopback."""
    assert msgspec.structs.replace(SESSION, host=host).hook_url == url


def test_whose_webhook_it_receives() -> None:
    """By API and fingerprint."""
    assert SESSION.account == Account("https://a.example", "ab")
