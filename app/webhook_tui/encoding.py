"""What a terminal can show: UTF-8 where the locale is UTF-8, else ASCII symbols."""

from __future__ import annotations

import codecs
import io
import locale
import os
import re
import sys
from collections.abc import Mapping

ASCII_SYMBOLS = str.maketrans(
    "●◐○▌▏◆→›×─━·…–•✓◷✗∅↑↓≠█▁▔▊▎",
    "*~o>|#>>x-=-.-*+~x-^v!#_-||",
)
"""Each symbol of the screen and its stand-in of the same width."""


def is_utf8(environ: Mapping[str, str] = os.environ, encoding: str | None = None) -> bool:
    """Return whether the locale's encoding is UTF-8. `encoding`: what the C library takes it for.

    Python's own streams do not show it: for LC_ALL=C they are UTF-8. A locale whose name says UTF-8 counts even if it
    is not installed here, as in containers. Where only LANG or LC_CTYPE is C, Python has replaced it with C.UTF-8.
    """
    if sys.platform == "win32":
        return True  # the console takes Unicode
    named = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    return any(re.search(r"utf-?8\b", name, re.IGNORECASE) for name in (named, encoding or locale.getencoding()))


def configure_streams() -> None:
    """Let no character end the program; a terminal without UTF-8 gets ASCII symbols."""
    codecs.register_error("ascii_symbols", _replace)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty() and not is_utf8():
                stream.reconfigure(encoding="ascii")
            stream.reconfigure(errors="ascii_symbols" if stream.isatty() else "backslashreplace")


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(ASCII_SYMBOLS)
    return text.encode("ascii", "backslashreplace").decode("ascii"), error.end
