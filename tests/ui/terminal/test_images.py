"""The images that a terminal holds: sent once, bounded, deleted when they are not shown."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from rich.style import Style
from textual.widget import Widget

from webhook_tui.domain.images.image import EncodedImage
from webhook_tui.ui.terminal import images
from webhook_tui.ui.terminal.images import TerminalImages

GROUND = Style.parse("white on black")


class Terminal:
    """What was written to it, and whether it is ours."""

    def __init__(self, **environ: str) -> None:
        self.is_ours = True
        self.written: list[str] = []
        self.waiting: list[Callable[[], None]] = []
        self.images = TerminalImages(self.send, self.waiting.append, environ)

    def drain(self) -> None:
        """Take what was written."""
        for callback in [self.waiting.pop(0) for _ in range(len(self.waiting))]:
            callback()

    def send(self, sequence: str) -> bool:
        if self.is_ours:
            self.written.append(sequence)
        return self.is_ours

    def commands(self) -> list[str]:
        """Action and id of each command since the last call; ids from 0."""
        found = re.findall(r"\x1b_Ga=(\w),[^;\x1b]*?i=(\d+)", "".join(self.written))
        self.written.clear()
        return [f"{action}{(int(image_id) & 0xFF) - 16}" for action, image_id in found]


def image(name: str, side: int = 10) -> EncodedImage:
    return EncodedImage(side, side, name.encode())


def test_an_image_is_sent_once_and_placed_at_its_size() -> None:
    """Its lines have the colour and the marks of its id; another size needs no pixels, another image does."""
    terminal, widget = Terminal(), Widget()
    held = terminal.images

    lines = held.lines(widget, image("a"), (3, 2), GROUND)

    assert lines is not None
    assert terminal.commands() == ["t0", "p0"]
    assert [line.cell_length for line in lines] == [3, 3]
    segment = next(iter(lines[1]))
    assert segment.style is not None
    assert segment.style.color is not None
    assert segment.style.color.number == 16
    assert held.is_own(segment.text)
    assert not held.is_own(f"{segment.text}.")
    assert held.lines(widget, image("a"), (3, 2), GROUND) is lines
    assert terminal.commands() == []
    assert len(held.lines(widget, image("a"), (5, 4), GROUND) or ()) == 4
    assert terminal.commands() == ["p0"]
    held.lines(widget, image("b"), (3, 2), GROUND)
    held.lines(Widget(), image("a"), (1, 1), GROUND)
    held.lines(widget, image("a"), (1, 1), GROUND, "elsewhere")
    assert terminal.commands() == ["t1", "p1", "t2", "p2", "t3", "p3"]


def test_images_are_deleted() -> None:
    """Those of a widget, and all when the terminal is given back; then they are sent again."""
    terminal, one, other = Terminal(), Widget(), Widget()
    for name, widget in (("a", one), ("b", one), ("c", other)):
        terminal.images.lines(widget, image(name), (1, 1), GROUND)
    terminal.commands()

    terminal.images.release(one)
    assert terminal.commands() == ["d0", "d1"]
    terminal.images.release(one)
    assert terminal.commands() == []
    terminal.images.lines(one, image("a"), (1, 1), GROUND)
    terminal.written = [terminal.images.delete_all()]
    assert terminal.commands() == ["t0", "p0", "d2", "d0"][2:]
    assert terminal.images.delete_all() == ""
    terminal.images.lines(one, image("a"), (1, 1), GROUND)
    assert terminal.commands() == ["t0", "p0"]


def test_the_terminal_holds_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pixels, and ids: what was drawn longest ago is deleted first, and its id used again."""
    terminal, widget = Terminal(), Widget()
    monkeypatch.setattr(images, "MOST_BYTES", 3 * 400)
    for name in "abcad":
        terminal.images.lines(widget, image(name), (1, 1), GROUND)
    assert terminal.commands() == ["t0", "p0", "t1", "p1", "t2", "p2", "d1", "t1", "p1"]
    terminal.images.lines(widget, image("e", 100), (1, 1), GROUND)
    assert terminal.commands() == ["d2", "d0", "d1", "t0", "p0"]

    monkeypatch.undo()
    for number in range(300):
        terminal.images.lines(widget, image(str(number)), (1, 1), GROUND)
    sent = terminal.commands()
    assert sum(command.startswith("d") for command in sent) == 300 - 239
    assert max(int(command[1:]) for command in sent) == 239


