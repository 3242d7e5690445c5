"""The cells whose text has several styles, as pure functions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from tests.ui.forwards import SENT
from tests.ui.widgets.stage import delivery
from webhook_tui.domain.delivery.delivery import DeliveryRow
from webhook_tui.domain.delivery.summary import Summary
from webhook_tui.domain.forwarding.forward_result import ForwardResult
from webhook_tui.ui.symbols import ASCII, UNICODE, Symbols
from webhook_tui.ui.widgets.table.delivery_cells import (
    JobWidth,
    Piece,
    cut_middle,
    event_pieces,
    result_cell,
    status_cell,
)
from webhook_tui.ui.widgets.table.delivery_columns import Name


def event_cell(
    row: DeliveryRow, width: int, shown: frozenset[Name], sent: ForwardResult | None, glyphs: Symbols
) -> list[Piece]:
    """The pieces without what a click on them means."""
    return [piece for piece, _ in event_pieces(row, width, shown, sent, glyphs)]


JOB = Summary("job_ec536688", "processing", "3/8")


@pytest.mark.parametrize(
    ("row", "shown", "end"),
    [
        (delivery(1), [], []),
        (delivery(1, answered=204), [], []),
        (delivery(1, attempt=2), [], [("×2", "attention")]),
        (delivery(1, answered=503), [], [("503", "attention")]),
        (delivery(1, attempt=12, answered=429), [], [("×12", "attention"), (" 429", "attention")]),
        (delivery(1, answered=None), [], [("none", "attention")]),
        (delivery(1, attempt=2, answered=503), ["attempt"], [("503", "attention")]),
        (delivery(1, attempt=2, answered=503), ["attempt", "answered"], []),
        (delivery(1, attempt=2, comment="a"), [], [(";", "mark"), (" ×2", "attention")]),
    ],
)
def test_exceptions_stand_in_their_order_at_the_right_end(
    row: DeliveryRow, shown: list[Name], end: list[tuple[str, str]]
) -> None:
    """Normal values vanish with their column, odd ones move into the event's cell."""
    name, *found = event_cell(row, 22, frozenset(shown), None, UNICODE)
    assert found == end
    assert name[0].rstrip() == "ping"
    assert sum(cell_len(text) for text, _ in (name, *found)) == 22


def test_the_name_is_cut_to_six_cells_for_exceptions() -> None:
    """The name is cut before the first exception is; what does not fit is left out from the end."""
    row = replace(delivery(1, "image_result", attempt=2, answered=503), comment="a", differs=True)
    pieces = event_cell(row, 22, frozenset(), SENT, UNICODE)
    assert _text(pieces) == "image… ≠ ; ×2 503 →200"
    assert pieces[-1] == (" →200", "muted")
    assert _text(event_cell(row, 21, frozenset(), SENT, UNICODE)) == "image_res… ≠ ; ×2 503"
    assert _text(event_cell(row, 12, frozenset(), None, UNICODE)) == "image_r… ≠ ;"
    assert _text(event_cell(row, 1, frozenset(), None, UNICODE)) == "≠"


def _text(pieces: Sequence[tuple[str, str]]) -> str:
    return "".join(text for text, _ in pieces)


@pytest.mark.parametrize(
    ("event", "shown", "attempt", "text"),
    [
        ("batch_edit", [], 1, "batch_edit      ec536688"),
        ("batch_edit", ["job"], 1, "batch_edit              "),
        ("batch_edit", [], 2, "batch_edit            ×2"),
        ("identity_preprocessing", [], 1, "identity_preprocessing  "),
    ],
)
def test_without_its_column_the_job_stands_in_the_event_where_both_fit(
    event: str, shown: list[Name], attempt: int, text: str
) -> None:
    """An exception takes its place."""
    row = delivery(1, event, attempt=attempt, summary=JOB)
    pieces = event_cell(row, 24, frozenset(shown), None, UNICODE)
    assert _text(pieces) == text
    assert (pieces[-1] == ("ec536688", "muted")) == text.endswith("ec536688")


