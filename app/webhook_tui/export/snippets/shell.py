"""Words and bodies that bash, dash, zsh and fish read alike: received text is neither run nor changed."""

from __future__ import annotations

import base64
import re

from webhook_tui.domain.delivery.text import is_harmless

_LONGEST_TEXT = 65_536
"""Bytes; Linux takes at most 131,072 in one argument."""
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_/.:-]*")
_ESCAPED = re.compile(r"((?:'|\\(?=['\\]|\Z)|(?<=\\)\\)+)")
r"""Quotes, and the backslashes that fish takes for an escape inside quotes: those before `\`, `'` or the end."""


def word(content: bytes) -> str:
    """One word of a command line; bytes that no terminal should see are written as octal escapes for printf.

    `content` holds no NUL and does not end in a newline.
    """
    text = _harmless(content)
    if text is not None:
        return _quoted(text)
    # A dash is escaped, too: in front it would make the text an option of printf's.
    escaped = "".join(chr(byte) if _is_plain(byte) else f"\\{byte:03o}" for byte in content)
    return f"\"$(printf '{escaped.replace('%', '%%')}')\""


def _is_plain(byte: int) -> bool:
    return 0x20 <= byte < 0x7F and byte not in b"\\'!-"


def text_body(body: bytes) -> str | None:
    """The body as a quoted word if it is text that can be pasted, else None."""
    if len(body) > _LONGEST_TEXT:
        return None
    lines = [_harmless(line) for line in body.split(b"\n")]
    texts = [line for line in lines if line is not None]
    return _quoted("\n".join(texts)) if len(texts) == len(lines) else None


def from_base64(body: bytes, command: str) -> str:
    """`command` with exactly the body's bytes on its standard input; no here-document, which fish does not have."""
    lines = base64.encodebytes(body).decode("ascii")
    return f"printf %s '{lines}' | base64 -d | {command}\n"


def note(text: str) -> str:
    """A line that does nothing; no comment, which zsh runs where it is typed in."""
    return f": {_quoted(text)}\n"


def command_line(program: str, words: list[str]) -> str:
    """One argument (or option with its value) a line."""
    return " \\\n  ".join([program, *words])


def _quoted(text: str) -> str:
    """Quoted, with what fish reads in its own way inside quotes escaped outside of them."""
    if _NEEDS_NO_QUOTES.fullmatch(text):
        return text
    pieces = _ESCAPED.split(text)
    return (
        "".join(
            re.sub(r"(.)", r"\\\1", piece) if number % 2 else f"'{piece}'"
            for number, piece in enumerate(pieces)
            if piece
        )
        or "''"
    )


def _harmless(content: bytes) -> str | None:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if text.isascii():
        return text if text.isprintable() else None
    return text if all(is_harmless(character) for character in text) else None