def test_nothing_is_held_while_another_program_has_the_terminal() -> None:
    """The image is sent when it is drawn again."""
    terminal, widget = Terminal(), Widget()
    terminal.is_ours = False
    assert terminal.images.lines(widget, image("a"), (1, 1), GROUND) is None
    terminal.is_ours = True
    assert terminal.images.lines(widget, image("a"), (1, 1), GROUND) is not None
    assert terminal.commands() == ["t0", "p0"]


def test_within_tmux_each_code_is_passed_through() -> None:
    """With its escapes doubled."""
    terminal = Terminal(TMUX="/tmp/tmux")
    terminal.images.lines(Widget(), EncodedImage(9, 9, bytes(4000)), (1, 1), GROUND)
    codes = re.findall(r"\x1bPtmux;\x1b\x1b_G[^\x1b]+\x1b\x1b\\\x1b\\", terminal.written[0])
    assert "".join(codes) == terminal.written[0]
    assert len(codes) == 3
    assert terminal.images.delete_all().startswith("\x1bPtmux;\x1b\x1b_Ga=d")


LARGE = EncodedImage(20, 20, bytes(3 * 1024 * 2 * 32 + 1))
"""More than two parts."""


def test_a_large_image_is_sent_in_parts() -> None:
    """Each when the terminal has taken the one before; until then there are no lines. Others wait for the end."""
    terminal, widget, drawn = Terminal(), Widget(), list[str]()
    widget.refresh = lambda *_, **__: drawn.append("again")  # type: ignore[method-assign, assignment]  # not mounted

    assert terminal.images.lines(widget, LARGE, (2, 2), GROUND) is None
    assert terminal.images.lines(Widget(), image("b"), (1, 1), GROUND) is None
    assert terminal.images.lines(widget, LARGE, (3, 2), GROUND) is None
    assert (len(terminal.written), terminal.written[0].count("\x1b_G"), drawn) == (1, 32, [])
    terminal.drain()
    assert (len(terminal.written), drawn) == (2, [])
    terminal.drain()
    assert (len(terminal.written), drawn, terminal.waiting) == (3, ["again"], [])
    assert "".join(terminal.written).count("m=0") == 2
    assert terminal.commands() == ["t0", "p0", "t1", "p1", "p0"]
    lines = terminal.images.lines(widget, LARGE, (3, 2), GROUND)
    assert lines is not None
    assert [line.cell_length for line in lines] == [3, 3]


def test_an_image_that_is_left_before_it_is_sent() -> None:
    """What was begun is ended by its deletion, what was not is not sent; the terminal is given back in between, too."""
    terminal, one, other = Terminal(), Widget(), Widget()
    terminal.images.lines(one, LARGE, (2, 2), GROUND)
    terminal.images.lines(other, image("b"), (1, 1), GROUND)
    terminal.images.release(other)
    terminal.images.release(one)
    terminal.drain()
    assert terminal.commands() == ["t0", "d0"]

    terminal.images.lines(one, LARGE, (2, 2), GROUND)
    terminal.written = [terminal.images.delete_all()]
    terminal.drain()
    assert terminal.commands() == ["d0"]
    terminal.images.lines(one, LARGE, (2, 2), GROUND)
    terminal.is_ours = False
    terminal.drain()
    terminal.is_ours = True
    terminal.drain()
    assert terminal.commands() == ["t0"]
    assert terminal.images.delete_all() == ""
