"""What the terminal itself shows: a bell, a desktop notification, and the title of its window.

OSC 9 is iTerm2's and most others' (https://iterm2.com/documentation-escape-codes.html), OSC 777 is rxvt's, which foot
(foot-ctlseqs(7)) and VTE took over. The title is pushed before it is set, and popped on leaving (XTPUSHTITLE and
XTPOPTITLE, https://invisible-island.net/xterm/ctlseqs).
"""

from __future__ import annotations

from collections.abc import Mapping

from webhook_tui.ui.terminal.output_filter import harmless

_ST = "\x1b\\"
_BELL = "\x07"
_LONGEST = 200
_PUSH_TITLE = "\x1b[22;2t"
_POP_TITLE = "\x1b[23;2t"
NAME = "webhook-tui"


def notification(sentence: str, environment: Mapping[str, str]) -> str:
    """Return a bell and a notification in the form that this terminal knows."""
    text = harmless(sentence)[:_LONGEST]
    if _knows_777(environment):
        sequence = f"\x1b]777;notify;{NAME};{text.replace(';', ',')}{_ST}"
    else:
        sequence = f"\x1b]9;{NAME}: {text}{_ST}"
    return _BELL + passed_through(sequence, environment)


def _knows_777(environment: Mapping[str, str]) -> bool:
    term = environment.get("TERM", "")
    return term.startswith(("foot", "rxvt")) or "VTE_VERSION" in environment


def passed_through(sequence: str, environment: Mapping[str, str]) -> str:
    """Within tmux, ask it to hand the sequence on; it drops it unless allow-passthrough is on."""
    if "TMUX" not in environment:
        return sequence
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}{_ST}"


class TerminalTitle:
    """The title while the screen is open; the one before comes back, or none where the terminal keeps no stack."""

    def __init__(self) -> None:
        self._is_pushed = False

    def unseen(self, count: int) -> str:
        """Return what sets the title to the number of unseen alerts; "" where it needs no change."""
        if not count and not self._is_pushed:
            return ""
        pushed = "" if self._is_pushed else _PUSH_TITLE
        self._is_pushed = True
        return pushed + _title(f"({count:,}) {NAME}" if count else NAME)

    def restored(self) -> str:
        """Return what takes the title back; "" where it was not set."""
        if not self._is_pushed:
            return ""
        self._is_pushed = False
        return _title("") + _POP_TITLE


def _title(text: str) -> str:
    return f"\x1b]2;{text}{_ST}"
