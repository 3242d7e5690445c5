"""Marks, comments, deletions, copies and exports: keys in, commands, files and the clipboard out."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from tests.ui.fake_session import RUNNING, FakeSession
from tests.ui.memory_rows import mock_up_rows, stored_delivery
from tests.ui.stage import STACKED, WIDE, Stage, stage
from webhook_tui.domain.commands import CommentDelivery, DeleteDeliveries, MarkDelivery, StopDeletion
from webhook_tui.domain.events import StatusChanged
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import Deletion
from webhook_tui.ui.widgets.menu import Menu

JOB = mock_up_rows()[7].delivery.body


async def choose(played: Stage, seq: int) -> None:
    """Put the cursor on a delivery of the mock-ups."""
    await played.press("g", *["j"] * (seq - 1))
    await played.until(lambda: played.main.deliveries.detail.seq == seq)


def clipboard(played: Stage) -> str:
    """What was copied last."""
    return played.app.clipboard


async def test_a_mark_is_on_the_row_and_off_again() -> None:
    """m commands, the row shows it, and the filter `marked` finds it."""
    async with stage() as played:
        await choose(played, 8)
        await played.press("m")
        await played.requested(MarkDelivery(8, marked=True))
        await played.until("▌◆  8  ")
        await played.press("slash", *"marked", "enter")
        await played.until("1 of 12")
        await played.press("m")
        await played.until("No matches in 12 deliveries.  esc clears the filter.")


async def test_a_key_right_after_moving_means_the_row_under_the_cursor() -> None:
    """Though the detail still shows the row before."""
    async with stage() as played:
        detail = played.main.deliveries.detail
        await played.until(lambda: detail.seq == 12)
        for place, action in enumerate(("delivery.mark", "delivery.copy_as", "delivery.diff", "delivery.why")):
            before = detail.seq
            played.main.deliveries.table.move_to_place(place)
            assert detail.seq == before
            played.main.action_run(action)
            assert detail.seq == place + 1
            await played.press("escape")


async def test_two_letters_at_once_answer_a_menu_once() -> None:
    """The second one has no effect: nothing else is closed."""
    async with stage() as played:
        await choose(played, 8)
        await played.press("y")
        await played.until("curl command")
        menu = played.app.screen.query_one(Menu)
        menu.choose("curl")
        menu.choose("payload")
        await played.until("Sent to the terminal: curl, ")
        await played.until(lambda: played.is_focused("deliveries"))


async def test_a_comment_stands_behind_the_sentence() -> None:
    """; asks, enter keeps, and it is there to be changed the next time; esc changes nothing."""
    async with stage() as played:
        await choose(played, 2)
        await played.press("semicolon")
        await played.until("Comment on #2")
        await played.press(*"late", "enter")
        await played.requested(CommentDelivery(2, "late"))
        await played.until("Signed by PiktID.  w Why  ; late")
        await played.press("semicolon", "x", "escape")
        await played.until(lambda: played.is_focused("deliveries"))
        assert len([command for command in played.session.commands if isinstance(command, CommentDelivery)]) == 1


@pytest.mark.parametrize(("command", "gone"), [("delivery.delete", (8,)), ("history.clear", None)])
async def test_deleting_asks_and_the_safe_answer_has_the_focus(command: str, gone: tuple[int, ...] | None) -> None:
    """esc and enter keep; d deletes, and the table shows what is left."""
    async with stage() as played:
        await choose(played, 3)
        await played.press("m")
        await choose(played, 8)
        for key in ("escape", "enter"):
            played.main.action_run(command)
            await played.until("Delete")
            await played.until(lambda: played.is_focused("safe"))
            await played.press(key)
        assert not [command for command in played.session.commands if isinstance(command, DeleteDeliveries)]
        played.main.action_run(command)
        await played.until("permanently")
        await played.press("d")
        await played.requested(DeleteDeliveries(gone))
        left = 11 if gone else 1
        await played.until(f"Deleted {12 - left} deliver")
        await played.until(lambda: played.main.deliveries.table.places == left)


async def test_the_copy_menu_copies_in_the_form_of_its_letter() -> None:
    """To the byte; the toast says what and how much."""
    async with stage() as played:
        await choose(played, 8)
        await played.press("y")
        await played.until("curl command")
        await played.until('{"id":90412,"name":"image_result"')
        await played.press("p")
        await played.until(f"Sent to the terminal: payload, {len(JOB)} bytes")
        assert clipboard(played).encode() == JOB
        await played.press("y", "c")
        await played.until("Sent to the terminal: curl, ")
        assert clipboard(played).startswith("#!") or "curl" in clipboard(played)
        assert "http://127.0.0.1:9876/h/4f9c" in clipboard(played)


async def test_the_json_path_under_the_cursor_is_copied() -> None:
    """y in the payload offers the path of the line."""
    async with stage() as played:
        await choose(played, 8)
        await played.press("enter", *"jjjj")
        await played.until("$.data.job_id")
        await played.press("y", "j")
        await played.until("Sent to the terminal: the JSON path, 13 bytes")
        assert clipboard(played) == "$.data.job_id"


async def test_marked_filtered_and_all_are_copied_together() -> None:
    """Left and right choose which; a form that holds one names it."""
    async with stage() as played:
        await played.press("slash", *"verdict:malformed", "enter")
        await played.until("1 of 12")
        await played.press("y")
        await played.until("#10   1 filtered   marked   all 12")
        await played.press("left", "l")
        await played.until("Sent to the terminal: jsonl of 12 deliveries")
        assert len(clipboard(played).splitlines()) == 12
        await played.press("y", "right", "l")
        await played.until(lambda: len(clipboard(played).splitlines()) == 1)
        await played.press("y", "left", "p")
        await played.until("One payload holds one delivery: these are several.")
        await played.press("y", "right", "right", "c")
        await played.until("There is no such delivery.")


async def test_no_secret_is_copied_and_hostile_text_stays_harmless() -> None:
    """Known secrets are taken out; the preview shows signs for control characters."""
    body = b'{"note": "whsec_canary \x1b[31m"}'
    session = FakeSession.running()
    session.secrets = (Secret("whsec_canary"),)
    session.rows.add(stored_delivery(13, body=body))
    session.rows.refresh()
    async with stage(session) as played:
        await choose(played, 13)
        await played.press("y")
        await played.until("[redacted] ␛[31m")
        await played.press("p")
        await played.until("Sent to the terminal: payload")
        assert clipboard(played).encode() == body.replace(b"whsec_canary", b"[redacted]")


async def test_a_copied_table_has_no_byte_order_mark() -> None:
    """That is for a file; what is pasted is text."""
    async with stage() as played:
        await choose(played, 8)
        await played.press("y")
        await played.until("curl command")
        await played.press("v")
        await played.until(": csv, ")
        assert played.app.clipboard.startswith('"seq",')


async def test_an_export_has_a_name_of_ours_and_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the current directory, one more number when there is such a file."""
    monkeypatch.chdir(tmp_path)
    async with stage() as played:
        await choose(played, 8)
        await played.press("e")
        await played.until("delivery-8.json")
        await played.press("h")
        await played.until("Exported #8 to delivery-8.har")
        await played.press("e", "h")
        await played.until("Exported #8 to delivery-8-2.har")
        await played.press("e", "left", "l")
        await played.until("Exported 12 deliveries to deliveries.jsonl")
        await played.press("e", "left", "p")
        await played.until("Exported 12 deliveries to deliveries")
        await played.until((tmp_path / "deliveries" / "delivery-12.json").exists)
    assert json.loads((tmp_path / "delivery-8.har").read_text())["log"]["entries"]
    assert (tmp_path / "delivery-8-2.har").read_bytes() == (tmp_path / "delivery-8.har").read_bytes()
    assert len((tmp_path / "deliveries.jsonl").read_text().splitlines()) == 12
    assert (tmp_path / "deliveries" / "delivery-8.json").read_bytes() == JOB


