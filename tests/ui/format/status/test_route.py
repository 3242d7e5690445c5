"""The status line, to the character: the mock-ups, every state of every link, and what it gives up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.ui.fake_session import LISTENING, LIVE, NOW, REGISTERED, RUNNING, STARTING, WAITING
from webhook_tui.domain.refusal import Refusal
from webhook_tui.domain.status import (
    Counts,
    ReceiverState,
    SessionStatus,
    StreamStatus,
    TunnelState,
    TunnelStatus,
    WebhookState,
    WebhookStatus,
)
from webhook_tui.ui.format.status.route import status_line


def line(status: SessionStatus, width: int) -> str:
    """The line's text."""
    return status_line(status, width, NOW).plain


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (
            138,
            (
                " ● webhook 41 · secret 3 min  →  ● https://b7c41d09ee2f4a.lhr.life"
                "  →  ● 127.0.0.1:9876  →  answers 200        12 received  ✓ 8  ✗ 3  … 1 "
            ),
        ),
        (
            120,
            (
                " ● webhook 41  →  ● https://b7c41d09ee2f4a.lhr.life  →  ● 127.0.0.1:9876  →  answers 200"
                "     12 received  ✓ 8  ✗ 3  … 1 "
            ),
        ),
        (
            100,
            " ● webhook 41  →  ● b7c41d09ee2f4a.lhr.life  →  ● :9876  →  200          12 received  ✓ 8  ✗ 3  … 1 ",
        ),
        (80, " ● webhook 41 → ● b7c41d09ee2f4a.lhr.life → ● :9876 → 200     12  ✓ 8  ✗ 3  … 1 "),
        (72, " ● 41 → ● b7c41d09ee2f4a.lhr.life → ● :9876 → 200     12  ✓ 8  ✗ 3  … 1 "),
        (60, " ● 41 → ● b7c4….lhr.life → ● :9876 → 200         12 ✓ 8 ✗ 3 "),
        (40, " ● 41 → ● → ● → 200             ✓ 8 ✗ 3 "),
    ],
)
def test_the_line_gives_up_what_matters_least(width: int, expected: str) -> None:
    """140 (less the bar's padding), 80 and 60 are the mock-ups; between them the order of giving up decides."""
    assert line(RUNNING, width) == expected


@pytest.mark.parametrize(
    ("status", "start"),
    [
        (STARTING, " ◐ starting "),
        (
            replace(LISTENING, tunnel=TunnelStatus(TunnelState.OPENING, since=NOW - timedelta(seconds=4))),
            " ○ no webhook  →  ◐ opening tunnel 4 s  →  ● :9876  →  answers 200 ",
        ),
        (
            replace(
                LISTENING,
                tunnel=LIVE,
                webhook=WebhookStatus(WebhookState.REGISTERING, since=NOW - timedelta(seconds=2)),
            ),
            " ◐ registering 2 s → ● b7c41d09ee2f4a.lhr.life → ● :9876 → 200       0 received ",
        ),
        (
            replace(
                LISTENING,
                tunnel=TunnelStatus(TunnelState.DOWN, next_try_at=NOW + timedelta(seconds=4)),
                webhook=replace(REGISTERED, state=WebhookState.STALE),
            ),
            " ○ webhook 41  →  ○ tunnel down, again in 4 s  →  ● :9876  →  200 ",
        ),
        (
            replace(LISTENING, tunnel=LIVE, webhook=WebhookStatus(WebhookState.AWAITING_CONSENT, since=NOW)),
            " ○ not registered → ● b7c41d09ee2f4a.lhr.life → ● :9876 → 200        0 received ",
        ),
        (
            replace(LISTENING, tunnel=LIVE, webhook=WebhookStatus(WebhookState.REFUSED)),
            " ○ not registered → ● b7c41d09ee2f4a.lhr.life → ● :9876 → 200        0 received ",
        ),
        (
            replace(LISTENING, tunnel=LIVE, webhook=WebhookStatus(WebhookState.TAKEN, taken_by="api.example.com")),
            " ○ taken by api.example.com → ● b7c41d09ee2f4a.lhr.life → ● :9876 → 200 ",
        ),
        (
            replace(LISTENING, tunnel=TunnelStatus(TunnelState.FAILED)),
            " ○ no webhook → ○ no tunnel: q leaves, u tries again → ● :9876 → 200 ",
        ),
        (
            replace(WAITING, tunnel=replace(LIVE, state=TunnelState.UNVERIFIED)),
            " ● 41 → ● b7c41d09ee2f4a.lhr.life not verified → ● :9876 → 200 ",
        ),
        (
            replace(WAITING, tunnel=TunnelStatus(TunnelState.NONE), sandbox=True),
            " ● sandbox · secret 3 min  →  ● 127.0.0.1:9876  →  answers 200 ",
        ),
        (
            replace(LISTENING, receiver=replace(LISTENING.receiver, state=ReceiverState.STOPPED)),
            " ○ no webhook  →  ○ no tunnel  →  ○ stopped  →  answers 200 ",
        ),
        (
            replace(WAITING, tunnel=TunnelStatus(TunnelState.NONE), webhook=WebhookStatus(WebhookState.WATCHING)),
            " ○ watching  →  ● 127.0.0.1:9876  →  answers 200 ",
        ),
        (
            replace(WAITING, tunnel=TunnelStatus(TunnelState.NONE), webhook=WebhookStatus(WebhookState.DELETED)),
            " ○ deleted  →  ● 127.0.0.1:9876  →  answers 200 ",
        ),
        (replace(WAITING, receiver=replace(LISTENING.receiver, host="192.168.1.5")), " ● 41 → "),
    ],
)
def test_every_state_of_a_link_has_its_lamp_and_words(status: SessionStatus, start: str) -> None:
    """The lamp that is off shows where the route is broken."""
    assert line(status, 80).startswith(start)


