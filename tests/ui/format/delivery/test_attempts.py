"""The Attempts tab: waits, factors, the line to scale, and the sentences below."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from textual.content import Content

from tests.ui.fake_session import NOW
from tests.ui.memory_rows import stored_delivery
from webhook_tui.ui.format.delivery.attempts import Sameness, attempts_text, outcome


def text(content: Content) -> list[str]:
    """Lines of text."""
    return [line.rstrip() for line in content.plain.split("\n")]


def test_the_attempts_of_the_mock_up() -> None:
    """Gaps, factors, the line to scale, and what they say."""
    times = (0.0, 30.907, 92.53, 214.788)
    start = datetime(2026, 11, 23, 14, 2, 58, 114_000, tzinfo=UTC)
    rows = [
        stored_delivery(
            number, at=start + timedelta(seconds=at), attempt=number, answered=200 if number == 4 else 503, event_id="7"
        ).row
        for number, at in enumerate(times, 1)
    ]
    same = [Sameness(None, None), *[Sameness(body=True, signature=True)] * 3]
    content = attempts_text(rows, same, 78, NOW)
    shown = text(content)

    assert [str(span.style) for span in content.spans if content.plain[span.start : span.end] == "●"] == [
        *["bold $warning"] * 3,
        "$valid",
    ]
    assert shown[:5] == [
        " attempt   time           after   factor   answered   body    signature",
        "       1   14:02:58.114       –        –        503   –       –",
        "       2   14:03:29.021  30.9 s        –        503   same    same",
        "       3   14:04:30.644  61.6 s      2.0        503   same    same",
        "       4   14:06:32.902 122.3 s      2.0        200   same    same",
    ]
    assert shown[6].startswith("14:02:58")
    assert shown[6].endswith("14:06:32")
    assert shown[7].count("●") == 4
    assert shown[8].split() == ["503", "503", "503", "200"]
    assert shown[10:] == [
        "Each wait is 2.0 times the one before: about 30 s, 60 s, 120 s.",
        "Measured: 3 waits of this event, at most 1 % off.",
        "Had this one failed too, the next was due about 14:10:36.",
        "",
        "The body and the signature were equal in all 4 attempts.",
    ]
    assert outcome(rows) == "Answered 200 after 3 refusals."


def test_attempts_near_each_other_share_a_dot() -> None:
    """With their number in it; whatever the gaps, the tab stands."""
    start = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    rows = [
        stored_delivery(n, at=start + timedelta(seconds=at), attempt=n + 1, answered=None).row
        for n, at in enumerate((0, 0.1, 0.2, 60))
    ]
    shown = attempts_text(rows, [Sameness(None, None)] * 4, 60, NOW).plain
    assert "\n3──" in shown
    assert "body    signature" not in shown
    alike = [replace(one, received_at=start) for one in rows]
    assert "\n4" in attempts_text(alike, [Sameness(None, None)] * 4, 30, NOW).plain
    assert outcome(rows).startswith("Not accepted in 4 attempts")
    differing = [Sameness(None, None), *[Sameness(body=False, signature=False)] * 3]
    assert "The body was not the same" in attempts_text(rows, differing, 60, NOW).plain
