"""The status as people read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories import NOW
from tests.storage.test_running_sessions import SESSION
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.headless.setup.status import Ownership, StatusReport, StatusRequest, WebhookReport, status_page
from webhook_tui.piktid.models import Webhook
from webhook_tui.storage.history_summary import HistorySummary

REQUEST = StatusRequest(
    api_url="https://a.example",
    token=Secret("canary"),
    source="PIKTID_TOKEN",
    history=Path("/h.db"),
    accounts=Path("/a.db"),
    profile="work",
)


def test_everything_there_is() -> None:
    """Account, webhook, session and history; the token by its fingerprint alone; nothing controls a terminal."""
    webhook = WebhookReport(Ownership.OTHER, Webhook(id=7, url="https://b.example/\x1b[31m", last_response_status=500))
    history = HistorySummary(Path("/h.db"), 2000, {Verdict.VALID: 3}, 3, NOW, NOW)

    page = status_page(StatusReport(REQUEST, webhook, [SESSION], history), NOW)

    assert "profile   work" in page
    assert f"account   https://a.example, token {Secret('canary').fingerprint()[:4]} (PIKTID_TOKEN)" in page
    assert "webhook   not ours: another program registered it" in page
    assert "(id 7)" in page
    assert "last answer that PiktID saw: 500" in page
    assert "session   process 7 since " in page
    assert ", port 9876 (starting), of another account" in page
    assert "3 deliveries (3 valid), 2 kB" in page
    assert "\x1b" not in page
    assert "canary" not in page


@pytest.mark.parametrize(
    ("ownership", "words"),
    [
        (Ownership.OURS, "ours: a session on this machine registered it"),
        (Ownership.ABANDONED, "left behind by a session that ended without deleting it"),
        (Ownership.NONE, "none is registered"),
    ],
)
def test_whose_the_webhook_is(ownership: Ownership, words: str) -> None:
    """In words."""
    page = status_page(StatusReport(REQUEST, WebhookReport(ownership), [], None), NOW)
    assert f"webhook   {words}" in page
    assert "not there yet" in page
