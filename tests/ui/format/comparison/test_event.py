"""One compared event in words: cells, sentences, and the state of the stream."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.ui.compared_events import CLOCK, LOST, ONLY_WEBHOOK, OUTAGE, at, event
from webhook_tui.domain.comparison.compared_event import ComparedEvent, Interval, Reason
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.status import StreamStatus
from webhook_tui.ui.format.comparison.event import content_cell, lag_cell, sentences, state_line
from webhook_tui.ui.symbols import ASCII, UNICODE


def test_what_is_reported_of_a_single_event() -> None:
    """One pair of sentences a reason, received text harmless."""
    cases: list[tuple[ComparedEvent, str]] = [
        (event("1"), "1 came by SSE at 14:02:11 and by webhook 0.1 s later (#3). Their content is the same."),
        (
            event("1", webhook="14:02:10"),
            "1 came by SSE at 14:02:11 and by webhook 1.0 s earlier (#3). Their content is the same.",
        ),
        (
            event("1", differing=None, backfilled=True),
            (
                "1 came by webhook at 14:02:11 (#3) and was in the SSE backfill of 14:02:11. "
                "Their contents are too large to be compared, or are not kept any more."
            ),
        ),
        (
            replace(LOST, spell=Interval(at("14:19:52"))),
            (
                "90405 came by SSE at 14:19:58 and has not come by webhook for 12 s. "
                "The tunnel is down since 14:19:52: PiktID will try it again."
            ),
        ),
        (
            replace(LOST, reason=Reason.NOT_REGISTERED, backfilled=True),
            (
                "90405 came by SSE in the backfill at 14:19:58 and has not come by webhook for 12 s. "
                "No webhook of this run was registered when it happened."
            ),
        ),
        (
            replace(LOST, reason=Reason.RETRYING),
            (
                "90405 came by SSE at 14:19:58 and has not come by webhook for 12 s. "
                "An attempt was here and could not be stored: PiktID will try it again."
            ),
        ),
        (
            replace(LOST, reason=Reason.LOST),
            (
                "90405 came by SSE at 14:19:58 and has not come by webhook for 12 s. "
                "Tunnel and registration stood: it is lost, unless PiktID tries it again."
            ),
        ),
        (
            replace(LOST, reason=Reason.WAITING),
            "90405 came by SSE at 14:19:58 and has not come by webhook for 12 s. Its delivery is not overdue yet.",
        ),
        (
            ONLY_WEBHOOK,
            "90413 came by webhook at 14:20:05 (#3) and has not come by SSE. The stream was live and has not shown it.",
        ),
        (
            replace(ONLY_WEBHOOK, reason=Reason.STREAM_DOWN, spell=OUTAGE),
            (
                "90413 came by webhook at 14:20:05 (#3) and has not come by SSE. "
                "The event stream was down from 14:19:52 to 14:19:59."
            ),
        ),
        (
            replace(ONLY_WEBHOOK, reason=Reason.OLD, happened_at=at("13:00:00")),
            (
                "90413 came by webhook at 14:20:05 (#3) and has not come by SSE. "
                "It happened at 13:00:00, before what the stream shows."
            ),
        ),
        (
            replace(ONLY_WEBHOOK, reason=Reason.WAITING, spell=Interval(at("14:20:00"))),
            (
                "90413 came by webhook at 14:20:05 (#3) and has not come by SSE. "
                "The event stream is down since 14:20:00: its backfill may bring it."
            ),
        ),
        (
            replace(ONLY_WEBHOOK, reason=Reason.WAITING),
            "90413 came by webhook at 14:20:05 (#3) and has not come by SSE. The stream is not overdue yet.",
        ),
    ]

    for case, expected in cases:
        assert " ".join(sentences(case, CLOCK)) == expected
    assert "\x1b" not in sentences(event('"\x1b"'), CLOCK)[0]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (StreamStatus(), "○ stream off: --no-sse, or no token yet."),
        (StreamStatus("off", problem=Problem("There is no stream.", "")), "○ stream off: There is no stream."),
        (StreamStatus("connecting", since=CLOCK), "◐ connecting to the event stream      since 14:20:10"),
        (
            StreamStatus("down", since=CLOCK, problem=Problem("It broke.", "")),
            "○ stream down: It broke. It is tried…  since 14:20:10",
        ),
    ],
)
def test_the_stream_s_state_in_words(stream: StreamStatus, expected: str) -> None:
    """Lamp, words, and since when; cut where it is too long."""
    assert state_line(stream, len(expected), CLOCK).plain == expected


def test_cells_of_odd_events() -> None:
    """No lag where none is known, and no `-0`."""
    assert lag_cell(event("1", webhook="14:02:10.98"), CLOCK) == "0.0 s"
    assert lag_cell(event("1", webhook="14:12:11"), CLOCK) == "10 min"
    assert lag_cell(event("1", webhook="13:52:11"), CLOCK) == "-10 min"
    assert lag_cell(ONLY_WEBHOOK, CLOCK) == "–"
    assert lag_cell(event("1", backfilled=True), CLOCK) == "–"
    assert content_cell(event("1", differing=12), ASCII) == ("!= 12 paths", "bad")
    assert content_cell(event("1", differing=None), UNICODE) == ("not compared", "muted")
    assert content_cell(LOST, UNICODE) == ("tunnel down", "attention")
