"""Updates that wait for a slow reader become one."""

from __future__ import annotations

from tests.factories import NOW
from webhook_tui.domain.events import SessionUpdated
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult, ReplayProgress
from webhook_tui.domain.status import SessionStatus


def test_a_later_update_adds_to_an_earlier_one() -> None:
    """The later status, number and progress count; results all stay, numbers stay once."""
    first, second = SessionStatus(answer="200"), SessionStatus(answer="503")
    sent = [ForwardResult(seq, ForwardOrigin.REPLAYED, "http://x", NOW, 200) for seq in (1, 2)]
    progress = ReplayProgress("http://x", 3)

    earlier = SessionUpdated(first, 7, (1, 2), (5,), (sent[0],), progress)
    later = SessionUpdated(second, 9, (2, 3), (5, 6), (sent[1],))

    assert earlier.followed_by(later) == SessionUpdated(second, 9, (1, 2, 3), (5, 6), (sent[0], sent[1]), progress)


def test_an_update_without_news_changes_nothing() -> None:
    update = SessionUpdated(SessionStatus(), 7, (1,))

    assert update.followed_by(SessionUpdated()) == update
    assert SessionUpdated().followed_by(update) == update
