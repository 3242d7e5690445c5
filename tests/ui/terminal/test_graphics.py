"""What is found out about a terminal: it is asked once, and may be silent, late or unable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.timer import Timer

from webhook_tui.domain.errors import Problem
from webhook_tui.ui.terminal.answers import AttributesReported, CellSizeReported, GraphicsAnswered, TerminalNamed
from webhook_tui.ui.terminal.app import TerminalApp
from webhook_tui.ui.terminal.graphics import USUAL_CELL, Graphics, has_placeholders, may_be_asked
from webhook_tui.ui.terminal.tmux import OuterTerminal

UNDERSTOOD = GraphicsAnswered("i=4242424;OK")
XTERM = {"TERM": "xterm-256color"}


class App(TerminalApp):
    """An app that does not run, in a terminal that a test plays."""

    def __init__(self, *, colours: bool = True) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.silence: list[Callable[[], Any]] = []
        self.tmux_asked = 0
        self.device: tuple[int, int] | None = None
        self.colours = colours

    @property
    def has_image_colours(self) -> bool:
        return self.colours

    @property
    def device_cell_size(self) -> tuple[int, int] | None:
        return self.device

    def ask_terminal(self, query: str) -> bool:
        self.sent.append(query)
        return True

    def ask_tmux(self) -> None:  # type: ignore[override]  # a worker
        self.tmux_asked += 1

    def set_timer(self, delay: float, callback: Any = None, **_: Any) -> Timer:
        self.silence.append(callback)
        return Timer(self, delay)

    def show_problem(self, problem: Problem) -> None:
        raise AssertionError

    def toast(self, sentence: str) -> None:
        raise AssertionError


def test_a_terminal_that_answers() -> None:
    """It is asked once, with the question last that every terminal answers; all who wait are told."""
    app, told = App(), list[str]()
    graphics = Graphics(app, "auto", XTERM)

    graphics.ask(lambda: told.append("a"))
    graphics.ask(lambda: told.append("b"))
    assert app.sent == ["\x1b_Gi=4242424,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[>q\x1b[16t\x1b[c"]
    for answer in (UNDERSTOOD, TerminalNamed("kitty(0.36.4)"), CellSizeReported(9, 20)):
        graphics.on_answer(answer)
        assert not graphics.is_known
    graphics.on_answer(AttributesReported())

    assert graphics.draws_images
    assert told == ["a", "b"]
    assert graphics.cell_size == (9, 20)
    graphics.ask(lambda: told.append("c"))
    assert told == ["a", "b", "c"]
    assert len(app.sent) == 1


def test_a_terminal_that_is_silent_and_one_that_is_late() -> None:
    """Half blocks after a moment; what it says later counts from then on."""
    app, told = App(), list[str]()
    graphics = Graphics(app, "auto", XTERM)

    graphics.ask(lambda: told.append("a"))
    app.silence[0]()
    assert told == ["a"]
    assert (graphics.is_known, graphics.draws_images) == (True, False)
    assert graphics.cell_size == USUAL_CELL

    for answer in (UNDERSTOOD, TerminalNamed("ghostty 1.2.0"), AttributesReported()):
        graphics.on_answer(answer)
    assert graphics.draws_images
    assert told == ["a"]


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [UNDERSTOOD],
        [UNDERSTOOD, TerminalNamed("WezTerm 20240203-110809-5046fc22")],
        [UNDERSTOOD, TerminalNamed("kitty(0.27.1)")],
        [GraphicsAnswered("i=4242424;ENOTSUPPORTED:"), TerminalNamed("kitty(0.36.4)")],
        [GraphicsAnswered("i=1;OK"), TerminalNamed("kitty(0.36.4)")],
    ],
)
def test_a_terminal_without_placeholders(answers: list[GraphicsAnswered | TerminalNamed]) -> None:
    """Without the protocol, without a name, with another, or too old."""
    graphics = Graphics(App(), "auto", XTERM)
    graphics.ask(lambda: None)
    for answer in [*answers, AttributesReported()]:
        graphics.on_answer(answer)
    assert graphics.is_known
    assert not graphics.draws_images


@pytest.mark.parametrize(
    ("choice", "colours", "environ", "draws"),
    [
        ("blocks", True, XTERM, False),
        ("kitty", True, {"TERM": "dumb"}, True),
        ("kitty", False, XTERM, False),
        ("auto", False, XTERM, False),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"TERM": "linux"}, False),
        ("auto", True, {"TERM": "screen-256color", "STY": "1.pts"}, False),
        ("auto", True, XTERM | {"TERM_PROGRAM": "Apple_Terminal"}, False),
    ],
)
def test_who_is_not_asked(choice: str, colours: bool, environ: dict[str, str], draws: bool) -> None:
    """By choice, without colours, and where the query would be shown as text."""
    app, told = App(colours=colours), list[str]()
    graphics = Graphics(app, choice, environ)
    graphics.ask(lambda: told.append("a"))
    assert (app.sent, told, graphics.draws_images) == ([], ["a"], draws)


@pytest.mark.parametrize(
    ("terminal", "draws"),
    [
        (OuterTerminal(True, "kitty(0.36.4)", (8, 17)), True),
        (OuterTerminal(True, "xterm-ghostty"), True),
        (OuterTerminal(False, "kitty(0.36.4)"), False),
        (OuterTerminal(True, "xterm-256color"), False),
        (OuterTerminal(), False),
    ],
)
def test_within_tmux(terminal: OuterTerminal, draws: bool) -> None:
    """Tmux is asked; the terminal around it would answer into whatever pane has the focus."""
    app = App()
    graphics = Graphics(app, "auto", {"TERM": "tmux-256color", "TMUX": "/tmp/tmux,1,0"})
    graphics.ask(lambda: None)
    assert (app.sent, app.tmux_asked, graphics.is_known) == ([], 1, False)
    graphics.on_outer_terminal(terminal)
    assert graphics.draws_images is draws
    assert graphics.cell_size == (terminal.cell_size or USUAL_CELL)


def test_the_size_of_a_cell() -> None:
    """As the device says, else as the terminal answers; never one that no cell has."""
    app = App()
    graphics = Graphics(app, "auto", XTERM)
    graphics.on_answer(CellSizeReported(7, 15))
    assert graphics.cell_size == (7, 15)
    app.device = (11, 23)
    assert graphics.cell_size == (11, 23)
    app.device = (500, 1)
    assert graphics.cell_size == USUAL_CELL
    app.device = None
    graphics.on_answer(CellSizeReported(0, 0))
    assert graphics.cell_size == USUAL_CELL


def test_names() -> None:
    """As XTVERSION and TERM have them."""
    known = ("kitty(0.28.0)", "kitty(1.0.0)", "xterm-kitty", "ghostty 1.1.3", "xterm-ghostty")
    unknown = ("", "kitty(0.27.9)", "xterm-256color", "Konsole 24.08.1", "iTerm2 3.5.0", "Zellij")
    assert all(map(has_placeholders, known))
    assert not any(map(has_placeholders, unknown))
    assert may_be_asked(XTERM)