async def test_an_export_goes_where_it_is_asked_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is there is overwritten, said before; one that cannot be written is a notice."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.json").write_text("before")
    async with stage(size=STACKED) as played:
        await choose(played, 8)
        await played.press("e", "tab")
        await played.until(lambda: played.is_focused("path"))
        played.app.screen.query_one("#path", Input).value = "mine.json"
        await played.until("This file exists: it is overwritten.")
        await played.press("enter")
        await played.until("Exported #8 to mine.json")
        await played.press("e", "tab")
        played.app.screen.query_one("#path", Input).value = "nowhere/mine.json"
        await played.press("enter")
        await played.until("nowhere/mine.json cannot be written: No such file or directory.")
    assert (tmp_path / "mine.json").read_bytes() == JOB


async def test_an_export_to_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link is followed, a pipe written; one without a reader blocks nothing."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    os.mkfifo("read")
    reader = os.open("read", os.O_RDONLY | os.O_NONBLOCK)
    (tmp_path / "link").symlink_to("target")
    outcomes = {
        "-": "Standard output belongs to the screen.",
        "pipe": "pipe cannot be written: no program reads it.",
        "read": "Exported #8 to read",
        "link": "Exported #8 to link",
    }
    async with stage(size=STACKED) as played:
        await choose(played, 8)
        for path, outcome in outcomes.items():
            assert not (tmp_path / "target").exists()
            await played.press("e", "tab")
            await played.until(lambda: played.is_focused("path"))
            played.app.screen.query_one("#path", Input).value = path
            await played.press("enter")
            await played.until(outcome)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == JOB
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == JOB


