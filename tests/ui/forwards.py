"""A session that forwards to a local app, and the outcome of a replay."""

from __future__ import annotations

import contextlib

import pytest
from msgspec.structs import replace

from tests.ui.fake_session import NOW, RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows, stored_delivery
from webhook_tui.domain.answer_rules.rules import AnswerRule, Default
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.ui.app import WebhookTuiApp

APP = "http://127.0.0.1:3000/hook"
SENT = ForwardResult(
    8,
    ForwardOrigin.REPLAYED,
    APP,
    NOW,
    200,
    ((b"X-App", b"mine"), (b"Set-Cookie", b"session=canary")),
    b'{"ok": true}',
    12,
    0.031,
)


def forwarding(rule: AnswerRule | None = None) -> FakeSession:
    """A session that forwards."""
    status = replace(RUNNING, forward_to=APP, rule=rule or Default())
    return FakeSession(status, mock_up_rows())


JSON_BODY = b'{"id": 1, "data": {"status": "completed"}}'


def editing(monkeypatch: pytest.MonkeyPatch, body: bytes, *, has_secret: bool = True) -> FakeSession:
    """A session whose newest delivery, #13, is edited without a terminal being given away."""
    monkeypatch.setattr(WebhookTuiApp, "suspend", lambda _: contextlib.nullcontext())
    webhook = replace(RUNNING.webhook, secret_since=NOW if has_secret else None)
    session = FakeSession(replace(RUNNING, forward_to=APP, webhook=webhook), mock_up_rows())
    session.rows.add(stored_delivery(13, body=body))
    session.rows.refresh()
    return session
