"""The screen's own sentences where they depend on numbers; their form is tested with all messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from webhook_tui.ui import notice_texts


@pytest.mark.parametrize(
    ("count", "left"), [(0, "Nothing was written."), (1, "1 file is written."), (1200, "1,200 files are written.")]
)
def test_what_a_stopped_export_has_left(count: int, left: str) -> None:
    assert notice_texts.export_stopped(count).hint == left


def test_one_and_many_deliveries_are_deleted() -> None:
    assert notice_texts.deleted(1, is_stopped=False) == "Deleted 1 delivery"
    assert notice_texts.deleted(2000, is_stopped=True) == "Stopped. Deleted 2,000 deliveries"


def test_the_last_term_is_named_only_where_there_are_matches_without_it() -> None:
    assert notice_texts.no_matches(12).count("\n") == 0
    assert notice_texts.no_matches(1) == "No matches in 1 delivery.  esc clears the filter."
    assert notice_texts.no_matches(12, "job:a", 0).count("\n") == 0
    assert notice_texts.no_matches(12, "job:a", 3).endswith("Without job:a there are 3:  ctrl+w drops it.")
    assert notice_texts.no_matches(12, "job:a", 1).endswith("Without job:a there is 1:  ctrl+w drops it.")


def test_one_delivery_and_one_byte() -> None:
    assert notice_texts.no_matches(1).startswith("No matches in 1 delivery.")
    assert notice_texts.copied("raw", 1) == "Copied: raw, 1 byte"
    assert notice_texts.sent_to_terminal("raw", 1, 100) == "Sent to the terminal: raw, 1 byte for its clipboard"


def test_what_most_terminals_drop() -> None:
    assert notice_texts.sent_to_terminal("body", 100, 100) == "Sent to the terminal: body, 100 bytes for its clipboard"
    assert notice_texts.sent_to_terminal("body", 101, 100).endswith("export it instead.")


def test_what_was_taken_out_of_an_export() -> None:
    assert notice_texts.exported("#8", Path("a"), is_redacted=False) == "Exported #8 to a"
    assert "taken out" in notice_texts.exported("#8", Path("a"), is_redacted=True)
