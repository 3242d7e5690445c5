"""Every export format: what is written is deterministic, and the name of its file holds nothing received."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.export.receiving import EVERYTHING, written
from webhook_tui.export.formats import FORMATS


@pytest.mark.parametrize("form", FORMATS)
def test_a_form_is_deterministic_and_takes_none(form: str) -> None:
    """Two exports of the same deliveries can be compared; none give a file that is still one of its kind."""
    assert written(form, EVERYTHING) == written(form, EVERYTHING)
    written(form, [])


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_named_by_our_number(form: str) -> None:
    """Nothing received is in a file's name."""
    name = FORMATS[form].file_name(8)

    assert Path(name).name == name
    assert Path(name).stem.replace("_", "-").endswith("delivery-8")
