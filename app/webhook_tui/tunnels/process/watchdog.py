"""Runs a program and ends it when a pipe closes: the other end belongs to webhook-tui, which may have been killed.

Run as a script with `-I -S` (it starts in about 15 ms): `watchdog.py PIPE PROGRAM [ARGUMENT ...]`. PIPE is `-` for
standard input, or a named pipe whose first lines set environment variables of the program: `NAME=value`, ended by an
empty line.

On POSIX this process becomes the program, so that pid, signals and exit code are the program's; a forked process in its
process group watches the pipe. As a member of the group it keeps the group's number from being used again. Elsewhere
this process starts the program and watches the pipe itself. It imports as little as it can.
"""

from __future__ import annotations

import os
import select
import signal
import sys

_GRACE_STEPS = 32
_STEP_SECONDS = 0.025
_NOT_RUN = 127


def main(arguments: list[str]) -> int:
    """Become the program; return an exit code only where that is not possible."""
    pipe, command = arguments[0], arguments[1:]
    number = 0 if pipe == "-" else _opened(pipe)
    if not hasattr(os, "fork"):
        return _stay(number, command)
    if os.getpgid(0) != os.getpid():
        os.setpgid(0, 0)
    program = os.getpid()
    if os.fork() == 0:
        _watch(number, program)
        os._exit(0)
    return _become(number, command)


def _opened(path: str) -> int:
    """Open the named pipe and read its settings; exits when its other end is closed."""
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(number, True)
    lines = b""
    while not lines.endswith(b"\n\n") and lines != b"\n":
        byte = os.read(number, 1)
        if not byte:
            raise SystemExit(_NOT_RUN)
        lines += byte
    for line in os.fsdecode(lines).splitlines():
        name, _, value = line.partition("=")
        if name:
            os.environ[name] = value
    return number


def _become(number: int, command: list[str]) -> int:
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(1, 2)
    if number != 0:
        os.close(number)
    for name in ("SIGPIPE", "SIGXFSZ"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606 -- a program and its arguments, without a shell
    except OSError as error:
        return _not_run(command[0], error)


def _not_run(program: str, error: OSError) -> int:
    os.write(1, os.fsencode(f"{program}: {error.strerror}\n"))
    return _NOT_RUN


def _watch(number: int, program: int) -> None:
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    while os.read(number, 4096):
        pass
    os.killpg(0, signal.SIGTERM)
    for _ in range(_GRACE_STEPS):
        if os.getppid() != program:
            break
        select.select((), (), (), _STEP_SECONDS)
    os.killpg(0, signal.SIGKILL)


def _stay(number: int, command: list[str]) -> int:
    import subprocess  # noqa: PLC0415 -- slow to import, and used on Windows only
    import threading  # noqa: PLC0415 -- used on Windows only

    try:
        program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT)  # noqa: S603 -- a program and its arguments, without a shell
    except OSError as error:
        return _not_run(command[0], error)

    def watch() -> None:
        while os.read(number, 4096):
            pass
        program.kill()

    threading.Thread(target=watch, daemon=True).start()
    return program.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
