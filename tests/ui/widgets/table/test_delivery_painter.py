"""The table's colours: focus, verdict blocks, fades, and terminals without colours of ours."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES
from textual.widgets import Input

from tests.ui.memory_rows import MemoryRows
from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Clock, Frames, Stage, changed, delivery, find, style_at, twelve
from webhook_tui.domain.delivery.rows import Sort, SortColumn
from webhook_tui.domain.filtering.filter import parse
from webhook_tui.domain.filtering.highlights import Highlights
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.theme import WEBHOOK_DARK
from webhook_tui.ui.widgets.table.delivery_table import DeliveryTable

DARK = {**WEBHOOK_DARK.variables, "background": "#0e1219", "primary": "#93a8ff"}


def background(app: Stage, line: int, column: int) -> str:
    """The background of one cell as #rrggbb."""
    bgcolor = style_at(app, line, column).bgcolor
    assert bgcolor is not None
    return Color.from_rich_color(bgcolor).hex.lower()


def foreground(app: Stage, line: int, column: int) -> str:
    """The colour of one cell's text as #rrggbb."""
    color = style_at(app, line, column).color
    assert color is not None
    return Color.from_rich_color(color).hex.lower()


async def test_failures_are_blocks_and_successes_are_quiet() -> None:
    """The whole verdict cell is tinted and bold where it is bad, plain text where it is good."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(MemoryRows.of(twelve()))
        await pilot.pause()
        for word, line in [("invalid", 8), ("malformed", 10)]:
            assert word in lines(app)[line]
            assert {background(app, line, column) for column in range(17, 30)} == {DARK["bad-bg"]}
            assert style_at(app, line, 20).bold
        assert background(app, 9, 20) == DARK["warn-bg"]
        assert background(app, 1, 20) == DARK["background"]
        assert foreground(app, 1, 20) == DARK["valid"]
        assert foreground(app, 6, 20) == DARK["older"]
        assert style_at(app, 12, 20).italic
        assert style_at(app, 4, 53).bold
        assert style_at(app, 3, 53).bold


async def test_focus_is_reported_by_heading_bar_and_row() -> None:
    """Focused: heading bold and primary, primary bar; not focused: muted both, and a fainter row."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(MemoryRows.of(twelve()))
        await pilot.pause()
        assert style_at(app, 0, 7).bold
        assert (foreground(app, 0, 7), foreground(app, 12, 0)) == (DARK["primary"], DARK["primary"])
        assert background(app, 12, 80) == DARK["row-cursor"]
        assert style_at(app, 12, 33).bold
        other = Input()
        await app.mount(other)
        other.focus()
        await pilot.pause()
        assert not style_at(app, 0, 7).bold
        assert (foreground(app, 0, 7), foreground(app, 12, 0)) == (DARK["muted"], DARK["muted"])
        assert background(app, 12, 80) == DARK["row-cursor-blurred"]


async def test_a_new_row_glows_and_fades() -> None:
    """Its background begins at a share of primary and is the table's own after a second."""
    clock, rows, frames = Clock(), MemoryRows.of(twelve()[:8]), Frames()
    table = DeliveryTable(now=clock, frames=frames)
    app = Stage(table.widget)
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(rows)
        await pilot.press("up")
        rows.put(twelve()[:9])
        table.refresh_rows()
        await pilot.pause()
        ground, primary = Color.parse(DARK["background"]), Color.parse(DARK["primary"])
        assert background(app, 9, 81) == ground.blend(primary, 0.35).hex.lower()
        assert background(app, 8, 81) == ground.hex.lower()
        clock.forward(0.5)
        frames.draw()
        await pilot.pause()
        assert background(app, 9, 81) == ground.blend(primary, 0.175).hex.lower()
        clock.forward(0.6)
        frames.draw()
        await pilot.pause()
        assert background(app, 9, 81) == ground.hex.lower()
        assert frames.requests == []


async def test_a_burst_does_not_glow() -> None:
    """More than twenty rows at once are only there."""
    rows = MemoryRows.of(twelve())
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 50)) as pilot:
        table.show_rows(rows)
        await pilot.press("g")
        rows.put([*twelve(), *(delivery(seq) for seq in range(13, 40))])
        table.refresh_rows()
        await pilot.pause()
        assert background(app, 30, 81) == DARK["background"]


