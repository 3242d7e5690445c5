"""Which text of a row a filter highlights."""

from __future__ import annotations

import pytest

from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.filtering.highlights import Column, Highlights


@pytest.mark.parametrize(
    ("text", "column", "shown", "found"),
    [
        ("image", "event", "image_result", ["image"]),
        ("res", "event", "image_result", ["res"]),
        ("esult", "event", "image_result", []),
        ('"res"', "event", "image_result", []),
        ('"image result"', "event", "image_result", ["image_result"]),
        ("LOOK", "result", "look-1.jpg", ["look"]),
        ("event:image_*", "event", "image_result", ["image_"]),
        ("event:*_edit", "event", "batch_edit", ["_edit"]),
        ("event:image_result", "event", "image_res…", ["image_res"]),
        ("event:image_result", "event", "batch_edit", []),
        ("event:image_result", "result", "image_result", []),
        ("status:Failed", "status", "failed", ["failed"]),
        ("status:failed", "status", "completed", []),
        ("job:ec53", "job", "ec536688", ["ec53"]),
        ("job:job_ec536688aa", "job", "ec536688", ["ec536688"]),
        ("job:ec53", "event", "ec536688", ["ec53"]),
        ("!image", "event", "image_result", []),
        ("image or event:*result", "event", "image_result", ["image", "result"]),
        ("image imag", "event", "image_result", ["image"]),
        ("ß", "event", "straße", []),
    ],
)
def test_what_a_filter_looks_for(text: str, column: Column, shown: str, found: list[str]) -> None:
    """Words from their beginning, and the fields of the row; also where a cell cuts the text off."""
    highlights = Highlights.of(parse(text))
    spans = [] if highlights is None else highlights.spans(column, shown)
    assert [shown[start:end] for start, end in spans] == found


@pytest.mark.parametrize("text", ["", "verdict:invalid", "size:>10", "!image", "marked"])
def test_other_filters_highlight_nothing(text: str) -> None:
    """A verdict keeps its colours."""
    assert Highlights.of(parse(text)) is None
