"""The table of deliveries on a screen: its drawing at four widths, its keys, its mouse, and that it asks for little."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from textual.binding import Binding
from textual.events import MouseScrollUp
from textual.strip import Strip

from tests.ui.memory_rows import MemoryRows
from tests.ui.terminal_view import lines, wheel
from tests.ui.widgets.stage import NOON, Clock, ManyRows, Stage, changed, find, fourteen, style_at, twelve
from webhook_tui.domain.forwarding.forward_result import ForwardOrigin, ForwardResult
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.widgets.table.delivery_table import DeliveryTable
from webhook_tui.ui.widgets.table.table import Table

AT_140 = """
    #  time       verdict       event                   job       status      result
   31  Fr 18:40   ✓ valid       batch_edit              468154a6  completed   3/3
   32  Fr 18:41   ✓ valid       identity_preprocessing  b59f074e  completed   100 %
   33  14:02:11   ✓ valid       ping
   34  14:02:40   ✓ valid       batch_edit              ec536688  processing  ────── 0/8
   35  14:02:58   ✓ valid       image_result       503  ec536688  completed   look-1.jpg
 ◆ 36  14:03:29   ✓ valid       image_result        ×2  ec536688  completed   look-1.jpg
   37  14:03:31   ✓ valid       batch_edit           ≠  ec536688  processing  ━━──── 3/8
   38  14:03:40   ◷ older       image_result         ;  ec536688  completed   夏の…03.jpg
▌  39  14:03:52   ✗ invalid     image_result            ec536688  completed   look-3.jpg
   40  14:03:53   ∅ missing     identity_preprocessing            not JSON
   41  14:04:10   ! malformed   image_result            ec536688  completed   summ…al.jpg
   42  14:04:12   ✓ valid       image_result            ec536688  failed      look-5.jpg
   43  14:04:30   ✓ valid       batch_edit              ec536688  processing  ━━━━── 5/8
   44  14:04:31   … pending     ping
"""
AT_100 = """
    #  time       verdict       event
   31  Fr 18:40   ✓ valid       batch_edit      468154a6
   32  Fr 18:41   ✓ valid       identity_preprocessing
   33  14:02:11   ✓ valid       ping
   34  14:02:40   ✓ valid       batch_edit      ec536688
   35  14:02:58   ✓ valid       image_result         503
 ◆ 36  14:03:29   ✓ valid       image_result          ×2
   37  14:03:31   ✓ valid       batch_edit             ≠
   38  14:03:40   ◷ older       image_result           ;
▌  39  14:03:52   ✗ invalid     image_result    ec536688
   40  14:03:53   ∅ missing     identity_preprocessing
   41  14:04:10   ! malformed   image_result    ec536688
   42  14:04:12   ✓ valid       image_result    ec536688
   43  14:04:30   ✓ valid       batch_edit      ec536688
   44  14:04:31   … pending     ping
"""
AT_80 = """
    #  time       verdict       event                   job       status
   35  14:02:58   ✓ valid       image_result       503  ec536688  completed
 ◆ 36  14:03:29   ✓ valid       image_result        ×2  ec536688  completed    ▃
   37  14:03:31   ✓ valid       batch_edit           ≠  ec536688  ━━──── 3/8
   38  14:03:40   ◷ older       image_result         ;  ec536688  completed
▌  39  14:03:52   ✗ invalid     image_result            ec536688  completed
   40  14:03:53   ∅ missing     identity_preprocessing            not JSON
   41  14:04:10   ! malformed   image_result            ec536688  completed
   42  14:04:12   ✓ valid       image_result            ec536688  failed
   43  14:04:30   ✓ valid       batch_edit              ec536688  ━━━━── 5/8   ▅
"""
AT_60 = """
    #  time       verdict       event
 ◆ 36  14:03:29   ✓ valid       image_result            ×2
   37  14:03:31   ✓ valid       batch_edit               ≠ ▃
   38  14:03:40   ◷ older       image_result             ;
▌  39  14:03:52   ✗ invalid     image_result      ec536688
   40  14:03:53   ∅ missing     identity_preprocessing
   41  14:04:10   ! malformed   image_result      ec536688
   42  14:04:12   ✓ valid       image_result      ec536688