async def test_a_changed_verdict_glows_in_its_cell_alone() -> None:
    """The cell has a share of its new colour, the row nothing."""
    clock, rows, frames = Clock(), MemoryRows.of(twelve()), Frames()
    table = DeliveryTable(now=clock, frames=frames)
    app = Stage(table.widget)
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(rows)
        await pilot.press("g")
        rows.put(changed(twelve(), 12, Verdict.VALID))
        table.mark_changed([12])
        table.refresh_rows()
        await pilot.pause()
        ground, valid = Color.parse(DARK["background"]), Color.parse(DARK["valid"])
        assert "✓ valid" in lines(app)[12]
        assert background(app, 12, 20) == ground.blend(valid, 0.45).hex.lower()
        assert background(app, 12, 40) == ground.hex.lower()
        clock.forward(1)
        frames.draw()
        await pilot.pause()
        assert background(app, 12, 20) == ground.hex.lower()


async def test_without_motion_a_hairline_and_bold_say_the_same() -> None:
    """Nothing fades; the signs go after five seconds or when the cursor has been there."""
    clock, rows, frames = Clock(), MemoryRows.of(twelve()[:10]), Frames()
    table = DeliveryTable(now=clock, frames=frames)
    app = Stage(table.widget)
    app.animation_level = "none"
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(rows)
        await pilot.press("g")
        rows.put(twelve())
        table.refresh_rows()
        table.mark_changed([2])
        await pilot.pause()
        assert [line[0] for line in lines(app)[10:13]] == [" ", "▏", "▏"]
        assert style_at(app, 2, 20).bold
        assert background(app, 11, 81) == DARK["background"]
        clock.forward(3)
        await pilot.press("G", "g")
        assert [line[0] for line in lines(app)[11:13]] == ["▏", " "]
        clock.forward(3)
        frames.draw()
        await pilot.pause()
        assert [line[0] for line in lines(app)[11:13]] == [" ", " "]
        assert not style_at(app, 2, 20).bold


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_with_the_terminals_colours_blocks_are_reversed(theme: str) -> None:
    """No colour of ours; the block is the terminal's red reversed, and bold and the bar carry the focus."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    app.theme = theme
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(MemoryRows.of(twelve()))
        await pilot.pause()
        block = style_at(app, 8, 20)
        assert block.reverse
        assert block.bold
        assert block.color is not None
        assert block.color.number == 1
        assert not style_at(app, 1, 20).reverse
        assert style_at(app, 0, 7).bold
        assert find(app, "▌") == (12, 0)


async def test_without_colours_blocks_are_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR leaves greys; what is bad is reversed and bold."""
    monkeypatch.setenv("NO_COLOR", "1")
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(MemoryRows.of(twelve()))
        await pilot.pause()
        assert style_at(app, 8, 20).reverse
        assert not style_at(app, 1, 20).reverse
        assert style_at(app, 0, 7).bold


async def test_a_theme_is_changed_without_a_word_of_code() -> None:
    """Every theme draws the same text in its own colours, at once."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(MemoryRows.of(twelve()))
        await pilot.pause()
        text = lines(app)
        for name in ("webhook-light", "gruvbox", "nord", "ansi-dark", "solarized-light"):
            app.theme = name
            await pilot.pause()
            assert lines(app) == text
            if not BUILTIN_THEMES.get(name, WEBHOOK_DARK).ansi:
                wanted = Color.parse(app.theme_variables["bad-bg"])
                assert background(app, 8, 20) == wanted.hex.lower(), name


async def test_matches_of_the_filter_are_in_the_accent_colour() -> None:
    """In every row that shows one, whatever the style around it; nothing else is."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 20)) as pilot:
        table.highlights = Highlights.of(parse("event:image_* or complet"))
        table.show_rows(MemoryRows.of(twelve()))
        await pilot.pause()
        row = lines(app)[8]
        coloured = [
            column for column in range(84) if row[column] != " " and foreground(app, 8, column) == DARK["accent-text"]
        ]
        assert "".join(row[column] for column in coloured) == "image_"
        assert not any(
            foreground(app, 9, column) == DARK["accent-text"] for column in range(80) if lines(app)[9][column] != " "
        )


@pytest.mark.parametrize("column", list(SortColumn))
async def test_the_name_of_the_sorted_column_is_whole(column: SortColumn) -> None:
    """Its arrow stands behind it, in the gap where the column has no room; nothing else moves."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(150, 20)) as pilot:
        table.show_rows(MemoryRows.of(twelve()))
        await pilot.pause()
        before = lines(app)[0].split()
        table.order = Sort(column, is_descending=True)
        table.widget.refresh()
        await pilot.pause()
        heading = "#" if column is SortColumn.NUMBER else column.value
        after = lines(app)[0].split()
        assert after == [f"{name}↓" if name == heading else name for name in before]
        assert f"{heading}↓" in after
