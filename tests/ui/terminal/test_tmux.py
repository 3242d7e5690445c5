"""What tmux says of the terminal around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from webhook_tui.ui.terminal.tmux import OuterTerminal, outer_terminal, parsed


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("1|kitty(0.36.4)|xterm-kitty|10|21", OuterTerminal(True, "kitty(0.36.4)", (10, 21))),
        ("all||xterm-ghostty||", OuterTerminal(True, "xterm-ghostty", None)),
        ("on|ghostty 1.2.0|xterm|0|0", OuterTerminal(True, "ghostty 1.2.0", None)),
        ("0|kitty(0.36.4)|xterm-kitty|x|99999", OuterTerminal(False, "kitty(0.36.4)", None)),
        ("off||xterm-256color||", OuterTerminal(False, "xterm-256color", None)),
        ("|||10|20", OuterTerminal(False, "", (10, 20))),
        ("no server running", OuterTerminal()),
    ],
)
def test_what_it_says(line: str, found: OuterTerminal) -> None:
    """By number since 3.3, by word since 3.4; nothing of a form that is not known."""
    assert parsed(line) == found


def test_it_is_asked_for_this_pane(tmp_path: Path) -> None:
    """Without the token; a tmux that fails, or is not there, passes nothing through."""
    command = tmp_path / "tmux"
    command.write_text('#!/bin/sh\necho "1|$1 $2 $3 $4 $PIKTID_TOKEN|$TMUX|8|16"\n')
    command.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "TMUX": "socket", "TMUX_PANE": "%3", "PIKTID_TOKEN": "secret"}

    found = outer_terminal(environ)
    assert found == OuterTerminal(True, "display-message -p -t %3 ", (8, 16))

    command.write_text("#!/bin/sh\nexit 1\n")
    assert outer_terminal(environ) == OuterTerminal()
    assert outer_terminal({"PATH": str(tmp_path / "nowhere")}) == OuterTerminal()
