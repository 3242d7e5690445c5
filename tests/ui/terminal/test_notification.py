"""Bytes of a notification and of the title."""

from __future__ import annotations

from webhook_tui.ui.terminal.notification import TerminalTitle, notification


def test_the_form_that_the_terminal_knows() -> None:
    """Received text ends no sequence and begins none."""
    hostile = "a;b\x1b\\\x07\x9c\u202ec"
    assert notification("#1 invalid", {"TERM": "xterm-256color"}) == "\x07\x1b]9;webhook-tui: #1 invalid\x1b\\"
    text = notification(hostile, {"TERM": "foot"})
    assert text.startswith("\x07\x1b]777;notify;webhook-tui;a,b")
    assert text.count("\x1b") == 2
    assert "\x9c" not in text
    assert "\x07" not in text[1:]
    wrapped = notification("x", {"TERM": "tmux-256color", "TMUX": "/tmp/1"})
    assert wrapped == "\x07\x1bPtmux;\x1b\x1b]9;webhook-tui: x\x1b\x1b\\\x1b\\"


def test_the_title_is_pushed_once_and_popped() -> None:
    """Where it was never set, nothing is taken back."""
    title = TerminalTitle()
    assert (title.unseen(0), title.restored()) == ("", "")
    assert title.unseen(1) == "\x1b[22;2t\x1b]2;(1) webhook-tui\x1b\\"
    assert title.unseen(0) == "\x1b]2;webhook-tui\x1b\\"
    assert title.restored() == "\x1b]2;\x1b\\\x1b[23;2t"
    assert title.restored() == ""
