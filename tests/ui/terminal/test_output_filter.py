"""The last filter before the terminal."""

from __future__ import annotations

from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen

from tests.ui.terminal_view import FORBIDDEN, HOSTILE
from webhook_tui.ui.terminal.images import TerminalImages
from webhook_tui.ui.terminal.kitty_graphics import PLACEHOLDER, placeholder_line
from webhook_tui.ui.terminal.output_filter import OutputFilter

IMAGE_ID = Style(color="color(16)")


def test_control_characters_are_replaced() -> None:
    """The width of a segment stays."""
    segments = [Segment("ok"), Segment(f"a{HOSTILE}b→"), Control.bell().segment]

    clean = OutputFilter().apply(segments, Color(0, 0, 0))

    assert clean[0] is segments[0]
    assert not FORBIDDEN.search(clean[1].text)
    assert clean[1].cell_length == segments[1].cell_length
    assert clean[2] is segments[2]
    assert OutputFilter(in_ascii=True).apply([Segment("● → ✓ 日")], Color(0, 0, 0))[0].text == "* > + ??"


def test_only_our_own_images_pass() -> None:
    """Not a placeholder of another program, nor one within other text, nor any where there is ASCII alone."""
    images = TerminalImages(lambda _: True, lambda callback: callback(), {})
    lines = {high: placeholder_line((high << 24) + 16, 1, 3) for high in range(1, 256)}
    own, others = ([line for line in lines.values() if images.is_own(line) is is_own] for is_own in (True, False))
    assert len(own) == 1
    filters = (OutputFilter(is_own_image=images.is_own), OutputFilter(in_ascii=True, is_own_image=images.is_own))

    for filter_, passes in zip(filters, (True, False), strict=True):
        for text in (own[0], others[0], f"a{own[0]}", f"{own[0]}\x1b[2J", f"{own[0]}{others[0]}"):
            segment = Segment(text, IMAGE_ID)
            clean = filter_.apply([segment], Color(0, 0, 0))[0]
            assert (PLACEHOLDER in clean.text) is (passes and text is own[0])
            assert clean.cell_length == segment.cell_length


def test_an_image_below_a_translucent_dialog_is_blank() -> None:
    """The colour that names the image is mixed with the dialog's: the terminal would draw another image."""
    images = TerminalImages(lambda _: True, lambda callback: callback(), {})
    own = next(line for high in range(1, 256) if images.is_own(line := placeholder_line((high << 24) + 16, 1, 3)))
    filter_ = OutputFilter(is_own_image=images.is_own)
    dialog = BackgroundScreen.process_segments([Segment(own, IMAGE_ID)], Color(20, 20, 30, 0.5))

    (below,) = filter_.apply(list(dialog), Color(0, 0, 0))

    assert below.text == "   "
    assert filter_.apply([Segment(own, IMAGE_ID)], Color(0, 0, 0)) == [Segment(own, IMAGE_ID)]