"""
AT_200 = """
    #          time   verdict       event                   job       status      result
   31  20 Nov 18:40   ✓ valid       batch_edit              468154a6  completed   3/3
   32  20 Nov 18:41   ✓ valid       identity_preprocessing  b59f074e  completed   100 %
   33      14:02:11   ✓ valid       ping
   34      14:02:40   ✓ valid       batch_edit              ec536688  processing  ────── 0/8
   35      14:02:58   ✓ valid       image_result       503  ec536688  completed   look-1.jpg
 ◆ 36      14:03:29   ✓ valid       image_result        ×2  ec536688  completed   look-1.jpg
   37      14:03:31   ✓ valid       batch_edit           ≠  ec536688  processing  ━━──── 3/8
   38      14:03:40   ◷ older       image_result         ;  ec536688  completed   夏のコ…ン-03.jpg
▌  39      14:03:52   ✗ invalid     image_result            ec536688  completed   look-3.jpg
   40      14:03:53   ∅ missing     identity_preprocessing            not JSON
   41      14:04:10   ! malformed   image_result            ec536688  completed   summer-…final.jpg
   42      14:04:12   ✓ valid       image_result            ec536688  failed      look-5.jpg
   43      14:04:30   ✓ valid       batch_edit              ec536688  processing  ━━━━── 5/8
   44      14:04:31   … pending     ping
"""
AT_118 = """
    #          time   verdict       event                   job       status      result                      attempt
   31  20 Nov 18:40   ✓ valid       batch_edit              468154a6  completed   3/3                               1
   32  20 Nov 18:41   ✓ valid       identity_preprocessing  b59f074e  completed   100 %                             1
   33      14:02:11   ✓ valid       ping                                                                            1
   34      14:02:40   ✓ valid       batch_edit              ec536688  processing  ────── 0/8                        1
   35      14:02:58   ✓ valid       image_result       503  ec536688  completed   look-1.jpg            0.91        1
 ◆ 36      14:03:29   ✓ valid       image_result            ec536688  completed   look-1.jpg            0.91        2
   37      14:03:31   ✓ valid       batch_edit           ≠  ec536688  processing  ━━──── 3/8                        1
   38      14:03:40   ◷ older       image_result         ;  ec536688  completed   夏のコレク…ン-03.jpg  0.91        1
▌  39      14:03:52   ✗ invalid     image_result            ec536688  completed   look-3.jpg            0.91        1
   40      14:03:53   ∅ missing     identity_preprocessing            not JSON                                      1
   41      14:04:10   ! malformed   image_result            ec536688  completed   summer-col…final.jpg  0.91        1
   42      14:04:12   ✓ valid       image_result            ec536688  failed      look-5.jpg            0.91        1
   43      14:04:30   ✓ valid       batch_edit              ec536688  processing  ━━━━── 5/8                        1
   44      14:04:31   … pending     ping                                                                            1
"""
AT_140_IN_ASCII = """
    #  time       verdict       event                   job       status      result
   31  Fr 18:40   + valid       batch_edit              468154a6  completed   3/3
   32  Fr 18:41   + valid       identity_preprocessing  b59f074e  completed   100 %
   33  14:02:11   + valid       ping
   34  14:02:40   + valid       batch_edit              ec536688  processing  ------ 0/8
   35  14:02:58   + valid       image_result       503  ec536688  completed   look-1.jpg
 # 36  14:03:29   + valid       image_result        x2  ec536688  completed   look-1.jpg
   37  14:03:31   + valid       batch_edit          !=  ec536688  processing  ==---- 3/8
   38  14:03:40   ~ older       image_result         ;  ec536688  completed   \\u...03.jpg
>  39  14:03:52   x invalid     image_result            ec536688  completed   look-3.jpg
   40  14:03:53   - missing     identity_preprocessing            not JSON
   41  14:04:10   ! malformed   image_result            ec536688  completed   su...al.jpg
   42  14:04:12   + valid       image_result            ec536688  failed      look-5.jpg
   43  14:04:30   + valid       batch_edit              ec536688  processing  ====-- 5/8
   44  14:04:31   ? pending     ping
"""
STACKED = "Table { scrollbar-gutter: stable; }"


@pytest.mark.parametrize(
    ("size", "css", "top", "drawing"),
    [
        ((90, 26), "", 0, AT_140),
        ((57, 26), "", 0, AT_100),
        ((80, 10), STACKED, 4, AT_80),
        ((60, 8), STACKED, 5, AT_60),
        ((100, 26), "", 0, AT_200),
        ((118, 26), "", 0, AT_118),
        ((90, 26), "", 0, AT_140_IN_ASCII),
    ],
    ids=["140", "100", "80", "60", "200", "118", "ascii"],
)
async def test_the_table_is_drawn_to_the_character(size: tuple[int, int], css: str, top: int, drawing: str) -> None:
    """At the table's widths of the drawn terminals every cell is where it was drawn."""
    table = DeliveryTable(now=Clock(), in_ascii=drawing.isascii())
    app = Stage(table.widget, css)
    async with app.run_test(size=size) as pilot:
        table.show_rows(MemoryRows.of(fourteen()))
        table.widget.move_to_place(8)
        await pilot.pause()
        table.widget.scroll_to(y=top, animate=False)
        await pilot.pause()
        wanted = drawing.strip("\n").split("\n")
        assert [line.rstrip() for line in lines(app)[: len(wanted)]] == wanted
        assert all(not line.strip() for line in lines(app)[len(wanted) :])


