"""Writes the parts of an export to a file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from webhook_tui.domain.problem import Problem, ProblemError


def write_file(path: Path, parts: Iterator[bytes]) -> None:
    """Make the file; one that is there is replaced. Without a part nothing is made. Raises ProblemError."""
    first = next(parts, None)
    if first is None:
        return
    with _writing(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(chain((first,), parts))
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ProblemError(
            Problem(f"{path} cannot be written: {error.strerror}.", "Name another file with --output.")
        ) from error
