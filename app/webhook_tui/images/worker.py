"""The process that loads one image: reads a request from standard input, writes reports, one JSON value a line."""

from __future__ import annotations

import mimetypes
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import msgspec

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.images.image import (
    LARGEST_ENCODED_SIDE,
    LARGEST_SIDE,
    ImageRequest,
    LoadFailed,
    Picture,
    Progress,
    Report,
    Saved,
)
from webhook_tui.domain.images.image_links import SUFFIXES, safe_name
from webhook_tui.images import errors
from webhook_tui.images.decode import thumbnail
from webhook_tui.images.download import download

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
        width, height = _bounded(request.width, request.height, LARGEST_SIDE)
        sizes = [_bounded(*size, LARGEST_ENCODED_SIDE) for size in request.encoded_sizes]
        return thumbnail(found.content, width, height, content_type=found.content_type, encoded_sizes=sizes)
    except ProblemError as error:
        return LoadFailed(error.problem)


def _bounded(width: int, height: int, largest: int) -> tuple[int, int]:
    return max(1, min(largest, width)), max(1, min(largest, height))


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


_LONGEST_NAME = 100
"""Bytes, without the suffix."""
_MOST_NAMES = 1000


def save(content: bytes, folder: Path, url: str, content_type: str = "") -> Path:
    """Write the content into a new file of the folder, which is made if it is missing; return its path.

    A name that is taken gets `-2`, `-3` ... before its suffix. Until the file is whole it ends in `.part`. Raises
    ProblemError when it cannot be written.
    """
    name = PurePosixPath(file_name(url, content_type))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, _MOST_NAMES):
            target = folder / (f"{name.stem}-{number}{name.suffix}" if number > 1 else str(name))
            part = target.with_name(f"{target.name}.part")
            if not target.exists() and not part.exists():
                part.write_bytes(content)
                return part.rename(target)
    except OSError as error:
        raise ProblemError(errors.not_saved(folder, (error.strerror or "error").lower())) from None
    raise ProblemError(errors.too_many_files(folder))


def file_name(url: str, content_type: str = "") -> str:
    """Return a name without separators, control characters or a leading dot, with the suffix of an image."""
    last = unquote(urlsplit(url).path).rpartition("/")[2]
    path = PurePosixPath(last)
    if path.suffix.lower() in SUFFIXES:
        return f"{safe_name(path.stem, _LONGEST_NAME) or 'image'}{path.suffix}"
    known = mimetypes.guess_extension(content_type) if content_type.startswith("image/") else None
    return f"{safe_name(path.name, _LONGEST_NAME) or 'image'}{known or '.bin'}"