@pytest.mark.parametrize(
    ("summary", "with_bar", "pieces"),
    [
        (Summary(), False, [("", "muted")]),
        (Summary(is_json=False), True, [("not JSON", "muted")]),
        (JOB, False, [("processing", "muted")]),
        (JOB, True, [("━━", ""), ("────", "separator"), (" 3/8", "muted")]),
        (Summary("", "Failed", "3/8"), True, [("Failed", "attention")]),
        (Summary("", "aborted"), True, [("aborted", "attention")]),
        (Summary("", "completed", "100 %"), True, [("completed", "muted")]),
        (Summary("", "waiting_for_images"), False, [("waiting_for…", "muted")]),
    ],
)
def test_a_status_is_as_received(summary: Summary, with_bar: bool, pieces: list[tuple[str, str]]) -> None:
    """What failed is loud; without a result column a running job shows its bar instead."""
    assert status_cell(summary, 12, UNICODE, with_bar=with_bar) == pieces


@pytest.mark.parametrize(
    ("summary", "width", "text"),
    [
        (Summary(), 11, ""),
        (Summary(progress="0/8"), 11, "────── 0/8"),
        (Summary(progress="5/8"), 11, "━━━━── 5/8"),
        (Summary(progress="47 %"), 11, "━━━─── 47 %"),
        (Summary(progress="99.9 %"), 11, "━━━─ 99.9 %"),
        (Summary(progress="1000/9000"), 11, "1000/9000"),
        (Summary(progress="8/8"), 11, "8/8"),
        (Summary(progress="100 %"), 11, "100 %"),
        (Summary(progress="3/0"), 11, "3/0"),
        (Summary(status="failed", progress="3/8"), 11, "3/8"),
        (Summary(file="look-1.jpg", progress="3/8", quality="0.91"), 11, "look-1.jpg"),
        (Summary(file="look-1.jpg", quality="0.91"), 24, "look-1.jpg          0.91"),
        (Summary(file="summer-final.jpg"), 11, "summ…al.jpg"),
        (Summary(file="summer-collection-final.jpg"), 16, "summer…final.jpg"),
        (Summary(file="夏のコレクション-03.jpg"), 11, "夏の…03.jpg"),
        (Summary(file="a\x1b[2J.jpg"), 11, "a␛[2J.jpg"),
    ],
)
def test_a_result_is_a_file_or_how_far_the_job_is(summary: Summary, width: int, text: str) -> None:
    """Only a running job whose total is known has a bar."""
    assert _text(result_cell(summary, width, UNICODE)) == text


def test_in_ascii_bar_and_cut_have_other_signs() -> None:
    """No character outside ASCII, also of received text."""
    assert _text(result_cell(Summary(progress="5/8"), 11, ASCII)) == "====-- 5/8"
    assert cut_middle("summer-final.jpg", 11, ASCII) == "su...al.jpg"
    assert cut_middle("夏のコレクション-03.jpg", 11, ASCII) == "\\u...03.jpg"
    assert cut_middle("summer-final.jpg", 4, ASCII) == "s..."
    row = replace(delivery(1, attempt=2), comment="a", differs=True)
    assert _text(event_cell(row, 14, frozenset(), None, ASCII)) == "ping   != ; x2"


def test_the_job_column_grows_until_the_jobs_differ() -> None:
    """From 8 cells to 12, and never back."""
    width = JobWidth()
    assert not width.add(["ec536688aaaa", "468154a6bbbb", "ec536688aaaa"])
    assert width.cells == 8
    assert width.add(["ec536688ab"])
    assert width.cells == 10
    assert not width.add(["b59f074e"])
    assert width.add(["b59f074e", "468154a6bbbbb", "ec536688aaaaaa"])
    assert width.cells == 12
