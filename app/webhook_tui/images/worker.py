"""The process that loads one image: reads a request from standard input, writes reports, one JSON value a line."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.images.image import LARGEST_SIDE, ImageRequest, LoadFailed, Picture, Progress, Report, Saved
from webhook_tui.images.decode import thumbnail
from webhook_tui.images.download import download
from webhook_tui.images.save import save

LONGEST_SECONDS = 90
"""The host ends the process long before, if there still is one."""
LARGEST_MEMORY = 1024**3
"""Bytes of address space, where the system keeps to it."""
_PROGRESS_SECONDS = 0.1


def main() -> None:
    """Load the image that standard input names."""
    _limit()
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Read one request and report until the picture or the failure."""
    request = msgspec.json.decode(source.readline(), type=ImageRequest)
    _write(target, load(request, lambda progress: _write(target, progress)))


def load(request: ImageRequest, report: Callable[[Progress], None]) -> Picture | Saved | LoadFailed:
    """Download, then decode or save; `report` gets the progress at most ten times a second."""
    reported = 0.0

    def on_progress(received: int, total: int | None) -> None:
        nonlocal reported
        if (now := time.monotonic()) - reported >= _PROGRESS_SECONDS:
            reported = now
            report(Progress(received, total))

    try:
        found = download(request.url, local_origin=request.local_origin, on_progress=on_progress)
        if request.folder:
            path = save(found.content, Path(request.folder), request.url, found.content_type)
            return Saved(str(path), len(found.content))
        width, height = (max(1, min(LARGEST_SIDE, side)) for side in (request.width, request.height))
        return thumbnail(found.content, width, height, content_type=found.content_type)
    except ProblemError as error:
        return LoadFailed(error.problem)


def _write(target: BinaryIO, report: Report) -> None:
    target.write(msgspec.json.encode(report) + b"\n")
    target.flush()


def _limit() -> None:
    getattr(signal, "alarm", lambda _seconds: 0)(LONGEST_SECONDS)  # Windows has no such clock
    try:
        import resource  # noqa: PLC0415 -- not on Windows
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    least = LARGEST_MEMORY if most == resource.RLIM_INFINITY else min(LARGEST_MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (least, most))
