"""Runs a program that must not outlive ours: when our end of the lifeline closes, however we ended, it ends too.

Run as a script with `-I -S` (that costs about 15 ms): `guard.py LIFELINE PROGRAM [ARGUMENT ...]`. LIFELINE is `-` for
standard input, or a named pipe that first says which environment variables the program gets: lines of `NAME=value`,
then an empty one.

On POSIX this process becomes the program, so that its pid, its signals and its exit code are the program's own; a
small process that stays behind in its process group watches the lifeline. As the watcher is a member of the group, the
group's number cannot become another's. Elsewhere this process stays and watches itself. Only the standard library is
used, and as little of it as can be.
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
    """Become the program; returns only where that is not possible."""
    lifeline, command = arguments[0], arguments[1:]
    number = 0 if lifeline == "-" else _opened(lifeline)
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
    """The named pipe, its settings taken in; ends at once when nobody holds its other end."""
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
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(1, 2)
    if number != 0:
        os.close(number)
    for name in ("SIGPIPE", "SIGXFSZ"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606 -- the point of it: no shell between
    except OSError as error:
        os.write(1, os.fsencode(f"{command[0]}: {error.strerror}\n"))
        return _NOT_RUN


def _watch(number: int, program: int) -> None:
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    while os.read(number, 4096):
        pass
    os.killpg(0, signal.SIGTERM)
    for _ in range(_GRACE_STEPS):
        if os.getppid() != program:
            break
        select.select((), (), (), _STEP_SECONDS)
    os.killpg(0, signal.SIGKILL)


def _stay(number: int, command: list[str]) -> int:
    import subprocess  # noqa: PLC0415 -- costs more than all the rest, and only Windows comes here
    import threading  # noqa: PLC0415 -- as above

    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT) as program:  # noqa: S603 -- argv

        def watch() -> None:
            while os.read(number, 4096):
                pass
            program.kill()

        threading.Thread(target=watch, daemon=True).start()
        return program.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
