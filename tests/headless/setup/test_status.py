"""Whose the account's webhook is, and the status as an object and as people read it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.factories import NOW
from tests.session.running import ELSEWHERE, TOKEN, register_elsewhere, sandbox_of
from tests.storage.test_running_sessions import SESSION
from webhook_tui.domain.errors import ExitCode
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.headless.setup.status import (
    Ownership,
    StatusReport,
    StatusRequest,
    WebhookReport,
    read_status,
    read_webhook,
    status_page,
    status_record,
)
from webhook_tui.piktid.models import Webhook
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.history_summary import HistorySummary


@pytest.fixture
def request_(tmp_path: Path) -> StatusRequest:
    """A request whose API is not served."""
    return StatusRequest(
        api_url="http://127.0.0.1:1",
        token=TOKEN,
        source="PIKTID_TOKEN",
        history=tmp_path / "deliveries.db",
        accounts=tmp_path / "accounts.db",
    )


async def test_a_webhook_is_ours_abandoned_or_anothers(request_: StatusRequest) -> None:
    """By what sessions of this machine noted of it."""
    async with sandbox_of() as (_, api_url):
        request_ = replace(request_, api_url=api_url)
        assert (await read_webhook(request_)).ownership is Ownership.NONE
        await register_elsewhere(api_url)
        other = await read_webhook(request_)
        assert (other.ownership, other.webhook and other.webhook.url) == (Ownership.OTHER, ELSEWHERE)
        with closing(AccountStore.open(request_.accounts)) as accounts:
            accounts.record_registration(request_.account, url=ELSEWHERE, webhook_id=41, at=NOW)
            assert (await read_webhook(request_)).ownership is Ownership.OURS
        assert (await read_webhook(request_)).ownership is Ownership.ABANDONED


async def test_what_piktid_does_not_say_is_in_the_report(request_: StatusRequest) -> None:
    """Without a token, without an answer, with an API URL that is none: never an error."""
    without = await read_webhook(replace(request_, token=None))
    silent = await read_webhook(request_)
    wrong = await read_webhook(replace(request_, api_url="ftp://x"))

    assert {report.ownership for report in (without, silent, wrong)} == {Ownership.UNKNOWN}
    assert (without.exit_code, silent.exit_code, wrong.exit_code) == (ExitCode.USAGE, ExitCode.API, ExitCode.USAGE)
    assert all(report.problem for report in (without, silent, wrong))


async def test_the_object_has_no_secret_and_makes_no_file(request_: StatusRequest) -> None:
    report = await read_status(replace(request_, token=None))
    assert not request_.history.exists()
    full = StatusReport(request_, WebhookReport(Ownership.NONE), [SESSION], None)

    record = json.loads(json.dumps([status_record(report), status_record(full)]))

    assert record[0]["history"] == {
        "path": str(request_.history),
        "exists": False,
        "size": 0,
        "deliveries": 0,
        "verdicts": {},
        "last_seq": 0,
        "oldest": None,
        "newest": None,
    }
    assert record[1]["account"]["token_fingerprint"] == TOKEN.fingerprint()
    assert (record[1]["sessions"][0]["pid"], record[1]["sessions"][0]["is_of_this_account"]) == (SESSION.pid, False)
    assert TOKEN.reveal() not in json.dumps(record)


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
