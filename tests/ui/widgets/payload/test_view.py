"""The payload on a screen: its drawing, its keys, its search, and that a large one is as fast."""

from __future__ import annotations

import time
from functools import partial

import pytest
from textual.events import MouseScrollDown, MouseScrollRight
from textual.widgets import Input

from tests.ui.terminal_view import lines, wheel
from tests.ui.widgets.stage import Stage, cursor_line, style_at
from webhook_tui.ui.widgets.payload.loader import beginning_for, document_for
from webhook_tui.ui.widgets.payload.view import PayloadView

EVENT = (
    b'{"id":90412,"name":"image_result","data":{"job_id":"job_7c1e90","status":"completed","image_index":3,'
    b'"group_index":0,"version":1,"quality_score":0.914,"output":{"full_size":"https://cdn.example.com/job/full.png",'
    b'"thumbnail":"https://cdn.example.com/job/thumb.png"},"error_message":null},"timestamp":1795443602.418}'
)
DRAWN = """
 1  {
 2    "id": 90412,
 3    "name": "image_result",
 4    "data": {
 5      "job_id": "job_7c1e90",
 6      "status": "completed",
 7      "image_index": 3,
 8      "group_index": 0,
 9      "version": 1,
10      "quality_score": 0.914,
11      "output": {
12        "full_size": "https://cdn.example.com/job…
13        "thumbnail": "https://cdn.example.com/job…
14      },
15      "error_message": null
16    },
17    "timestamp": 1795443602.418
18  }
"""


def shown(app: Stage) -> list[str]:
    """The screen without blanks at the right."""
    return [line.rstrip() for line in lines(app)]


def paths(app: Stage) -> list[str]:
    """The paths that were reported."""
    return [message.path for message in app.heard if isinstance(message, PayloadView.PathChanged)]


async def test_the_payload_is_drawn_to_the_character() -> None:
    """As in the drawing of the wide screen, where another pane has the focus."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(53, 24)) as pilot:
        view.show(document_for(EVENT))
        await app.mount(Input())
        app.query_one(Input).focus()
        await pilot.pause()
        wanted = DRAWN.strip("\n").split("\n")
        assert shown(app)[: len(wanted)] == wanted


async def test_keys_move_the_cursor_and_tell_the_path() -> None:
    """The bar stands beside the number of the line, the path is reported when it changes."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(60, 10)) as pilot:
        view.show(document_for(EVENT))
        await pilot.press("j", "j", "down", "down")
        await pilot.pause()
        assert view.path == "$.data.job_id"
        assert shown(app)[4].startswith(" 5▌ ")
        assert paths(app)[-1] == "$.data.job_id"
        for keys, ends in [
            (("k", "pagedown", "ctrl+u", "ctrl+d"), (3, 13, 3, 13)),
            (("G", "down", "g", "end"), (17, 17, 0, 17)),
            (("home", "up", "pageup"), (0, 0, 0)),
        ]:
            for key, line in zip(keys, ends, strict=True):
                await pilot.press(key)
                await pilot.pause()
                assert cursor_line(app) == line, key
        await pilot.pause()
        assert paths(app)[-1] == "$"