async def test_a_scrollbar_moves_no_column() -> None:
    """The columns stand where they stood when there are more rows than lines."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    rows = MemoryRows.of(twelve()[:3])
    async with app.run_test(size=(84, 8)) as pilot:
        table.show_rows(rows)
        await pilot.pause()
        before = lines(app)[0]
        rows.put(twelve())
        table.refresh_rows()
        await pilot.pause()
        assert table.widget.show_vertical_scrollbar
        assert lines(app)[0].rstrip(" ▁▂▃▄▅▆▇") == before.rstrip()


@pytest.mark.parametrize("breakpoint_class", ["-small", "-stacked"])
async def test_stacked_the_scrollbars_column_is_kept_free(breakpoint_class: str) -> None:
    """Without a scrollbar the columns stand where they stand with one, as in the drawings of the stacked screen."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(80, 20)) as pilot:
        app.screen.add_class(breakpoint_class)
        table.show_rows(MemoryRows.of(twelve()))
        await pilot.pause()
        assert lines(app)[0].rstrip() == AT_80.split("\n")[1].rstrip(" ▁▂▃▄▅▆▇")


async def test_keys_move_the_cursor() -> None:
    """Arrows and letters, pages and ends; the cursor stops at both ends."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 6)) as pilot:
        table.show_rows(MemoryRows.of(twelve()))
        table.widget.focus()
        for keys, seq in [
            (("g",), 1),
            (("up",), 1),
            (("down",), 2),
            (("j", "j"), 4),
            (("k",), 3),
            (("pagedown",), 8),
            (("ctrl+u",), 3),
            (("ctrl+d", "ctrl+d"), 12),
            (("down",), 12),
            (("home",), 1),
            (("G",), 12),
            (("pageup",), 7),
            (("end",), 12),
        ]:
            await pilot.press(*keys)
            assert table.seq == seq, keys
            assert find(app, "▌")[0] >= 1


async def test_messages_say_what_happened() -> None:
    """The cursor's delivery and the opened one are reported by number, each once."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(MemoryRows.of(twelve()))
        await pilot.press("up", "enter", "up")
        await pilot.pause()
        moved = [message.key for message in app.heard if isinstance(message, Table.CursorMoved)]
        opened = [message.key for message in app.heard if isinstance(message, Table.RowOpened)]
        assert moved == [12, 11, 10]
        assert opened == [11]


async def test_the_mouse_selects_opens_and_scrolls() -> None:
    """A click selects, a double click opens, the wheel moves the view and not the cursor."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 7)) as pilot:
        table.show_rows(MemoryRows.of(twelve()))
        await pilot.pause()
        await pilot.click(Table, offset=(20, 2))
        assert table.seq == 8
        await pilot.click(Table, offset=(20, 0))
        assert table.seq == 8
        await pilot.double_click(Table, offset=(20, 1))
        await pilot.pause()
        assert [message.key for message in app.heard if isinstance(message, Table.RowOpened)] == [7]
        await wheel(pilot, MouseScrollUp, Table, (5, 3))
        await pilot.pause()
        assert table.widget.scroll_offset.y == 3
        assert table.seq == 7


async def test_a_click_below_the_rows_does_nothing() -> None:
    """There is nothing to select there."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(MemoryRows.of(twelve()[:2]))
        await pilot.click(Table, offset=(20, 9))
        assert table.seq == 2


async def test_a_million_rows_are_never_asked_for() -> None:
    """Of a million rows only those on the screen are read, whatever key is pressed."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    rows = ManyRows(1_000_000)
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(rows)
        for key in ("pageup", "up", "g", "pagedown", "down", "G"):
            await pilot.press(key)
        await pilot.pause()
        assert table.seq == 1_000_000
        assert "1000000" in lines(app)[-1]
        assert max(count for _, count in rows.windows) <= 20
        rows.windows.clear()
        await pilot.press("up")
        await pilot.pause()
        assert len(rows.windows) <= 1


async def test_an_unchanged_refresh_draws_nothing() -> None:
    """When nothing that can be seen is another, no line is drawn again."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    rows = MemoryRows.of(twelve())
    async with app.run_test(size=(84, 8)) as pilot:
        table.show_rows(rows)
        await pilot.press("g")
        await pilot.pause()
        drawn: list[int] = []
        render = table.widget.render_line

        def counted(y: int) -> Strip:
            drawn.append(y)
            return render(y)

        table.widget.render_line = counted  # type: ignore[method-assign]  # counts what is drawn
        table.refresh_rows()
        await pilot.pause()
        assert drawn == []
        rows.put(changed(twelve(), 3, Verdict.OLDER))
        table.refresh_rows()
        await pilot.pause()
        assert drawn == [3]
        assert "◷ older" in lines(app)[3]


