"""Saves an image as it was received, under the name that its link gives it."""

from __future__ import annotations

import mimetypes
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from webhook_tui.domain.errors import ProblemError
from webhook_tui.domain.images.image_links import SUFFIXES, safe_name
from webhook_tui.images import errors

_LONGEST_NAME = 100
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
    path = PurePosixPath(safe_name(last) or "image")
    if path.suffix.lower() in SUFFIXES:
        return f"{path.stem[:_LONGEST_NAME]}{path.suffix}"
    known = mimetypes.guess_extension(content_type) if content_type.startswith("image/") else None
    return f"{path.name[:_LONGEST_NAME]}{known or '.bin'}"
