"""The outcome of a forward in words, and the advice that goes with a failure."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from msgspec.structs import replace

from tests.factories import NOW
from webhook_tui.domain.failure import Failure
from webhook_tui.domain.forwarding.forward_result import (
    ForwardOrigin,
    ForwardResult,
    ReplayProgress,
    ReplayState,
    failure_hint,
    hint,
    summary,
)

ANSWERED = ForwardResult(1, ForwardOrigin.FORWARDED, "http://127.0.0.1:3000", NOW, 200, seconds=1.2345)
UNANSWERED = replace(ANSWERED, status=None, failure="the connection was refused", cause=Failure.REFUSED)


def test_an_outcome_in_words() -> None:
    assert (ANSWERED.outcome, ANSWERED.is_good) == ("200 in 1,234 ms", True)
    assert (UNANSWERED.outcome, UNANSWERED.is_good) == ("no answer: the connection was refused", False)
    assert replace(ANSWERED, cut=Failure.TIMEOUT).outcome == f"200 in 1,234 ms, body cut off: {Failure.TIMEOUT.value}"


def test_there_is_advice_unless_it_was_accepted() -> None:
    statuses = [int(status) for status in HTTPStatus if status >= 200]
    without = [status for status in statuses if not hint(replace(ANSWERED, status=status))]

    assert without == [status for status in statuses if status < 300]


def test_the_advice_is_about_the_cause() -> None:
    """An answer of 5xx is the app's, a refused connection is none of it; some causes have no advice of their own."""
    assert hint(UNANSWERED).startswith("Nothing listens there")
    assert hint(replace(ANSWERED, status=500)).startswith("Your app failed")
    assert hint(replace(ANSWERED, status=302)).startswith("A redirect is not followed")
    assert failure_hint(None) == ""
    assert hint(replace(UNANSWERED, cause=None)).startswith("The app listens, or did")


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
            "Replayed 1,999 of 2,000: 1,999 answered 2xx. 1 is not in the history any more.",
        ),
    ],
)
def test_a_summary_leaves_out_what_did_not_happen(progress: ReplayProgress, text: str) -> None:
    assert summary(progress) == text
