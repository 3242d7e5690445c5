"""A table that a spreadsheet shows and never computes."""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from msgspec.structs import replace

from tests.export.odd_deliveries import EVERYTHING, stored, written
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.summary import Summary


@pytest.mark.parametrize(
    "received",
    ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1", '";=1', "a,b;=1\x1b[31m"],
)
def test_no_cell_is_a_formula(received: str) -> None:
    """Text that a spreadsheet would compute has an apostrophe in front, and no control character is left."""
    one = stored()
    one = StoredDelivery(replace(one.row, event=received, summary=Summary(received), event_id=received), one.delivery)
    table = written("csv", [one]).decode("utf-8-sig")
    header, cells = csv.reader(io.StringIO(table, newline=""))

    assert table.count("\r\n") == 2
    assert table.replace("\r\n", "").isprintable()
    for column in ("event", "about", "event_id"):
        cell = cells[header.index(column)]
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))
        assert cell.removeprefix("'")[-2:] == received[-2:].replace("\n", "␊")


def test_the_table_has_a_line_a_delivery() -> None:
    """Every cell quoted, so that a spreadsheet that splits at semicolons splits none of ours; Excel knows UTF-8 by its
    byte order mark.
    """
    table = written("csv", EVERYTHING)
    lines = table.decode("utf-8-sig").split("\r\n")

    assert table.startswith(codecs.BOM_UTF8)
    assert table.count(codecs.BOM_UTF8) == 1
    assert len(lines) == len(EVERYTHING) + 2
    assert lines[0].startswith('"seq","run","received_at","event"')
    assert lines[1].startswith('"100","1","2026-11-23T14:20:02.418Z","ping","90412","1","valid","Signed by PiktID."')