async def test_runs_are_parted_by_a_line_and_by_no_row() -> None:
    """The last row of a run has it under its blanks, and never under text."""
    rows = [replace(row, run=1 if row.seq <= 2 else 2) for row in twelve()]
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(MemoryRows.of(rows))
        await pilot.pause()
        text = lines(app)[2]
        assert "2  14:02:40   ✓ valid       batch_edit" in text
        assert not any(style_at(app, 2, column).underline for column, cell in enumerate(text) if cell != " ")
        assert all(style_at(app, 2, column).underline for column in (*range(4), 5, 6, 15, 16, *range(42, 84)))
        assert not any(style_at(app, line, 40).underline for line in (1, 3, 12))


async def test_a_marked_row_has_its_sign() -> None:
    """In the first cell of the number, and where numbers have no room in the cursor's cell."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    rows = [replace(row, marked=row.seq == 3) for row in twelve()]
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(MemoryRows.of(rows))
        await pilot.pause()
        assert lines(app)[3].startswith(" ◆  3")
        await pilot.resize_terminal(50, 20)
        await pilot.pause()
        assert lines(app)[3].startswith("◆14:02:58")


class _ReplayedRows(MemoryRows):
    """Each delivery was replayed in an earlier run."""

    def forward_results(self, seq: int) -> Sequence[ForwardResult]:
        return [ForwardResult(seq, ForwardOrigin.REPLAYED, "http://127.0.0.1:3000/", NOON, 500)]


async def test_a_replay_of_an_earlier_run_is_shown() -> None:
    """In the rows that say that they were replayed, and in no other."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    rows = [replace(row, replayed=row.seq == 3) for row in twelve()]
    async with app.run_test(size=(84, 20)) as pilot:
        table.show_rows(_ReplayedRows.of(rows))
        await pilot.pause()
        assert ["→500" in line for line in lines(app)[1:5]] == [False, False, True, False]


async def test_without_rows_there_may_be_a_line_of_words() -> None:
    """No row, no cursor; what the screen says stands under the heading."""
    table = DeliveryTable(now=Clock())
    app = Stage(table.widget)
    async with app.run_test(size=(84, 8)) as pilot:
        table.show_rows(MemoryRows.of())
        table.widget.empty = "No matches in 12 deliveries.\nWithout it there are 3."
        await pilot.press("down", "enter", "G")
        await pilot.pause()
        assert [line.strip() for line in lines(app)[1:3]] == ["No matches in 12 deliveries.", "Without it there are 3."]
        assert table.seq is None
        assert not [message for message in app.heard if isinstance(message, Table.RowOpened)]


async def test_in_ascii_the_table_has_no_other_sign() -> None:
    """Signs, cuts, folds and the scrollbar are ASCII, and so is what was received."""
    rows = [replace(row, event="événement_très_long_qui_ne_finit_pas", marked=True) for row in twelve()]
    table = DeliveryTable(now=Clock(), in_ascii=True)
    app = Stage(table.widget)
    async with app.run_test(size=(60, 8)) as pilot:
        table.show_rows(MemoryRows.of(rows))
        await pilot.pause()
        assert "\n".join(lines(app)).isascii()
        assert lines(app)[-1].startswith("># 12")


async def test_rows_may_come_before_the_screen() -> None:
    """A table that is not mounted yet takes its rows and shows them when it is."""
    table = DeliveryTable(now=Clock())
    table.show_rows(MemoryRows.of(twelve()))
    app = Stage(table.widget)
    async with app.run_test(size=(84, 8)) as pilot:
        await pilot.pause()
        assert table.seq == 12
        assert lines(app)[-1].startswith("▌  12")


async def test_every_key_has_a_name_and_words() -> None:
    """Bindings can be found in the keymap by id and are explained in the help."""
    for binding in Binding.make_bindings(DeliveryTable.BINDINGS):
        assert binding.id
        assert binding.id.startswith("table.")
        assert binding.tooltip