async def test_searching_in_the_payload() -> None:
    """n asks when nothing is searched for, then n and N go on, and the words stay for the next delivery."""
    async with stage() as played:
        await choose(played, 8)
        await played.press("n")
        await played.until(lambda: played.is_focused("FindInput"))
        await played.press(*"JOB_", "enter")
        await played.until("$.data.job_id")
        assert played.is_focused("payload")
        await played.press("n")
        await played.until("$.data.output.full_size")
        await played.press("n", "n")
        await played.until("$.data.job_id")
        await played.press("N")
        await played.until("$.data.output.thumbnail")
        await played.press("escape", "g", "j", "j", "n")
        await played.until(lambda: played.main.deliveries.detail.seq == 3)
        await played.until("$.data.job_id")
        await played.press("enter", "ctrl+f", *"nowhere", "enter")
        await played.until("No match for nowhere")
        await played.press("ctrl+f", "escape")
        await played.until(lambda: "No match" not in played.text())
        await played.press("n")
        await played.until(lambda: played.is_focused("FindInput"))


async def test_the_footer_names_copying() -> None:
    """In the table and in the payload."""
    async with stage(size=WIDE) as played:
        assert played.lines()[41].startswith(" enter Detail  / Filter  w Why  r Replay  y Copy  ? Help  q Leave")
        await played.press("enter")
        await played.until("esc Back")
        assert played.lines()[41].rstrip() == (" esc Back  [ ] Tabs  n Next match  y Copy  z Zoom  ? Help  q Leave")


async def test_a_long_deletion_shows_how_far_it_is_and_x_stops_it() -> None:
    """In the status line, also one that the session began by itself."""
    session = FakeSession.running()
    async with stage(session, size=WIDE) as played:
        session.emit(StatusChanged(replace(RUNNING, deletion=Deletion(200, 1000))))
        await played.until("◐ deletion 20 %")
        session.emit(StatusChanged(replace(RUNNING, deletion=Deletion(600, 1000))))
        await played.until("◐ deletion 60 %")
        await played.press("x")
        await played.requested(StopDeletion())
        session.emit(StatusChanged(RUNNING))
        await played.until(lambda: "◐" not in played.lines()[1])
