"""The terminal that tests read from."""

from __future__ import annotations

import signal

from tests.integration.terminal import terminal

DRAWS_IN_TWO_PARTS = """
import os, sys, tty
tty.setraw(0)
write = lambda text: os.write(1, text)
write(b"before\\x1b[?2026$p")
assert os.read(0, 11) == b"\\x1b[?2026;2$y"
write(b"\\x1b[?2026h\\x1b[Hhalf")
os.read(0, 1)
write(b" and half\\x1b[?2026l")
os.read(0, 1)
"""


async def test_part_of_a_frame_is_not_shown() -> None:
    """A program that says where its frames begin and end is never read between the two."""
    async with terminal(program=("-c", DRAWS_IN_TWO_PARTS)) as screen:
        await screen.until(lambda _: b"half" in screen.output)
        assert screen.screen.strip() == "before"
        assert (await screen.pressing("x", "half and half")).strip() == "half and half"


async def test_signals_that_the_tests_ignore_are_not_ignored_by_programs() -> None:
    """As where a shell runs the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        async with terminal(program=("-c", "print('ready'); input()")) as screen:
            await screen.until("ready")
            screen.press("ctrl+c", "enter")
            assert await screen.ended() == -signal.SIGINT
    finally:
        signal.signal(signal.SIGINT, before)
