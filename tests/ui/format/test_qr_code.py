"""A QR code in half blocks: all its modules, with four light ones all around."""

from __future__ import annotations

import segno

from webhook_tui.ui.format.qr_code import half_blocks, modules, picture, size

URL = "https://b7c41d09ee2f4a.lhr.life/h/4f9c"


def test_the_modules_are_those_of_the_standard() -> None:
    wanted = segno.make(URL, error="l", micro=False).matrix_iter(border=4)

    assert modules(URL) == tuple(tuple(bool(module) for module in row) for row in wanted)


def test_two_modules_share_a_cell() -> None:
    """A last line without a second row is light below."""
    assert half_blocks([[True, False], [True, True]]) == ["█▄"]
    assert half_blocks([[False, True, True], [True, False, True], [True, False, False]]) == ["▄▀█", "▀  "]


def test_its_size_is_that_of_its_lines() -> None:
    lines = picture(modules(URL)).plain.split("\n")

    assert size(modules(URL)) == (len(lines[0]), len(lines))


def test_a_text_that_is_too_long_has_no_code() -> None:
    assert modules("x" * 501) == ()
