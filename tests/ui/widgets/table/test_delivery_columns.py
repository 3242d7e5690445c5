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
    event_cell,
    folded,
    time_cell,
    verdict_cell,
)

N, T, V, E, A, W, S, B = "number", "time", "verdict", "event", "attempt", "answered", "size", "about"


@pytest.mark.parametrize(
    ("width", "names", "event"),
    [
        (26, [V, E], 8),
        (37, [V, E], 19),
        (38, [T, V, E], 10),
        (40, [T, V, E], 12),
        (55, [T, V, E], 27),
        (56, [N, T, V, E], 22),
        (57, [N, T, V, E], 23),
        (59, [N, T, V, E], 25),
        (60, [N, T, V, E], 26),
        (67, [N, T, V, E], 30),
        (68, [N, T, V, E, A], 25),
        (75, [N, T, V, E, A], 30),
        (76, [N, T, V, E, A, W], 23),
        (79, [N, T, V, E, A, W], 26),
        (80, [N, T, V, E, A, W], 27),
        (83, [N, T, V, E, A, W], 30),
        (84, [N, T, V, E, A, W, S], 22),
        (100, [N, T, V, E, A, W, S], 30),
        (115, [N, T, V, E, A, W, S], 30),
        (116, [N, T, V, E, A, W, S, B], 28),
        (120, [N, T, V, E, A, W, S, B], 30),
        (200, [N, T, V, E, A, W, S, B], 30),
    ],
)
def test_the_columns_of_a_width(width: int, names: list[str], event: int) -> None:
    """Each column comes in at its width, and the event takes the rest, from 8 to 30."""
    shown = columns(width, 2)
    assert [column.name for column in shown] == names
    assert next(column.width for column in shown if column.name == "event") == event


@pytest.mark.parametrize("digits", [1, 4, 7])
def test_a_row_fits_into_every_width(digits: int) -> None:
    """No row is wider than its table, verdict and event are always there, and the event has room for a name."""
    for width in range(40, 201):
        shown = {column.name: column.width for column in columns(width, digits)}
        assert BAR_WIDTH + sum(shown.values()) + GAP * (len(shown) - 1) + MARGIN <= width
        assert "verdict" in shown
        assert shown["event"] >= (22 if "number" in shown else 10)
        assert shown.get("about", 24) >= 24


def test_long_numbers_take_room_from_the_event_until_it_has_its_least() -> None:
    """The number column grows with the largest number; where the event would get too narrow it goes."""
    assert columns(60, 6)[0].width == 7
    assert [column.name for column in columns(57, 7)] == ["time", "verdict", "event"]


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
    ("attempt", "answered", "shown", "told"),
    [
        (1, 200, [], ""),
        (1, 204, [], ""),
        (2, 200, [], "×2"),
        (1, 503, [], "503"),
        (12, 429, [], "×12 429"),
        (1, None, [], "none"),
        (2, 503, ["attempt"], "503"),
        (2, 503, ["attempt", "answered"], ""),
    ],
)
def test_a_column_without_room_leaves_its_exceptions(
    attempt: int, answered: int | None, shown: list[str], told: str
) -> None:
    """Normal values vanish with their column, odd ones move into the event's cell."""
    row = delivery(1, attempt=attempt, answered=answered)
    assert folded(row, frozenset(shown), UNICODE) == told  # type: ignore[arg-type]  # names of columns


def test_exceptions_stand_at_the_right_end_and_the_name_gives_way() -> None:
    """The name is cut before the exception is."""
    row = delivery(1, "image_result", attempt=2)
    name, tail = event_cell(row, 23, "×2", UNICODE)
    assert (name + tail, tail) == ("image_result         ×2", "×2")
    name, tail = event_cell(row, 10, "×2", UNICODE)
    assert name + tail == "image_… ×2"
    name, tail = event_cell(row, 4, "×2 503", UNICODE)
    assert cell_len(name + tail) == 4


def test_times_are_of_the_clocks_zone() -> None:
    """Today a time, this year a day, before that a year."""
    row = delivery(1, at="14:20:02")
    assert time_cell(row, NOON) == "14:20:02"
    assert time_cell(replace(row, received_at=NOON - timedelta(days=11)), NOON) == "12 Nov"
    assert time_cell(replace(row, received_at=NOON - timedelta(days=400)), NOON) == "2025"


def test_no_answer_is_a_word() -> None:
    """A delivery without an answer says so."""
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
