"""The contract as a table of text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from tests.domain.contract.events import contract_of
from tests.domain.contract.hostile_names import DATA
from webhook_tui.headless.contract.page import change_note, contract_page
from webhook_tui.headless.text_style import TextStyle

NOW = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)


def test_what_changed_is_marked_and_explained() -> None:
    """One mark a field, and below the table what the marks mean."""
    contract = contract_of([*[{"a": 1, "gone": 1}] * 30, *[{"a": "x"}] * 60, {"a": 1, "came": [1]}])

    lines = contract_page(contract, TextStyle(), NOW, of_all=True).splitlines()

    assert lines[0] == "image_result   91 deliveries of any verdict, 23 Nov"
    assert [" ".join(line.split()) for line in lines[1:]] == [
        "field type present values",
        "data object 100 %",
        'data.a ≠ string | integer 100 % "x" 60 · 1',
        "data.gone - integer 33 % 1",
        "data.came + array 1 % 1 item",
        "data.came [ ] integer 1 % 1",
        "id integer 100 % 90001 to 90091",
        "timestamp number 100 % 1795443602",
    ]
    assert change_note([contract], NOW).startswith("≠ changed, - gone, + new since 23 Nov.  As code: --format ")
    assert change_note([contract_of([{}])], NOW) == "As code: --format typescript, python or json-schema."


@pytest.mark.parametrize("in_ascii", [False, True])
def test_hostile_names_and_values_are_harmless_and_fit(in_ascii: bool) -> None:
    """No control character, no line wider than the terminal."""
    contract = contract_of([DATA, {"\x1b]0;x\x07" * 20: "\x1b[31m\u202e" * 30}], "\x1b[2J")

    page = contract_page(contract, TextStyle(in_ascii=in_ascii, width=80), NOW, of_all=False)

    assert not any(character in page for character in "\x1b\x07\u202e")
    assert all(cell_len(line) <= 80 for line in page.splitlines()[2:])
