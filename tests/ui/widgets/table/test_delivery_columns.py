"""The columns of every width, and what stands in their cells."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from tests.ui.widgets.stage import NOON, delivery
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.symbols import ASCII, UNICODE
from webhook_tui.ui.widgets.table.delivery_columns import (
    BAR_WIDTH,
    GAP,
    MARGIN,
    answered_cell,
    columns,
    cut_text,
    time_cell,
    verdict_cell,
)

N, T, V, E, J, U, R = "number", "time", "verdict", "event", "job", "status", "result"
A, W, S = "attempt", "answered", "size"


@pytest.mark.parametrize(
    ("width", "names", "event", "last"),
    [
        (26, [V, E], 9, 9),
        (37, [V, E], 20, 20),
        (38, [T, V, E], 11, 11),
        (55, [T, V, E], 28, 28),
        (56, [N, T, V, E], 23, 23),
        (57, [N, T, V, E], 24, 24),
        (77, [N, T, V, E], 44, 44),
        (78, [N, T, V, E, J, U], 22, 11),
        (80, [N, T, V, E, J, U], 22, 12),
        (89, [N, T, V, E, J, U], 22, 12),
        (90, [N, T, V, E, J, U, R], 22, 11),
        (99, [N, T, V, E, J, U, R], 22, 20),
        (100, [N, T, V, E, J, U, R], 22, 17),
        (117, [N, T, V, E, J, U, R], 22, 34),
        (118, [N, T, V, E, J, U, R, A], 22, 7),
        (128, [N, T, V, E, J, U, R, A, W], 22, 8),
        (137, [N, T, V, E, J, U, R, A, W, S], 22, 7),
        (200, [N, T, V, E, J, U, R, A, W, S], 22, 7),
    ],
)
def test_the_columns_of_a_width(width: int, names: list[str], event: int, last: int) -> None:
    """Each column comes in at its width; the event takes the rest below 78, the result from 90."""
    shown = columns(width, 2)
    assert [column.name for column in shown] == names
    assert next(column.width for column in shown if column.name == "event") == event
    assert shown[-1].width == last


@pytest.mark.parametrize(("width", "align"), [(99, "left"), (100, "right")])
def test_the_heading_of_the_time_stands_as_the_times_do(width: int, align: str) -> None:
    """They end below each other where the column has room for a day."""
    assert [column.align for column in columns(width, 2) if column.name == "time"] == [align]


@pytest.mark.parametrize("digits", [1, 4, 7])
def test_a_row_fits_into_every_width(digits: int) -> None:
    """No row is wider than its table, verdict and event are always there, and the event has room for a name."""
    for width in range(40, 201):
        shown = {column.name: column.width for column in columns(width, digits)}
        assert BAR_WIDTH + sum(shown.values()) + GAP * (len(shown) - 1) + MARGIN <= width
        assert "verdict" in shown
        assert shown["event"] >= (22 if "number" in shown else 10)
        assert shown.get("result", 11) >= 11
        assert shown.get("status", 10) >= 10
        assert shown.get("time", 8) == (12 if width >= 100 else 8)


def test_long_numbers_take_room_from_the_event_until_it_has_its_least() -> None:
    """The number column grows with the largest number; where the event would get too narrow it goes."""
    assert columns(60, 6)[0].width == 7
    assert [column.name for column in columns(57, 7)] == ["time", "verdict", "event"]
    assert [column.name for column in columns(80, 8)] == ["number", "time", "verdict", "event"]


def test_wider_jobs_take_room_from_the_result() -> None:
    """The columns before it stay where they are."""
    narrow, wide = columns(100, 2), columns(100, 2, 12)
    assert [column.width for column in narrow[4:]] == [8, 10, 17]
    assert [column.width for column in wide[4:]] == [12, 10, 13]


def test_the_verdict_block_is_thirteen_cells_in_both_sets_of_signs() -> None:
    """The tinted block has a blank at either side of the longest word."""
    for verdict in Verdict:
        for signs in (UNICODE, ASCII):
            cell = verdict_cell(verdict, signs)
            assert cell_len(cell) == 13
            assert cell.startswith(" ")
            assert cell.endswith(" ")
            assert verdict.value in cell


@pytest.mark.parametrize(
    ("days", "short", "long"),
    [
        (0, "14:02:11", "    14:02:11"),
        (1, "Su 14:02", "22 Nov 14:02"),
        (6, "Tu 14:02", "17 Nov 14:02"),
        (7, "16 Nov", "16 Nov 14:02"),
        (20, "3 Nov", " 3 Nov 14:02"),
        (400, "2025", "19 Oct 2025"),
        (-1, "24 Nov", "24 Nov 14:02"),
    ],
)
def test_times_are_of_the_clocks_zone(days: int, short: str, long: str) -> None:
    """Today a time, in the six days before the weekday, this year a day, before that a year."""
    row = delivery(1)
    row = replace(row, received_at=row.received_at - timedelta(days=days))
    assert time_cell(row, NOON, 8) == short
    assert time_cell(row, NOON, 12) == long.rjust(12)


def test_no_answer_is_a_word() -> None:
    """A delivery without an answer is marked."""
    assert answered_cell(delivery(1, answered=None)) == "none"
    assert answered_cell(delivery(1, answered=503)) == "503"


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("image_result", 12, "image_result"),
        ("image_result", 8, "image_r…"),
        ("日本語の名前", 7, "日本語…"),
        ("日本語の名前", 6, "日本 …"),
        ("a\x1b[2J\x07b", 20, "a␛[2J␇b"),
        ("x" * 100_000, 5, "xxxx…"),
        ("\u202eevil", 10, "\ufffdevil"),
    ],
)
def test_received_text_is_harmless_and_cut_by_cells(text: str, width: int, shown: str) -> None:
    """No cell is wider than its column, whatever was received."""
    assert cut_text(text, width, UNICODE) == shown
    assert cell_len(cut_text(text, width, UNICODE)) <= width


def test_in_ascii_nothing_else_is_shown() -> None:
    """Received letters outside ASCII are named, and the cut is three dots."""
    assert cut_text("é", 10, ASCII) == "\\xe9"
    assert cut_text("image_result", 8, ASCII) == "image..."
    assert cut_text("日本語", 4, ASCII).isascii()
    assert cut_text("abc", 2, ASCII) == ".."