async def test_long_lines_move_sideways_under_their_numbers() -> None:
    """Right until the end of the longest line can be seen, left until the beginning, and then no further."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(40, 20)) as pilot:
        view.show(document_for(EVENT))
        await pilot.pause()
        assert shown(app)[11].endswith("…")
        await pilot.press(*["right"] * 9)
        await pilot.pause()
        assert shown(app)[11].startswith("12 ")
        assert shown(app)[11].endswith('.png",')
        await pilot.press(*["left"] * 9)
        await pilot.pause()
        assert shown(app)[1] == ' 2    "id": 90412,'
        await wheel(pilot, MouseScrollRight, PayloadView, (5, 3))
        await pilot.pause()
        assert shown(app)[1] == " 2  90412,"
        await pilot.press("home")
        await pilot.pause()
        assert shown(app)[1] == ' 2    "id": 90412,'


async def test_parts_fold_and_open() -> None:
    """Enter shows a part as one line that says what it holds, and shows it whole again."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(60, 24)) as pilot:
        view.show(document_for(EVENT))
        await pilot.press("down", "down", "down", "enter")
        await pilot.pause()
        assert shown(app)[3:6] == [' 4▌   "data": { 8 keys },', '17    "timestamp": 1795443602.418', "18  }"]
        await pilot.press("down")
        assert view.path == "$.timestamp"
        await pilot.press("up", "enter", "enter", "enter")
        await pilot.pause()
        assert shown(app)[4] == ' 5      "job_id": "job_7c1e90",'
        await pilot.press("home", "enter")
        await pilot.pause()
        assert shown(app)[:2] == [" 1▌ { 4 keys }", ""]
        view.move_to(10)
        await pilot.pause()
        assert cursor_line(app) == 10
        assert shown(app)[10].startswith('11▌     "output": {')
        await pilot.press("down", "enter")
        assert cursor_line(app) == 11


async def test_search_marks_and_goes_round() -> None:
    """Every occurrence is marked; next and previous go from line to line and round the ends."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(70, 24)) as pilot:
        view.show(document_for(EVENT))
        assert view.find("JOB")
        await pilot.pause()
        assert cursor_line(app) == 4
        match = style_at(app, 4, 9)
        assert match.bgcolor is not None
        assert match.bgcolor != style_at(app, 4, 12).bgcolor
        found = []
        for step in (view.find_next, view.find_next, view.find_next, partial(view.find_next, backwards=True)):
            assert step()
            await pilot.pause()
            found.append(cursor_line(app))
        assert found == [11, 12, 4, 12]
        assert view.match_count == "3 of 3"
        await pilot.press("up", "up")
        assert view.match_count == "3 matches"
        assert not view.find("nowhere")
        assert view.match_count == ""
        assert not view.find("")
        assert not view.find_next()


async def test_of_very_many_matches_not_all_are_counted() -> None:
    """A body of megabytes is not read to its end for a number."""
    view = PayloadView()
    async with Stage(view).run_test(size=(70, 24)):
        view.show(document_for(b"x\n" * 1001, raw=True))
        assert view.find("x")
        assert view.match_count == "1 of 1000+"


async def test_search_opens_what_hides_the_match() -> None:
    """A match inside a folded part is shown."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(70, 24)) as pilot:
        view.show(document_for(EVENT))
        await pilot.press("enter")
        assert view.find("thumb")
        await pilot.pause()
        assert shown(app)[12].startswith("13▌")


async def test_text_and_hex_have_a_heading_that_stays() -> None:
    """The first line says what it is and does not scroll; a click counts below it."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(60, 5)) as pilot:
        view.show(document_for(b"\n".join(b"line %d" % number for number in range(50))))
        await pilot.press("G")
        await pilot.pause()
        assert shown(app)[0] == "Not JSON: expected a value at line 1, column 1"
        assert shown(app)[4].startswith("50▌ line 49")
        await pilot.click(PayloadView, offset=(9, 1))
        assert cursor_line(app) == 46
        await pilot.click(PayloadView, offset=(9, 0))
        assert cursor_line(app) == 46
        assert paths(app) == []
        view.show(document_for(bytes(range(256))))
        await pilot.pause()
        assert shown(app)[1] == "00000000▌ 00 01 02 03 04 05 06 07  ........"
        await pilot.press("down", "down")
        await pilot.resize_terminal(80, 5)
        await pilot.pause()
        assert "0f  ................" in shown(app)[1]
        assert any(line.startswith("00000010▌") for line in shown(app))


async def test_the_mouse_moves_folds_and_scrolls() -> None:
    """A click goes to a line, a double click folds it, the wheel moves the view alone."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(60, 8)) as pilot:
        view.show(document_for(EVENT))
        await pilot.pause()
        await wheel(pilot, MouseScrollDown, PayloadView, (5, 3))
        await pilot.pause()
        assert view.scroll_offset.y == 3
        assert view.cursor_text == "{"
        await pilot.double_click(PayloadView, offset=(9, 0))
        await pilot.pause()
        assert shown(app)[0] == " 1  {"
        assert "{ 8 keys }" in shown(app)[3]


