"""What of a delivery is replayed where, and the line of each outcome."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.factories import NOW, delivery
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.headless.replay import ReplayPlan, result_line

SIGNED = delivery(b'{"url": "https://cdn.example/a.jpg?Signature=abc"}')
RESULT = ForwardResult(35, ForwardOrigin.REPLAYED, "http://127.0.0.1:3000", NOW, 500, seconds=0.031)


@pytest.mark.parametrize(
    ("url", "keep", "is_changed"),
    [
        ("http://127.0.0.1:3000", False, False),
        ("https://app.example", False, True),
        ("https://app.example", True, False),
    ],
)
def test_links_keep_their_signatures_on_this_machine(url: str, keep: bool, is_changed: bool) -> None:
    """Elsewhere only when that was asked for; a body without such links is never changed."""
    plan = ReplayPlan([1], url, anywhere=True, keep_links=keep)

    body = plan.body_for(SIGNED)
    assert (body is not None) is is_changed
    assert body is None or b"abc" not in body
    assert plan.body_for(delivery()) is None


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (RESULT, "#35   500     31 ms  Internal Server Error"),
        (replace(RESULT, status=299, seconds=1.25), "#35   299     1.2 s"),
        (replace(RESULT, status=None, failure="refused\x1b", seconds=30), "#35   –        30 s  no answer: refused␛"),
    ],
)
def test_the_line_of_an_outcome(result: ForwardResult, line: str) -> None:
    assert result_line(result) == line
