"""Makes a terminal the controlling one, then becomes the program: `in_terminal.py TERMINAL PROGRAM [ARGUMENT ...]`.

A program of its own, because what a child does between fork and exec must not be done by a process with threads. The
pid stays the program's.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import termios


def main(terminal: str, program: list[str]) -> None:
    """Standard input, output and error become `terminal`; this process leads its session already.

    Signals have their usual meaning, also when the tests run in the background, where a shell has some ignored.
    """
    for signal_number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(signal_number, signal.SIG_DFL)
    number = os.open(terminal, os.O_RDWR)
    fcntl.ioctl(number, termios.TIOCSCTTY, 0)
    for standard in (0, 1, 2):
        os.dup2(number, standard)
    os.close(number)
    os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