async def test_another_document_begins_at_its_beginning() -> None:
    """Cursor, place and folds are those of the new one."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(60, 8)) as pilot:
        view.show(document_for(EVENT))
        await pilot.press("enter", "G", "right")
        view.show(document_for(EVENT, raw=True))
        await pilot.pause()
        assert cursor_line(app) == 0
        assert view.path == ""
        assert shown(app)[0].startswith(' 1▌ {"id":90412')
        assert paths(app)[-1] == ""


async def test_a_document_may_come_before_the_screen_or_while_it_is_hidden() -> None:
    """It is arranged for the width when there is one, and its path is reported all the same."""
    view = PayloadView()
    view.show(document_for(EVENT))
    app = Stage(view)
    async with app.run_test(size=(80, 6)) as pilot:
        await pilot.pause()
        assert shown(app)[1] == ' 2    "id": 90412,'
        assert view.path == "$"
        view.display = False
        await pilot.pause()
        view.show(document_for(bytes(range(64))))
        await pilot.pause()
        view.display = True
        await pilot.pause()
        assert shown(app)[2].startswith("00000010")
        assert paths(app) == ["$", ""]


BIG = b"[" + b",".join(b'{"id":%d,"name":"image_result","ok":true}' % number for number in range(240_000)) + b"]"


@pytest.mark.parametrize(
    "body",
    [
        BIG,
        b'{"a":"' + b"x" * 10_000_000 + b'"}',
        b"\n".join([b'"' + b"y" * 60_000 + b'",'] * 160),
        b"z" * 10_000_000,
        bytes(range(256)) * 40_000,
    ],
    ids=["objects", "one string", "long lines", "one line", "bytes"],
)
async def test_ten_megabytes_are_as_quick_as_ten_bytes(body: bytes) -> None:
    """Once the document is made, a key is on the screen well within a blink."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(80, 40)) as pilot:
        view.show(document_for(body))
        await pilot.pause()
        slowest = 0.0
        for _ in range(3):
            for action in (view.action_page_down, view.action_cursor_down, lambda: view.action_sideways(1)):
                start = time.thread_time()
                action()
                for line in range(40):
                    view.render_line(line)
                slowest = max(slowest, time.thread_time() - start)
                await pilot.pause()
        assert slowest < 0.5


async def test_a_large_body_shows_its_first_lines_at_once() -> None:
    """With the numbers as wide as they will be; a cursor that moved meanwhile stays."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(40, 6)) as pilot:
        view.load(BIG)
        view.move_to(7)
        before, lines = view.document.line_count, [view.document.line(index, 40) for index in range(200)]
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert before < view.document.line_count == 5 * 240_000 + 2
        assert lines == [view.document.line(index, 40) for index in range(200)]
        assert view.path == "$[1].id"
        assert shown(app)[0].startswith("      3 ")


@pytest.mark.parametrize(
    "body",
    [b'{"a": "' + b"x" * 100_000 + b'"}', b"[" * 100_000, b"{}}" * 40_000, b'["a, b' * 20_000, b"words, " * 20_000],
    ids=["one line", "deep", "invalid", "torn", "text"],
)
def test_only_the_beginning_of_long_json_is_shown_before_the_whole(body: bytes) -> None:
    """Anything else would jump when the whole is there."""
    assert beginning_for(body).line_count == 1


async def test_the_worker_of_a_large_body_does_not_quote_it() -> None:
    """Textual describes a worker by its arguments, and escaping ten megabytes takes longer than laying them out."""
    view = PayloadView()
    app = Stage(view)
    async with app.run_test(size=(80, 40)):
        view.load(BIG)
        (worker,) = app.workers
        assert worker.description == "format a payload"
        await worker.wait()
        assert view.document.line_count > 240_000
