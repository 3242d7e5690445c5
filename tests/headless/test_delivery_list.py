"""The table of `list`: aligned, as wide as the terminal, harmless."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.factories import INVALID, NOW, delivery, row
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.headless.delivery_page import DeliveryList
from webhook_tui.headless.text_style import TextStyle

STORED = StoredDelivery(row(42, event="image_\x1b[31mresult" * 9, verification=INVALID), delivery())
SUMMARY = Summary(job="job_7c1e90", status="completed", progress="8/8")


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_a_line_fits(width: int) -> None:
    """Columns stand below their names; numbers as large as the last one align."""
    table = DeliveryList(TextStyle(width=width), NOW, 123_456)
    header, line = table.header(), table.line(STORED, SUMMARY)

    assert line.startswith("    42  14:20:02  ✗ invalid")
    assert header.index("time") == line.index("14:20:02")
    assert "\x1b" not in line
    if width >= 80:
        assert cell_len(line) <= width
        assert "7c1e90" in line
        assert "8/8" in line
