"""The tiles of a job: what each state says, how the cursor moves, which pictures are asked for."""

from __future__ import annotations

from datetime import timedelta

from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import NOON, Stage
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import ImageLink, LoadedImages, Picture
from webhook_tui.domain.jobs.contact_sheet import Tile, TileState
from webhook_tui.domain.signature.verdict import Verdict
from webhook_tui.ui.widgets.contact_sheet import ContactSheet

URL = "https://cdn.example.com/{}.png"
PICTURE = Picture(20, 30, bytes(range(200)) * 9, 20, 30, "PNG", 1800)


def done(number: int, before: str = "", quality: float | None = 0.9) -> Tile:
    """An image that has arrived."""
    link = ImageLink(URL.format(number), before, f"look-{number}.jpg", quality, number)
    return Tile(TileState.DONE, link.name, link, number, seq=number)


def sheet(*, in_ascii: bool = False) -> ContactSheet:
    """One without tiles."""
    return ContactSheet(now=lambda: NOON, in_ascii=in_ascii, id="tiles")


async def test_what_each_tile_says() -> None:
    """In words where there is no picture; received text is harmless."""
    tiles = (
        Tile(TileState.FAILED, "\x1b[31m.jpg", index=9, reason="no face was found in the input image", seq=9),
        done(1),
        done(2),
        done(3),
        Tile(TileState.DONE, "forged.jpg", done(4).link, 4, seq=4, verdict=Verdict.INVALID),
        Tile(TileState.UNDER_WAY, reason="processing", seq=5, received_at=NOON - timedelta(seconds=41)),
        Tile(TileState.WAITING),
        Tile(TileState.MISSING),
    )
    widget = sheet()
    async with Stage(widget).run_test(size=(140, 30)) as pilot:
        widget.show(tiles)
        problem = Problem("The image is gone (404).", "Try again later.")
        urls = [URL.format(number) for number in (1, 2, 3)]
        widget.show_images(LoadedImages({urls[0]: PICTURE}, {urls[1]: None}, {urls[2]: problem}))
        await pilot.pause()
        text = "\n".join(lines(pilot.app))
        for word in ("✗ failed", "no face was found in the", "␛[31m.jpg", "◐ loading", "○ not loaded", "(404)"):
            assert word in text
        for word in ("✗ invalid", "Not loaded: its links may", "◐ processing, 41 s", "○ waiting", "○ not received"):
            assert word in text
        assert "▀" * 15 in text
        assert text.count("0.9") == 3  # not of the forged one
        assert [tile.state for tile in tiles if tile.link is not None] == ["done"] * 4


async def test_the_cursor_stays_on_its_image_and_the_rest_scrolls() -> None:
    """Only the tiles in sight are asked for, with their inputs where these are shown."""
    tiles = tuple(done(number, URL.format(f"in{number}"), None) for number in range(60))
    widget = sheet(in_ascii=True)
    async with Stage(widget).run_test(size=(75, 14)) as pilot:
        widget.show(tiles)
        widget.focus()
        await pilot.pause()
        assert (widget.columns, widget.urls) == (4, tuple(URL.format(number) for number in range(4)))
        await pilot.press("down", "right", "up", "up", "down", "k", "j")
        assert widget.chosen == tiles[5]
        assert URL.format(4) in widget.urls
        await pilot.press("space")
        widget.toggle_inputs()
        await pilot.pause()
        assert (widget.columns, widget.chosen) == (2, tiles[5])
        assert widget.urls == (URL.format(4), URL.format("in4"), URL.format(5), URL.format("in5"))
        await pilot.press("G")
        assert widget.chosen == tiles[-1]
        await pilot.press("right", "down")
        assert widget.chosen == tiles[-1]
        widget.show(tiles[:50])
        assert widget.chosen == tiles[49]
        await pilot.press("g", "left")
        assert widget.chosen == tiles[0]
        widget.show((Tile(TileState.FAILED, index=60, seq=60), *tiles))
        assert widget.chosen == tiles[0]
        await pilot.click(offset=(40, 3), times=2)
        assert widget.chosen == tiles[0]


async def test_no_tiles() -> None:
    """No key fails."""
    widget = sheet()
    async with Stage(widget).run_test(size=(75, 14)) as pilot:
        widget.show(())
        widget.focus()
        await pilot.press("enter", "down", "right", "G", "g")
        assert (widget.chosen, widget.urls) == (None, ())


async def test_a_reason_in_wide_characters_is_shown_whole() -> None:
    """It has no blanks at which it could be wrapped."""
    reason = "入力画像に顔が見つかりませんでした別の画像を試してください"
    widget = sheet()
    async with Stage(widget).run_test(size=(140, 30)) as pilot:
        widget.show((Tile(TileState.FAILED, "a.jpg", index=1, reason=reason, seq=9),))
        await pilot.pause()
        text = "".join(line[1:].strip() for line in lines(pilot.app)[3:8])
        assert reason in text
