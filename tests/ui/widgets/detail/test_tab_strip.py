"""The names of the tabs."""

from __future__ import annotations

import pytest

from webhook_tui.ui.views.detail.shown_delivery import TABS
from webhook_tui.ui.widgets.detail.tab_strip import fitted_labels

ALL = (*TABS, "Image", "Attempts", "Answer")


@pytest.mark.parametrize(
    ("names", "width", "line"),
    [
        ((*TABS, "Image"), 47, "Payload  Headers  Signature  Raw  Image"),
        ((*TABS, "Image", "Attempts"), 47, "Payload Headers Signature Raw Image Attempts"),
        (ALL, 47, "Payload Heade. Signat. Raw Image Attemp. Answer"),
        (ALL, 38, "Payload Hea. Sig. Raw Ima. Atte. Answ."),
    ],
)
def test_the_names_fit_into_one_line(names: tuple[str, ...], width: int, line: str) -> None:
    """The active name is never cut."""
    gap, labels = fitted_labels(names, "Payload", width)
    assert (" " * gap).join(labels) == line
    assert len(line) <= width
