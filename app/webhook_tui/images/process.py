"""Runs the child process that loads one image, gives it a deadline, and ends it.

Each image has a process of its own, so that a broken one harms no other. The child has no terminal and only the
environment that it is given.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

import webhook_tui
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.images.image import LARGEST_SIDE, ImageRequest, LoadFailed, Picture, Progress, Report, Saved
from webhook_tui.images import errors

DEADLINE_SECONDS = 30.0
"""For one image, from the start of the process."""
_LONGEST_REPORT = 4 * LARGEST_SIDE * LARGEST_SIDE + 4096
"""Bytes: the pixels in base64, and the rest."""
_PNG_BYTES_PER_PIXEL = 5
"""In base64, at worst: noise, and the bytes of filters and headers."""
_START = "import sys; sys.path.insert(0, sys.argv[1]); from webhook_tui.images.worker import main; main()"


class ImageLoad:
    """Loads one image. `run` blocks and is called once; `cancel` may be called from another thread at any time."""

    def __init__(
        self, request: ImageRequest, environ: Mapping[str, str], *, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        """`environ`: the environment of the child."""
        self.request = request
        self._environ = dict(environ)
        self._deadline_seconds = deadline_seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_cancelled = False
        self._is_late = False

    def run(self, on_progress: Callable[[Progress], None]) -> Picture | Saved | Problem | None:
        """Return the picture or where it was saved, or why there is none; None when it was cancelled."""
        with self._lock:
            if self._is_cancelled:
                return None
            child = self._child = self._start()
        timer = threading.Timer(self._deadline_seconds, self._end_late)
        timer.start()
        try:
            return self._answer(child, on_progress)
        except (OSError, ValueError, msgspec.MsgspecError):  # the process ended, or wrote something else
            return self._failure()
        finally:
            timer.cancel()
            child.kill()
            child.communicate()

    def cancel(self) -> None:
        """End the process; `run` returns None."""
        with self._lock:
            self._is_cancelled = True
            if self._child is not None:
                self._child.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        root = Path(webhook_tui.__file__).parents[1]
        return subprocess.Popen(  # noqa: S603 -- our own interpreter and code
            [sys.executable, "-P", "-c", _START, str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environ,
            start_new_session=True,
        )

    def _answer(
        self, child: subprocess.Popen[bytes], on_progress: Callable[[Progress], None]
    ) -> Picture | Saved | Problem | None:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(msgspec.json.encode(self.request) + b"\n")
        child.stdin.flush()
        pixels = sum(width * height for width, height in self.request.encoded_sizes)
        while line := child.stdout.readline(_LONGEST_REPORT + _PNG_BYTES_PER_PIXEL * pixels):
            report: Report = msgspec.json.decode(line, type=Report)
            match report:
                case Progress():
                    on_progress(report)
                case Picture(width, height, content) if len(content) == 3 * width * height > 0:
                    return None if self._is_cancelled else report
                case Saved():
                    return report
                case LoadFailed(problem):
                    return None if self._is_cancelled else problem
                case _:
                    break
        return self._failure()

    def _failure(self) -> Problem | None:
        if self._is_cancelled:
            return None
        if self._is_late:
            return errors.late(self._deadline_seconds)
        return errors.PROCESS_ENDED

    def _end_late(self) -> None:
        self._is_late = True
        if self._child is not None:
            self._child.kill()
