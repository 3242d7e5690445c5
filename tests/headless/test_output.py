"""The lines of `listen`: NDJSON for programs, one sentence for people, and an end of both."""

from __future__ import annotations

import io
import json

import pytest

from tests.factories import INVALID, NOW, VALID, delivery, row
from webhook_tui.domain.diagnostics.report import Cause
from webhook_tui.domain.errors import ExitCode, Problem
from webhook_tui.domain.events import (
    DeliveryStored,
    EventCompared,
    Forwarded,
    HistoryOpened,
    ProblemOccurred,
    RequestRefused,
    SessionEvent,
    SessionReady,
    TunnelChanged,
    VerdictChanged,
    WebhookDeleted,
    WebhookRegistered,
)
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.status import TunnelState
from webhook_tui.headless.output import JsonWriter, LineWriter, TextLine, json_line
from webhook_tui.headless.text_style import TextStyle

SENT = ForwardResult(3, ForwardOrigin.FORWARDED, "http://127.0.0.1:3000", NOW, 200, seconds=0.031)
STORED = DeliveryStored(row(3, event="pi\x1bng"), delivery())


@pytest.mark.parametrize(
    ("event", "record", "text"),
    [
        (
            SessionReady("https://x/\x1b", 9876),
            {"type": "ready", "public_url": "https://x/\x1b", "port": 9876, "format": 1},
            "ready: listening on port 9876, public URL https://x/␛; ctrl+c leaves",
        ),
        (
            WebhookRegistered(41, "https://x/\x1b"),
            {"type": "registered", "id": 41, "url": "https://x/\x1b"},
            "registered: webhook 41 at https://x/␛",
        ),
        (WebhookDeleted(), {"type": "deleted"}, "deleted: the webhook is gone"),
        (
            TunnelChanged(TunnelState.LIVE, "https://x"),
            {"type": "tunnel", "state": "live", "public_url": "https://x"},
            "tunnel: live, https://x",
        ),
        (
            VerdictChanged(row(3, verification=INVALID), Cause("base64", "H.", "S.", "Why.", "Change.")),
            {"type": "verdict", "seq": 3, "verdict": "invalid", "cause": "base64", "why": "Why.", "change": "Change."},
            f"#3 re-checked: ✗ invalid {INVALID.reason}",
        ),
        (
            Forwarded(SENT),
            {"type": "forwarded", "seq": 3, "status": 200, "ms": 31},
            "#3 is forwarded: 200 in 31 ms",
        ),
        (
            RequestRefused(Refusal(404, "not the webhook's path", "POST /", 2)),
            {"type": "refused", "status": 404, "reason": "not the webhook's path (POST /).", "count": 2},
            None,
        ),
        (
            EventCompared('"a"', "ping", "both", 900, True),
            {"type": "event", "event_id": "a", "name": "ping", "seen": "both", "lag_ms": 900, "equal": True},
            None,
        ),
        (
            ProblemOccurred(Problem("It failed.", "Retrying in {again}.", ExitCode.TUNNEL), again=4),
            {"type": "error", "message": "It failed. Retrying in 4 s.", "code": "tunnel", "exit_code": 4},
            None,
        ),
        (HistoryOpened(), None, None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, SessionEvent.__args__) else "",
)
def test_the_line_of_an_event(event: SessionEvent, record: dict[str, object] | None, text: str | None) -> None:
    line = json_line(event)
    words = TextLine(TextStyle())(event)

    assert (line is None) is (record is None)
    if line is not None and record is not None:
        assert json.loads(line).items() >= record.items()
        assert line.isascii()
    assert words == (None if text is None else f"{text}\n")


def test_a_delivery_is_one_harmless_line() -> None:
    """In colours on a terminal, in ASCII where the locale is not UTF-8."""
    plain = TextLine(TextStyle())(STORED)

    assert plain is not None
    assert plain.startswith("#3 ")
    assert plain.endswith(".418 ✓ valid pi␛ng id 90412 answered 200, 66 B. Signed by PiktID.\n")
    assert "\x1b[32m✓ valid\x1b[0m" in str(TextLine(TextStyle(color=True))(STORED))
    assert "✓" not in str(TextLine(TextStyle(in_ascii=True))(STORED))


def test_events_of_one_channel_or_with_other_contents_are_told() -> None:
    line = TextLine(TextStyle())

    assert (
        line(EventCompared("7", "ping", "sse", None, None, "lost")) == "event 7 ping: only by the event stream (lost)\n"
    )
    assert line(EventCompared("7", "ping", "both", 1, False)) == "event 7 ping: webhook and event stream differ\n"


@pytest.mark.parametrize("output", ["text", "json"])
def test_nothing_is_written_once_it_is_silenced(output: str) -> None:
    text, binary = io.StringIO(), io.BytesIO()
    writer = LineWriter(TextLine(TextStyle()), text) if output == "text" else JsonWriter(binary)
    writer.write(DeliveryStored(row(1, verification=VALID), delivery()))
    writer.flush()
    writer.write(HistoryOpened())
    writer.silence()
    writer.write(WebhookDeleted())
    writer.flush()

    assert (text.getvalue().encode() + binary.getvalue()).count(b"\n") == 1
