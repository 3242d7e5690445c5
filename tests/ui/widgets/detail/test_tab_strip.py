"""The names of the tabs."""

from __future__ import annotations

import pytest

from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Stage
from webhook_tui.ui.views.detail.shown_delivery import TABS
from webhook_tui.ui.widgets.detail.tab_strip import TabStrip, fitted_labels

ALL = (*TABS, "Image", "Attempts", "Answer")


@pytest.mark.parametrize(
    ("names", "active", "width", "line"),
    [
        ((*TABS, "Image"), "Payload", 47, "Payload  Headers  Signature  Raw  Image"),
        ((*TABS, "Image", "Attempts"), "Payload", 47, "Payload Headers Signature Raw Image Attempts"),
        (ALL, "Payload", 47, "Payload Headers Signature Raw Image Attempts …"),
        (ALL, "Attempts", 47, "Payload Headers Signature Raw Image Attempts …"),
        (ALL, "Answer", 47, "… Headers Signature Raw Image Attempts Answer"),
        (ALL, "Image", 29, "… Signature Raw Image …"),
        (ALL, "Signature", 3, "Signature"),
        (("夏夏夏 3", "ping 1"), "ping 1", 15, "夏夏夏 3 ping 1"),
        (("夏夏夏 3", "ping 1"), "ping 1", 14, "… ping 1"),
    ],
)
def test_whole_names_fit_into_one_line(names: tuple[str, ...], active: str, width: int, line: str) -> None:
    """The active one is always among them."""
    gap, labels = fitted_labels(names, active, width)
    assert (" " * gap).join(label for _, label in labels) == line


def test_a_mark_leads_to_the_nearest_name_that_is_not_shown() -> None:
    """On either side."""
    _, labels = fitted_labels(ALL, "Image", 29)
    assert [name for name, label in labels if name != label] == ["Headers", "Attempts"]


async def test_the_rule_stands_below_its_name() -> None:
    """Of the names of events, which may be wide."""
    strip = TabStrip(("夏夏夏 3", "ping 1"))
    strip.styles.height = 2
    app = Stage(strip)
    async with app.run_test(size=(40, 3)) as pilot:
        strip.show(("夏夏夏 3", "ping 1"), "ping 1")
        await pilot.pause()
        assert lines(app)[1].startswith("─" * 10 + "━" * 6 + "─")
