"""A picture in half blocks or characters."""

from __future__ import annotations

import re
from base64 import standard_b64encode

import pytest
from textual.app import ComposeResult

from tests.ui.terminal_view import lines
from tests.ui.widgets.stage import Stage
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import EncodedImage, Picture
from webhook_tui.ui.terminal.app import TerminalApp
from webhook_tui.ui.terminal.images import TerminalImages
from webhook_tui.ui.terminal.kitty_graphics import PLACEHOLDER
from webhook_tui.ui.widgets.detail.picture import PictureView

SMALL, LARGE = EncodedImage(40, 40, b"small"), EncodedImage(400, 400, b"large")
DRAWN = Picture(4, 4, b"\xff" * 48, 400, 400, "PNG", 70, (SMALL, LARGE))
WHITE = Picture(4, 4, b"\xff" * 48, 4, 4, "PNG", 70)


@pytest.mark.parametrize("in_ascii", [False, True], ids=["colours", "ascii"])
async def test_it_takes_only_the_columns_that_it_needs(*, in_ascii: bool) -> None:
    view = PictureView(in_ascii=in_ascii, id="picture")
    app = Stage(view)
    async with app.run_test(size=(20, 6)) as pilot:
        width = view.show(WHITE, 20, 2)
        await pilot.pause()
        assert width == view.size.width == 4
        assert view.pixels == ("4x4 pixels" if in_ascii else "4×4 pixels")
        assert view.drawing.startswith("characters" if in_ascii else "half blocks")
        assert lines(app)[0].isascii() is in_ascii


class TerminalStage(TerminalApp):
    """An app of one picture in a terminal that draws images, with cells of 10 by 20 pixels."""

    def __init__(self) -> None:
        super().__init__(images="kitty")
        self.sent: list[str] = []
        self.images = TerminalImages(self._send, lambda callback: callback(), {})
        self.picture = PictureView(in_ascii=False, id="picture")

    def _send(self, sequence: str) -> bool:
        self.sent.append(sequence)
        return True

    def compose(self) -> ComposeResult:
        yield self.picture

    def show_problem(self, problem: Problem) -> None:
        raise AssertionError

    def toast(self, sentence: str) -> None:
        raise AssertionError

    def commands(self) -> list[str]:
        """What was sent since the last call: action, and the image or its cells."""
        found = re.findall(r"\x1b_Ga=(\w),[^;\x1b]*?(?:c=(\d+),r=(\d+),q=2|q=2,m=0;(\w+)|q=2)", "".join(self.sent))
        self.sent.clear()
        return [f"{action}{columns}{rows and 'x'}{rows}{content}" for action, columns, rows, content in found]


async def test_the_terminal_draws_it() -> None:
    """At its own pixels, in the smallest encoding that fills them; deleted when hidden, sent again when shown."""
    small, large = (standard_b64encode(image.png).decode().rstrip("=") for image in (SMALL, LARGE))
    app = TerminalStage()
    async with app.run_test(size=(60, 30)) as pilot:
        view = app.picture
        app.graphics.ask(lambda: None)
        assert view.show(DRAWN, 60, 30) == 40
        await pilot.pause()
        assert (view.drawing, view.pixels) == ("kitty graphics", "400×400 pixels")
        assert app.commands() == [f"t{large}", "p40x20"]
        assert [line.count(PLACEHOLDER) for line in lines(app)] == [40] * 20 + [0] * 10

        assert view.show(DRAWN, 4, 30) == 4
        await pilot.pause()
        assert app.commands() == [f"t{small}", "p4x2"]
        await pilot.resize_terminal(30, 12)
        view.show(DRAWN, 30, 12)
        await pilot.pause()
        assert app.commands()[-1] == "p24x12"

        view.display = False
        await pilot.pause()
        assert set(app.commands()) == {"d"}
        view.display = True
        await pilot.pause()
        assert app.commands() == [f"t{large}", "p24x12"]
        view.show(WHITE, 30, 12)
        await pilot.pause()
        assert view.drawing.startswith("half blocks")
        assert PLACEHOLDER not in "".join(lines(app))
        assert app.commands() == ["d"]
        view.show(DRAWN, 30, 12)
        await pilot.pause()
        app.sent.clear()
        await view.remove()
        assert app.commands() == ["d"]
