"""The two lines above the tabs, at every width."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.ui.fake_session import NOW
from tests.ui.memory_rows import mock_up_rows
from webhook_tui.domain.comparison.compared_event import DifferingDelivery
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.ui.format.delivery.headline import headline, sentence


def row(seq: int) -> DeliveryRow:
    """A row of the mock-ups."""
    return mock_up_rows()[seq - 1].row


@pytest.mark.parametrize("width", [20, 38, 54, 78])
def test_the_headline_is_cut_but_keeps_verdict_and_event(width: int) -> None:
    """Time and size go first, then the end of a long name."""
    long = replace(row(8), event="an_event_with_quite_a_long_name_\x1b")
    line = headline(long, width, NOW, in_ascii=False)

    assert line.plain.startswith(" ✗ invalid   an_even")
    assert "\x1b" not in line.plain
    assert sentence(row(8), 58, with_key=True).plain == "It fits without the newline at the end of the body.  w Why"
    assert sentence(row(8), 57, with_key=True).plain == "Fits without the last newline.  w Why"
    assert sentence(row(8), 33, with_key=True).plain == "Fits without the last newline. w"


@pytest.mark.parametrize(
    ("number", "width", "paths", "text"),
    [
        (1, 60, 1, "Signed by PiktID. Differs from SSE: $.data.status.  w Why"),
        (1, 70, 3, "Signed by PiktID. Differs from SSE: $.data.status and 2 more."),
        (1, 50, 1, "Valid, differs from SSE.  w Why"),
        (8, 60, 1, "Fits without the last newline. Differs from SSE.  w Why"),
    ],
)
def test_the_sentence_says_that_a_delivery_was_altered(number: int, width: int, paths: int, text: str) -> None:
    """With the first path where there is room."""
    differing = DifferingDelivery(number, "$.data.status", paths)
    assert sentence(row(number), width, with_key=True, differing=differing).plain.startswith(text)
