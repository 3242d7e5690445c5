"""What tmux says of the terminal that it runs in: tmux itself answers a query, for its own screen.

See FORMATS in tmux(1). `client_termtype` is the terminal's answer to XTVERSION, since tmux 3.2; `allow-passthrough` is
an option since tmux 3.3 and expands to nothing before.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from msgspec import Struct

from webhook_tui.environment import child_environment

_SECONDS = 1.0
_FORMAT = "#{allow-passthrough}|#{client_termtype}|#{client_termname}|#{client_cell_width}|#{client_cell_height}"
_OFF = ("", "0", "off")
_LARGEST_CELL = 1000


class OuterTerminal(Struct, frozen=True):
    """The terminal in which tmux is shown."""

    passes_through: bool = False
    """Whether tmux hands escape codes on to it."""
    name: str = ""
    """What it calls itself, else its TERM; "" where tmux does not know."""
    cell_size: tuple[int, int] | None = None
    """Width and height of a cell in pixels; None where tmux does not know."""


def outer_terminal(environ: Mapping[str, str]) -> OuterTerminal:
    """Ask tmux, for a second at most. Where it does not answer, nothing is passed through."""
    pane = environ.get("TMUX_PANE", "")
    command = ["tmux", "display-message", "-p", *(("-t", pane) if pane else ()), _FORMAT]
    try:
        done = subprocess.run(  # noqa: S603 -- a fixed command
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=child_environment(environ),
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return OuterTerminal()
    return parsed(done.stdout)


def parsed(line: str) -> OuterTerminal:
    """Return what a line of tmux says; of one that has another form, nothing."""
    parts = line.strip().split("|")
    if len(parts) != 5:
        return OuterTerminal()
    passthrough, own_name, term, *sides = parts
    width, height = (int(side) if side.isdecimal() and len(side) < 5 else 0 for side in sides)
    is_known = 0 < width <= _LARGEST_CELL and 0 < height <= _LARGEST_CELL
    return OuterTerminal(passthrough not in _OFF, own_name or term, (width, height) if is_known else None)
