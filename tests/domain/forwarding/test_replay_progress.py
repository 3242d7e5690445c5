"""The progress of a replay, counted and summed up."""

from __future__ import annotations

import pytest

from webhook_tui.domain.forwarding.replay_progress import ReplayProgress, ReplayState, summary


def test_what_is_done() -> None:
    """Gone deliveries are behind it, too, although nothing was sent."""
    progress = ReplayProgress("http://x", 9, good=1, other=2, failed=3, gone=1)

    assert (progress.done, progress.is_over) == (7, False)
    assert ReplayProgress("http://x", 9, state=ReplayState.STOPPED).is_over


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (ReplayProgress("", 100, good=100), "Replayed all 100: 100 answered 2xx."),
        (
            ReplayProgress("", 100, good=90, other=5, failed=2),
            "Replayed 97 of 100: 90 answered 2xx, 5 something else, 2 nothing.",
        ),
        (
            ReplayProgress("", 2000, good=1999, gone=1),
            "Replayed 1,999 of 2,000: 1,999 answered 2xx. 1 are not in the history any more.",
        ),
    ],
)
def test_a_summary_leaves_out_what_did_not_happen(progress: ReplayProgress, text: str) -> None:
    assert summary(progress) == text
