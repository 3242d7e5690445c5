"""The last line of a delivery that departs."""

from __future__ import annotations

import pytest

from webhook_tui.domain.contract.departures import Departure
from webhook_tui.domain.contract.json_types import JsonType
from webhook_tui.ui.format.delivery.departures import departure_line

SCORE = Departure(("data", "quality_score"), JsonType.STRING, JsonType.NUMBER, 205, 214)
URL = Departure(("data", "images", "a b"), JsonType.NULL, JsonType.STRING, 20, 20)
GONE = Departure(("data", "output"), None, JsonType.OBJECT, 200, 214)


@pytest.mark.parametrize(
    ("path", "width", "line"),
    [
        ("$", 50, ("$", "3 depart from contract C")),
        ("$.data.image_index", 36, ("$.data.image_index", "3 depart C")),
        ("$.data.quality_score", 50, ("a number in 205 deliveries, text here", "C")),
        ('$.data.images[3]["a b"]', 50, ("text in 20 deliveries, null here", "C")),
        ("$.data", 50, ("output: present in 200 deliveries, absent here", "C")),
    ],
)
def test_on_its_own_line_a_departure_is_reported_in_full(path: str, width: int, line: tuple[str, str]) -> None:
    """Elsewhere they are counted; what is absent is reported on the line of the object."""
    assert departure_line([SCORE, URL, GONE], path, width) == line
