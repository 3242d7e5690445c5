"""Whether the terminal draws images itself, and how large its cells are. Found out when the first image is asked for.

A terminal must know the kitty graphics protocol and its Unicode placeholders. Others that answer the protocol's query
(WezTerm, Konsole) draw placeholders as text, so only those that name themselves kitty or Ghostty count. All of it is
text that Textual's driver writes, so no package is needed.

Sixel is not used. Sixels belong to a place on the screen, not to cells, and what Textual draws over them erases them in
part: opening and closing the help draws cells of a picture in 5 of 12 frames, the palette in 3 of 14, mostly around
what lies over it. After each such frame the part that is left would have to be encoded and painted again, and only
Textual's private compositor knows which part that is; so would a picture that is half scrolled out of sight. Terminals
with sixels show half blocks.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from webhook_tui.ui.terminal.answers import (
    AttributesReported,
    CellSizeReported,
    GraphicsAnswered,
    TerminalNamed,
)
from webhook_tui.ui.terminal.kitty_graphics import query
from webhook_tui.ui.terminal.tmux import OuterTerminal

if TYPE_CHECKING:
    from webhook_tui.ui.terminal.app import TerminalApp

ANSWER_SECONDS = 0.5
"""A terminal that has not answered by then gets half blocks; a later answer counts for images that are loaded later."""
USUAL_CELL = (10, 20)
"""Pixels, where the terminal does not say: a cell is twice as high as wide."""
Answer = GraphicsAnswered | TerminalNamed | CellSizeReported | AttributesReported
_QUERY_ID = 4_242_424
_NAME_AND_CELL_SIZE_AND_ATTRIBUTES = "\x1b[>q\x1b[16t\x1b[c"
"""DA1 last: every terminal answers it, so its answer ends the waiting."""
_KITTY = re.compile(r"kitty\((\d+)\.(\d+)")
_FIRST_KITTY = (0, 28)
"""The version that knows placeholders."""
_KNOWN_NAMES = ("kitty", "ghostty", "xterm-kitty", "xterm-ghostty")
_NARROWEST, _WIDEST = 0.25, 1.0
"""Width of a cell by its height; what else is reported is wrong."""


def has_placeholders(name: str) -> bool:
    """Return whether a terminal of this name, as it says itself or in TERM, knows placeholders."""
    match = _KITTY.match(name)
    if match is not None:
        return (int(match[1]), int(match[2])) >= _FIRST_KITTY
    return name.lower().startswith(_KNOWN_NAMES)


def may_be_asked(environ: Mapping[str, str]) -> bool:
    """Return whether a terminal takes a query for what it is; some show it as text."""
    term = environ.get("TERM", "")
    is_plain = term in ("", "dumb", "unknown", "linux") or term.startswith(("vt", "screen"))
    return not is_plain and environ.get("TERM_PROGRAM") != "Apple_Terminal" and "STY" not in environ


class Graphics:
    """What is known of the terminal."""

    def __init__(self, app: TerminalApp, choice: str = "auto", environ: Mapping[str, str] = os.environ) -> None:
        """`choice`: of config.IMAGES."""
        self._app = app
        self._choice = choice
        self._environ = environ
        self._waiting: list[Callable[[], None]] = []
        self._is_asked = False
        self._understands = False
        """Whether the query of the protocol was answered."""
        self._name = ""
        self._reported_cell: tuple[int, int] | None = None
        self.is_known = False
        self.draws_images = False
        """Whether the terminal draws images itself; False while that is not known."""

    @property
    def in_tmux(self) -> bool:
        """Whether tmux is between us and the terminal."""
        return "TMUX" in self._environ

    @property
    def cell_size(self) -> tuple[int, int]:
        """Width and height of a cell in pixels."""
        width, height = self._app.device_cell_size or self._reported_cell or USUAL_CELL
        return (width, height) if _NARROWEST <= width / height <= _WIDEST else USUAL_CELL

    def ask(self, then: Callable[[], None]) -> None:
        """Call `then` as soon as it is known how images are drawn; at once, if it is."""
        if self.is_known:
            then()
            return
        if then not in self._waiting:
            self._waiting.append(then)
        if self._is_asked:
            return
        self._is_asked = True
        if self._choice != "auto" or not self._app.has_image_colours:
            self._decide(self._choice == "kitty" and self._app.has_image_colours)
        elif self.in_tmux:
            self._app.ask_tmux()
        elif not (may_be_asked(self._environ) and self._app.ask_terminal(self._query())):
            self._decide(False)
        else:
            self._app.set_timer(ANSWER_SECONDS, self._on_silence)

    @staticmethod
    def _query() -> str:
        return query(_QUERY_ID) + _NAME_AND_CELL_SIZE_AND_ATTRIBUTES

    def on_answer(self, answer: Answer) -> None:
        """Take an answer of the terminal, also a late one."""
        match answer:
            case GraphicsAnswered():
                self._understands = self._understands or answer.text == f"i={_QUERY_ID};OK"
            case TerminalNamed():
                self._name = answer.name
            case CellSizeReported():
                self._reported_cell = (answer.width, answer.height) if answer.width and answer.height else None
            case AttributesReported():
                if self._is_asked and self._choice == "auto":
                    self._decide(self._understands and has_placeholders(self._name))

    def on_outer_terminal(self, terminal: OuterTerminal) -> None:
        """Take what tmux says."""
        self._reported_cell = terminal.cell_size
        self._decide(terminal.passes_through and has_placeholders(terminal.name))

    def _on_silence(self) -> None:
        if not self.is_known:
            self._decide(False)

    def _decide(self, draws_images: bool) -> None:
        self.is_known = True
        self.draws_images = draws_images
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then()
