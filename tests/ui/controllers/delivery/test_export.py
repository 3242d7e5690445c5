"""Copies: in every form, of one or several deliveries, without a secret."""

from __future__ import annotations

from tests.ui.fake_session import FakeSession
from tests.ui.memory_rows import mock_up_rows, stored_delivery
from tests.ui.stage import WIDE, Stage, stage
from webhook_tui.domain.signature.secret import Secret

JOB = mock_up_rows()[7].delivery.body


def clipboard(played: Stage) -> str:
    """What was copied last."""
    return played.app.clipboard


async def test_the_copy_menu_copies_in_the_form_of_its_letter() -> None:
    """To the byte; the toast says what and how much."""
    async with stage() as played:
        await played.choose(8)
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
        await played.choose(8)
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
        await played.until("#10   1 filtered   0 marked   all 12")
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
        await played.choose(13)
        await played.press("y")
        await played.until("[redacted] ␛[31m")
        await played.press("p")
        await played.until("Sent to the terminal: payload")
        assert clipboard(played).encode() == body.replace(b"whsec_canary", b"[redacted]")


async def test_a_copied_table_has_no_byte_order_mark() -> None:
    """That is for a file; what is pasted is text."""
    async with stage() as played:
        await played.choose(8)
        await played.press("y")
        await played.until("curl command")
        await played.press("v")
        await played.until(": csv, ")
        assert played.app.clipboard.startswith('"seq",')


async def test_the_footer_names_copying() -> None:
    """In the table and in the payload."""
    async with stage(size=WIDE) as played:
        assert played.lines()[41].startswith(" enter Detail  / Filter  w Why  r Replay  y Copy  ? Help  q Leave")
        await played.press("enter")
        await played.until("esc Back")
        assert played.lines()[41].rstrip() == (" esc Back  [ ] Tabs  n Next match  y Copy  z Zoom  ? Help  q Leave")