def test_a_host_that_is_not_loopback_stays() -> None:
    """It is shown that it listens on the network."""
    status = replace(RUNNING, receiver=replace(RUNNING.receiver, host="192.168.1.5"))

    assert "192.168.1.5:9876" in line(status, 80)


def test_refused_requests_and_unequal_events_are_counted() -> None:
    """Only when there are some; refused ones of all kinds in one count."""
    refusals = (Refusal(404, "not the webhook's path", "POST /"), Refusal(413, "too long", count=1))
    status = replace(RUNNING, refusals=refusals, stream=StreamStatus("live", lost=1, differing=2))

    assert line(status, 150).endswith("  2 refused  1 lost · 2 differ  12 received  ✓ 8  ✗ 3  … 1 ")
    assert " 2 refused " in line(replace(status, stream=StreamStatus()), 80)
    assert " 1 lost 2 ≠ " in line(status, 80)
    assert "lost" not in line(replace(status, stream=StreamStatus("live", both=11)), 150)
    assert "1 refused " in line(replace(WAITING, refusals=refusals[:1]), 100)


def test_another_answer_is_never_shortened() -> None:
    """The rule in force is always in the status line."""
    assert "→ 503 ×3 (1 left) " in line(replace(RUNNING, answer="503 ×3 (1 left)"), 60)


def test_ascii_says_pending_by_a_question_mark() -> None:
    """The sign for cut-off text would mean something else."""
    assert status_line(RUNNING, 138, NOW, in_ascii=True).plain.endswith("✗ 3  ? 1 ")


def test_nothing_received_in_a_url_reaches_the_line_as_it_is() -> None:
    """A tunnel's or another program's words are made harmless."""
    status = replace(WAITING, webhook=WebhookStatus(WebhookState.TAKEN, taken_by="a\x1b]2;x\x07"))

    assert "\x1b" not in line(status, 200)


@given(
    st.integers(min_value=10, max_value=200),
    st.sampled_from(list(WebhookState)),
    st.sampled_from(list(TunnelState)),
    st.sampled_from(list(ReceiverState)),
    st.integers(min_value=0, max_value=10**9),
)
def test_the_line_has_always_its_width(
    width: int, webhook: WebhookState, tunnel: TunnelState, receiver: ReceiverState, number: int
) -> None:
    """Whatever the state and the counts: exactly so many cells, with a blank at either end."""
    status = replace(
        RUNNING,
        webhook=replace(REGISTERED, state=webhook),
        tunnel=replace(LIVE, state=tunnel),
        receiver=replace(RUNNING.receiver, state=receiver),
        counts=Counts(number, number, number, number),
    )

    shown = status_line(status, width, NOW)

    assert shown.cell_length == width or "…" in shown.plain
    assert shown.plain.startswith(" ")
